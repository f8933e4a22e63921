/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/replay.h"

#include "packet/edit.h"

_Static_assert(DECISION_CELLS <= UINT16_MAX, "where a copy ends is 16 bits");

/* Where the steps of each copy that has ended end: by the cell that begins it.
 * Zero: it has not ended. */
static void find_ends(const struct decision *d, uint16_t *ends)
{
    uint16_t begun[PIPELINE_DEPTH + 1];
    unsigned int depth = 0;
    const struct flow_action *a = d->cells;

    for (; a < d->cells + d->cell_count; a = action_next(a)) {
        uint16_t at = (uint16_t)(a - d->cells);

        ends[at] = 0;
        if (a->type == STEP_CLONE && depth <= PIPELINE_DEPTH)
            begun[depth++] = at;
        else if (a->type == STEP_CLONE_END && depth)
            ends[begun[--depth]] = at;
    }
}

void replay_edits(const struct decision *d, struct frame *f)
{
    uint16_t ends[DECISION_CELLS];
    const struct flow_action *a = d->cells;

    find_ends(d, ends);
    for (; a < d->cells + d->cell_count; a = action_next(a)) {
        if (a->type == STEP_CLONE && ends[a - d->cells])
            a = d->cells + ends[a - d->cells];
        else if (a->type < ACTION_TYPE_COUNT)
            edit_apply(f, a);
    }
}
