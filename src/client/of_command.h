/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A subcommand that speaks OpenFlow: its session with the switch, its argument
 * and options, and where it prints.  Each is a function of this that returns
 * the exit status, 0 or 1.
 */
#ifndef CLIENT_OF_COMMAND_H
#define CLIENT_OF_COMMAND_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "client/of_session.h"
#include "flow/port_desc.h"
#include "text/text.h"

struct of_command {
    struct of_session *session;
    const char *argument; /* NULL: none */
    bool is_json, is_strict, shows_all;
    FILE *out, *err;
    const struct dial_peer *ctl; /* the control socket; NULL: unknown */
    /* The peer of the session where another version may be used too, since -O
     * is not given.  NULL: it may not. */
    const struct dial_peer *mgmt;
    /* The ports, read when the first name of one is met. */
    struct port_desc *ports; /* 'port_count', owned */
    size_t port_count;
    bool has_ports;
    cJSON *names; /* other names of their interfaces, likewise */
};

/* Reads "OpenFlow13", "1.3", or several of these with commas between, as a set
 * for of_session_open.  False: there is another word. */
bool of_command_read_versions(const char *text, uint32_t *versions);
/* The versions that are offered without -O. */
uint32_t of_command_usual_versions(void);

/* Frees all but the session. */
void of_command_clear(struct of_command *c);

/* For the readers of texts; reads the ports when the first name is met. */
struct text_names of_command_names(struct of_command *c);
/* For the writers of texts: in the style of ovs-ofctl. */
struct text_style of_command_style(const struct of_command *c);

/* Prints a fault as one line; returns the exit status for it. */
int of_command_fail(const struct of_command *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for the fault of the session. */
int of_command_fail_session(const struct of_command *c);

/* The name of the session's version, "1.3". */
const char *of_command_version(const struct of_command *c);

/*
 * Replaces the session by one of OpenFlow 1.0, for messages that only this
 * version has.  False, and nothing has changed, if no other version may be
 * used; a fault is printed.
 */
bool of_command_speak_10(struct of_command *c);

/*
 * Hands a message to the session.  False, and nothing is sent, if the version
 * has no way to express it; the fault has been printed.  'message' is cleared.
 */
bool of_command_put(struct of_command *c, struct of_buffer *message);

/* Ends a command that changes something: waits for the switch. */
int of_command_finish(struct of_command *c);

/* Prints an object as one line, and frees it. */
int of_command_print_json(const struct of_command *c, cJSON *object);

/* Texts under a key of a JSON object: begin, write to 'out', end. */
struct of_command_text {
    char *text;
    size_t size;
    FILE *out;
};
bool of_command_begin_text(struct of_command_text *t);
void of_command_end_text(struct of_command_text *t, cJSON *object,
                         const char *key);

void of_command_add_number(cJSON *object, const char *key, uint64_t number);
/* "0x5": cookies do not fit the numbers of JSON. */
void of_command_add_hex(cJSON *object, const char *key, uint64_t number);

#endif
