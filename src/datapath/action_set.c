/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/action_set.h"

#include <string.h>

void action_set_clear(struct action_set *s)
{
    memset(s, 0, offsetof(struct action_set, edits));
}

void action_set_write(struct action_set *s, const struct flow_action *cells,
                      size_t count)
{
    const struct flow_action *end = action_end(cells, count), *a = cells;

    for (; a < end; a = action_next(a)) {
        enum action_order order = action_row(a->type)->order;

        s->has_any = true;
        if (order != ORDER_AS_WRITTEN)
            s->by_order[order] = a;
        else if (s->edit_count < ACTION_SET_EDITS)
            s->edits[s->edit_count++] = a;
        else
            s->is_too_long = true;
    }
}

static const struct flow_action *output_of(const struct action_set *s)
{
    const struct flow_action *a = NULL;

    for (int order = ORDER_GROUP; order < ORDER_COUNT && !a; order++)
        a = s->by_order[order];
    return a;
}

void action_set_each(const struct action_set *s,
                     void (*carry_out)(void *context,
                                       const struct flow_action *a),
                     void *context)
{
    const struct flow_action *output = output_of(s);

    if (!output)
        return;
    for (int order = ORDER_NONE + 1; order < ORDER_AS_WRITTEN; order++)
        if (s->by_order[order])
            carry_out(context, s->by_order[order]);
    for (unsigned int i = 0; i < s->edit_count; i++)
        carry_out(context, s->edits[i]);
    if (s->by_order[ORDER_METER])
        carry_out(context, s->by_order[ORDER_METER]);
    carry_out(context, output);
}
