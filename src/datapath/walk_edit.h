/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an action that changes the frame does to a walk: to its key at once, and
 * to the frame as a step of the decision.
 */
#ifndef DATAPATH_WALK_EDIT_H
#define DATAPATH_WALK_EDIT_H

#include "datapath/walk.h"

void walk_edit(struct walk *w, const struct flow_action *a);
/* An ACTION_MOVE. */
void walk_edit_move(struct walk *w, const struct flow_action *a);

#endif
