/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of actions: their numbers in each version and how their arguments
 * stand on the wire.  Part of of_action.
 */
#ifndef OPENFLOW_OF_ACTION_ROW_H
#define OPENFLOW_OF_ACTION_ROW_H

#include "openflow/of_action_wire.h"

/* How an action with this number is read; Nicira's are read in all versions.
 * NULL: nobody knows it. */
const struct of_action_row *
of_action_row_find(enum of_version version, uint32_t vendor, uint16_t number);

/* How a version writes an action that has one argument or none; NULL if it has
 * no such way.  'field' is asked for of SET_FIELD only. */
const struct of_action_row *of_action_row_to_write(enum of_version version,
                                                   enum action_type action,
                                                   enum field_id field);

/* Reads an action by the row of its context. */
enum flow_error of_action_row_read(const struct of_action_context *c,
                                   struct reader *r, struct action_list *l);

/* Writes an action; of SPECIAL rows nothing. */
void of_action_row_put(struct of_buffer *b, const struct of_action_row *row,
                       uint64_t argument);

#endif
