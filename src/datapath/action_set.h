/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The action set that write-actions gather while a frame passes the tables; it
 * is carried out after the last one.  A bucket of a group is one as well.
 *
 * OpenFlow 1.3.5 5.10.  Where that leaves it open, as Open vSwitch: actions
 * that set or copy fields are done in the order in which they were written,
 * each of them, since a mask or a copy may make two of one field differ from
 * the last alone; a resubmit is the output of a set that has no other.
 */
#ifndef DATAPATH_ACTION_SET_H
#define DATAPATH_ACTION_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/action.h"

enum { ACTION_SET_EDITS = 512 };

/* Borrowed from flow entries.  Begin it with action_set_clear. */
struct action_set {
    bool has_any;
    bool is_too_long; /* more was written than there is room for */
    unsigned int edit_count;
    const struct flow_action *by_order[ORDER_COUNT]; /* NULL: none */
    const struct flow_action *edits[ACTION_SET_EDITS];
};

/* Empties it: the first 'edit_count' of 'edits' alone count. */
void action_set_clear(struct action_set *s);

/* An action that does not set or copy a field replaces that of its type. */
void action_set_write(struct action_set *s, const struct flow_action *cells,
                      size_t count);

/* Calls 'carry_out' for each in the order of the specification, and for one
 * output alone: a group, else a port, else a resubmit.  For none where there is
 * no such output: the frame is dropped. */
void action_set_each(const struct action_set *s,
                     void (*carry_out)(void *context,
                                       const struct flow_action *a),
                     void *context);

#endif
