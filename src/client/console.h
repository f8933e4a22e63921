/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the subcommands that speak OpenFlow have in common: the conversation,
 * what the person wrote, where answers and faults go.  Each command is a
 * function of this that returns the exit status, 0 or 1.
 */
#ifndef CLIENT_CONSOLE_H
#define CLIENT_CONSOLE_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "client/of_session.h"
#include "flow/port_desc.h"
#include "text/text.h"

struct console {
    struct of_session *session;
    const char *argument; /* NULL: none */
    bool is_json, is_strict, shows_all;
    FILE *out, *err;
    const struct dial_peer *ctl; /* the control socket; NULL: not known */
    /* Where the session leads to, if it may be another version's as well: the
     * caller names none.  NULL: it may not. */
    const struct dial_peer *mgmt;
    /* The ports, once somebody has asked for one by its name. */
    struct port_desc *ports; /* 'port_count', owned */
    size_t port_count;
    bool has_ports;
    cJSON *names; /* what else their interfaces are called, likewise */
};

/* Reads "OpenFlow13", "1.3", or several that commas part, as a set for
 * of_session_open.  False: it is none. */
bool console_read_versions(const char *text, uint32_t *versions);
/* What is offered where nobody says. */
uint32_t console_usual_versions(void);

/* Frees what the commands have put there, not the session. */
void console_clear(struct console *c);

/* For the readers of texts; the ports are asked for when a name is met. */
struct text_names console_names(struct console *c);
/* For the writers of texts: as ovs-ofctl shows what was read. */
struct text_style console_style(const struct console *c);

/* Prints a fault as one line; returns the exit status for it. */
int console_fail(const struct console *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for what the session says. */
int console_fail_session(const struct console *c);

/* The name of the session's version, "1.3". */
const char *console_version(const struct console *c);

/*
 * Opens a session of OpenFlow 1.0 in the place of the one that is there, for
 * what only that version can say.  False, and nothing has changed, if there is
 * no other version to be had; a fault on the way is printed.
 */
bool console_speak_10(struct console *c);

/*
 * Hands a message over to the session, all of it or, if there is something that
 * the version cannot say, nothing.  False: it has been said why.  'message' is
 * cleared.
 */
bool console_put(struct console *c, struct of_buffer *message);

/* Ends a command that changes something: waits until it is done. */
int console_finish(struct console *c);

/* Prints an object as one line, and frees it. */
int console_print_json(const struct console *c, cJSON *object);

/* Texts under a key of a JSON object: begin, write to 'out', end. */
struct console_text {
    char *text;
    size_t size;
    FILE *out;
};
bool console_begin_text(struct console_text *t);
void console_end_text(struct console_text *t, cJSON *object, const char *key);

void console_add_number(cJSON *object, const char *key, uint64_t number);
/* "0x5": cookies do not fit the numbers of JSON. */
void console_add_hex(cJSON *object, const char *key, uint64_t number);

#endif
