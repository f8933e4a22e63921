/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an action that changes the frame does to a walk: to its key at once, and
 * to the frame as a step of the decision.
 */
#ifndef DATAPATH_WALK_EDIT_H
#define DATAPATH_WALK_EDIT_H

#include "datapath/walk.h"

/* Finds out what the frame is after its edits. */
void walk_parse_edited(struct walk *w);
/* Before the key is looked at. */
static inline void walk_freshen(struct walk *w)
{
    if (w->is_stale)
        walk_parse_edited(w);
}

void walk_edit(struct walk *w, const struct flow_action *a);
/* An ACTION_MOVE. */
void walk_edit_move(struct walk *w, const struct flow_action *a);

#endif
