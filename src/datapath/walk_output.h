/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an output adds to a decision.
 *
 * OpenFlow 1.3.5 4.5 and 5.12.
 */
#ifndef DATAPATH_WALK_OUTPUT_H
#define DATAPATH_WALK_OUTPUT_H

#include "datapath/walk.h"

/* An ACTION_OUTPUT to anything but TABLE, which is the pipeline's. */
void walk_output(struct walk *w, const struct flow_action *a);

/* With the cookie and the table where the walk is, and the words of the key
 * that are not the frame's. */
void walk_output_to_controller(struct walk *w, uint16_t max_len,
                               enum packet_in_reason reason);

#endif
