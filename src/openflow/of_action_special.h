/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readers of the actions that are more than one argument.  Part of of_action.
 */
#ifndef OPENFLOW_OF_ACTION_SPECIAL_H
#define OPENFLOW_OF_ACTION_SPECIAL_H

#include "openflow/of_action_wire.h"

of_action_reader of_action_read_output;
of_action_reader of_action_read_enqueue;
of_action_reader of_action_read_onf_copy_field;
of_action_reader of_action_read_resubmit;
of_action_reader of_action_read_note;
of_action_reader of_action_read_pop_queue;
of_action_reader of_action_read_controller;
of_action_reader of_action_read_dec_ttl_ids;

/* SET_TP_SRC and SET_TP_DST of 1.0 and 1.1. */
enum flow_error of_action_read_tp(const struct of_action_context *c,
                                  struct reader *r, bool is_target,
                                  struct action_list *l);

#endif
