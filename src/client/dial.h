/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls a running switch by one of its sockets and says what to do if it cannot
 * be had.  All waiting ends within the time that is given.
 */
#ifndef CLIENT_DIAL_H
#define CLIENT_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dial_peer {
    const char *target; /* unix:PATH or tcp:HOST:PORT ([ADDRESS]:PORT) */
    /* For what is said when it cannot be reached; NULL: not known. */
    const char *bridge, *config_path;
};

struct dial {
    const struct dial_peer *peer;
    const char *socket; /* what it is, for what is said: "control socket" */
    const char *port; /* of tcp:HOST where none is written; NULL: one must be */
    int wait_ms;      /* for the next step, ... */
    int64_t end_ms;   /* ... so until then; see dial_wait_anew */
    char *error;      /* 'error_size' bytes for one line */
    size_t error_size;
};

/* The time begins anew, or for the first time. */
void dial_wait_anew(struct dial *d);

/* The connected socket, or -1 and 'error' says what to do. */
int dial_connect(const struct dial *d);

/* Waits for poll's 'events'; false: the time is over, and it has been said. */
bool dial_await(const struct dial *d, int fd, short events);

/* False: it cannot be sent, or nothing was taken for the whole time, which
 * begins anew with whatever is.  True also if the switch has hung up: it may
 * have said why, which is to be read then. */
bool dial_send(struct dial *d, int fd, const void *bytes, size_t size);

/* The switch hung up before it had answered. */
void dial_say_hung_up(const struct dial *d);

void dial_say(const struct dial *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
