/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens to a world: one thing at a time, drawn from its dice. */
#ifndef RANDOM_STEPS_H
#define RANDOM_STEPS_H

#include "tests/random/world.h"

/* Does one step and compares; world_begin_step has been called. */
void steps_do(struct world *w);

/* The parts, by what they are about; each does one thing. */

/* steps_frames.c */
void step_frames(struct world *w);
void step_packet_out(struct world *w);
/* Frames have gone through the switch: the model's turn. */
void steps_end_frames(struct world *w);

/* What the parts share, in steps_tables.c.  Sends a message; what is refused
 * must change nothing, unless it is the first word of a controller and with it
 * NORMAL goes. */
void steps_deliver(struct world *w, int at, const struct wire *wire,
                   bool is_refused);
/* The frame that the flow-mod names goes its way. */
void steps_send_held(struct world *w, const struct rule_mod *mod,
                     struct held *held);

/* steps_tables.c */
void step_flow_mod(struct world *w);
void step_group_mod(struct world *w);
void step_meter_mod(struct world *w);
void step_port_mod(struct world *w);
void step_pieces(struct world *w);
void step_limits(struct world *w);
void step_role(struct world *w);

/* steps_lies.c: a message that must be refused and change nothing. */
void step_lie(struct world *w);

/* steps_bundles.c */
void step_bundle(struct world *w);

/* steps_links.c */
void step_tick(struct world *w);
void step_wait(struct world *w);
void step_link(struct world *w);
void step_device(struct world *w);
void step_block(struct world *w);
void step_reload(struct world *w);
void step_flap(struct world *w);
void step_stall(struct world *w);
void step_cut(struct world *w);

#endif
