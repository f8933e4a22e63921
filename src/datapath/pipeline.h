/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decides what is to be done with a frame, from its key and the tables alone:
 * it never touches a frame, so its verdict can be kept, and tried with keys.
 *
 * OpenFlow 1.3.5 section 5.
 */
#ifndef DATAPATH_PIPELINE_H
#define DATAPATH_PIPELINE_H

#include "datapath/decision.h"
#include "datapath/pipeline_input.h"

/*
 * Makes of the key what the tables see: the ports of a first fragment are 0,
 * as those of later ones, unless SWITCH_FRAGS_NX_MATCH is set; ovs-ofctl(8).
 * For who does not go through the tables but asks what they would find.
 */
void pipeline_hide_ports(const struct pipeline *p, struct flow_key *key);

/* The way of a frame that was received.  All words of 'key' count; it is
 * changed on the way.  'aids' may be NULL. */
void pipeline_decide(const struct pipeline *p, struct flow_key *key,
                     const struct pipeline_aids *aids, struct decision *d);

/*
 * The rest of the way after a decision that ended in 'step', a STEP_LOOK_AGAIN,
 * which may lie in '*d': what is known but by the bytes of the edited frame is
 * in it.  The frame words of 'key' count, and the others are to be 0.
 */
void pipeline_decide_again(const struct pipeline *p, struct flow_key *key,
                           const struct flow_action *step,
                           const struct pipeline_aids *aids,
                           struct decision *d);

/* The way of a packet-out: the list of actions, in which TABLE goes through the
 * tables. */
void pipeline_decide_actions(const struct pipeline *p, struct flow_key *key,
                             const struct flow_action *cells, size_t cell_count,
                             const struct pipeline_aids *aids,
                             struct decision *d);

#endif
