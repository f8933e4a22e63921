/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control socket RUN-DIR/BRIDGE.ctl: requests that OpenFlow cannot carry,
 * from the subcommands to a running switch.  One JSON object a line, both ways:
 *
 *     {"command": "fdb"}
 *     {"ok": true, "result": {...}}
 *     {"ok": false, "error": "one line that says what to do"}
 *
 * It knows no command itself: the caller gives a table.  Main thread only.
 */
#ifndef DAEMON_CTL_H
#define DAEMON_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cjson/cJSON.h>
#include <ev.h>

enum {
    CTL_CLIENTS_MAX = 16,
    CTL_LINE_MAX = 1 << 20,   /* bytes of a request */
    CTL_ANSWER_MAX = 1 << 28, /* bytes of an answer */
};

struct ctl;

/*
 * The reply to one request.  The handler that gets it owes exactly one call of
 * ctl_answer or ctl_refuse, at once or later, which frees it.  That call may be
 * made after the client has gone and after ctl_close: it then only frees.
 */
struct ctl_reply;

struct ctl_command {
    const char *name;
    /* 'request' is borrowed until the handler returns. */
    void (*handle)(void *context, const cJSON *request,
                   struct ctl_reply *reply);
};

struct ctl_options {
    const char *path;                   /* RUN-DIR/BRIDGE.ctl */
    uid_t uid;                          /* of the socket; (uid_t)-1: ours */
    gid_t gid;                          /* of the socket; (gid_t)-1: ours */
    const struct ctl_command *commands; /* 'command_count', borrowed */
    size_t command_count;
    void *context;  /* for the handlers */
    double idle_s;  /* without a request: may go for a new client; 0: 1 */
    double stall_s; /* takes no byte of its answer: dropped; 0: 10 */
};

/*
 * Makes the run-dir if it is not there, and the socket with mode 0660; replaces
 * the socket of a switch that died, refuses one that is alive (-EADDRINUSE).
 * Returns 0, or -errno with '*c' NULL and 'error' one line that says what to
 * do.
 */
int ctl_open(struct ctl **c, struct ev_loop *loop, const struct ctl_options *o,
             char *error, size_t error_size);

/* Sends as much as it can without waiting, hangs up and removes the socket.
 * Not to be called from a handler. */
void ctl_close(struct ctl *c);

/* Clients that are there, and how many of them, or of their requests, were
 * refused for the bounds above. */
size_t ctl_clients(const struct ctl *c);
uint64_t ctl_refused(const struct ctl *c);

/* Takes 'result'; NULL stands for "out of memory". */
void ctl_answer(struct ctl_reply *reply, cJSON *result);

/* 'faults' is an array of texts that goes with the error; taken; may be NULL.
 */
void ctl_refuse(struct ctl_reply *reply, cJSON *faults, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
