/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A subcommand that is one request on the control socket: sends it and prints
 * the answer, as text or as JSON.
 */
#ifndef CLIENT_CTL_CALL_H
#define CLIENT_CTL_CALL_H

#include <stdbool.h>
#include <stdio.h>

#include "client/ctl_client.h"

struct ctl_call {
    const char *command; /* as the switch knows it */
    void (*print)(FILE *out, const cJSON *result);
    /* Of the result's list 'list' only the items with the given name are
     * printed; both NULL: the command takes no name. */
    const char *list;
    bool (*is_named)(const cJSON *item, const char *name);
    int wait_ms;
    /* The key under which the argument is sent to the switch; NULL: it is not
     * sent. */
    const char *argument_key;
};

/*
 * 'argument' may be NULL.  Prints to 'out', faults to 'err', each on one line.
 * Returns the exit status: 0, or 1 if the switch refuses or cannot be reached.
 */
int ctl_call_run(const struct ctl_call *c, const struct dial_peer *peer,
                 const char *argument, bool is_json, FILE *out, FILE *err);

#endif
