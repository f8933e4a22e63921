/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nicira's learn action in its two forms on the wire, NXAST_LEARN and
 * NXAST_LEARN2.  Part of of_action.
 *
 * The result of learning is not available, as entries are made after the frame
 * has gone on, and neither can timeouts that begin with a FIN: an action that
 * asks for one is FLOW_BAD_ARGUMENT.
 */
#ifndef OPENFLOW_OF_ACTION_LEARN_H
#define OPENFLOW_OF_ACTION_LEARN_H

#include "openflow/of_action_wire.h"

of_action_reader of_action_read_learn;

void of_action_put_learn(enum of_version version, struct of_buffer *b,
                         const struct flow_action *a);

#endif
