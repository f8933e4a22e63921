/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A subcommand that is one question to the switch: asks it and prints the
 * answer, for people or as it came.
 */
#ifndef CLIENT_QUESTION_H
#define CLIENT_QUESTION_H

#include <stdbool.h>
#include <stdio.h>

#include "client/ctl_client.h"

struct question {
    const char *command; /* as the switch knows it */
    void (*print)(FILE *out, const cJSON *result);
    /* Of the result's list 'list' just the items that the person named are
     * kept; both NULL where nothing can be named. */
    const char *list;
    bool (*is_named)(const cJSON *item, const char *name);
    int wait_ms;
    /* Or what the person gives goes to the switch, under this key; NULL: it
     * does not. */
    const char *argument_key;
};

/*
 * 'name' is what the person named, or NULL.  Prints to 'out', faults to 'err',
 * each on one line.  Returns the exit status: 0, or 1 if the switch refused or
 * cannot be reached.
 */
int question_ask(const struct question *q, const struct dial_peer *peer,
                 const char *name, bool is_json, FILE *out, FILE *err);

#endif
