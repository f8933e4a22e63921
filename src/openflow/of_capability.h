/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which actions and fields a version has, and the numbers by which it counts
 * them up where it says what a table or a group can do.
 */
#ifndef OPENFLOW_OF_CAPABILITY_H
#define OPENFLOW_OF_CAPABILITY_H

#include "flow/action.h"
#include "flow/field.h"
#include "openflow/of.h"

/* The version's number of an action (OFPAT_*), or -1 if it has none that does
 * just this. */
int of_capability_action(enum of_version version, enum action_type type);

/* The action that has a number; false if there is none. */
bool of_capability_find_action(enum of_version version, uint16_t number,
                               enum action_type *type);

/* A set of enum action_type as a set of the version's numbers.  1.0 and 1.1
 * have several actions for set-field. */
uint32_t of_capability_actions(enum of_version version, uint64_t set);

/* The way back; numbers of no action are passed over. */
uint64_t of_capability_read_actions(enum of_version version, uint32_t numbers);

/* True if the version, or an extension of it, can speak of the field. */
bool of_capability_has_field(enum of_version version, const struct field *f);

/* A set of enum field_id as a set of numbers of OXM's basic class. */
uint64_t of_capability_fields(enum of_version version, uint64_t set);

#endif
