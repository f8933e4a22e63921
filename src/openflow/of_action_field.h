/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actions that set or copy fields: set-field, reg-load, copy-field, reg-move,
 * and the actions of 1.0 and 1.1 that set one field each.  Part of of_action.
 */
#ifndef OPENFLOW_OF_ACTION_FIELD_H
#define OPENFLOW_OF_ACTION_FIELD_H

#include "openflow/of_action_wire.h"

of_action_reader of_action_read_set_field;
of_action_reader of_action_read_copy_field;
of_action_reader of_action_read_reg_load;
of_action_reader of_action_read_reg_load2; /* as set-field, with a mask */
of_action_reader of_action_read_reg_move;
/* Nicira's output to the port that some bits of a field are the number of. */
of_action_reader of_action_read_output_reg;

/* Adds a SET_FIELD of a number, as the actions that set one field each are
 * read: in 1.0 it is for all frames.  FLOW_BAD_ARGUMENT if the field is
 * smaller. */
enum flow_error of_action_set_number(const struct of_action_context *c,
                                     struct action_list *l, enum field_id id,
                                     uint64_t number);

/* The value that a SET_FIELD gives to all bits of its field, which has up to 8
 * bytes.  False if there are bits that it leaves, or more bytes. */
bool of_action_is_number(const struct flow_action *a, uint64_t *number);

/* Appends SET_FIELD as set-field, or as reg-loads where the version has no mask
 * or no set-field. */
void of_action_put_set_field(enum of_version version, struct of_buffer *b,
                             const struct flow_action *a);

/* Bits of NXM's VLAN tag, which has the priority and the number in one field.
 */
enum { OF_TCI_VID = 0x1fff, OF_TCI_PCP = 0xf000 };

void of_action_put_tci(enum of_version version, struct of_buffer *b,
                       uint16_t value, uint16_t mask, bool is_load);

void of_action_put_output_reg(enum of_version version, struct of_buffer *b,
                              const struct flow_action *a);
void of_action_put_move(enum of_version version, struct of_buffer *b,
                        const struct flow_action *a);

#endif
