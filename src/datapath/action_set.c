/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/action_set.h"

#include <string.h>

#include "base/array.h"

/* What comes first is done first. */
static const enum action_type before_edits[] = {
    ACTION_COPY_TTL_IN, ACTION_POP_VLAN,     ACTION_STRIP_VLAN,
    ACTION_POP_MPLS,    ACTION_POP_PBB,      ACTION_PUSH_MPLS,
    ACTION_PUSH_PBB,    ACTION_PUSH_VLAN,    ACTION_COPY_TTL_OUT,
    ACTION_DEC_IP_TTL,  ACTION_DEC_MPLS_TTL,
};

/* The first that is there is the output. */
static const enum action_type outputs[] = {ACTION_GROUP, ACTION_OUTPUT,
                                           ACTION_RESUBMIT};

/* Those that keep their order. */
static const bool is_edit[ACTION_TYPE_COUNT] = {
    [ACTION_SET_FIELD] = true,    [ACTION_MOVE] = true,
    [ACTION_SET_VLAN_VID] = true, [ACTION_SET_VLAN_PCP] = true,
    [ACTION_SET_IP_TTL] = true,   [ACTION_SET_MPLS_TTL] = true,
    [ACTION_SET_QUEUE] = true,
};

enum {
    BEFORE_EDITS = ARRAY_SIZE(before_edits),
    OUTPUTS = ARRAY_SIZE(outputs),
};

void action_set_clear(struct action_set *s)
{
    memset(s, 0, offsetof(struct action_set, edits));
}

void action_set_write(struct action_set *s, const struct flow_action *cells,
                      size_t count)
{
    const struct flow_action *end = action_end(cells, count), *a = cells;

    for (; a < end; a = action_next(a)) {
        s->has_any = true;
        if (!is_edit[a->type])
            s->by_type[a->type] = a;
        else if (s->edit_count < ACTION_SET_EDITS)
            s->edits[s->edit_count++] = a;
        else
            s->is_too_long = true;
    }
}

static const struct flow_action *output_of(const struct action_set *s)
{
    const struct flow_action *a = NULL;

    for (size_t i = 0; i < OUTPUTS && !a; i++)
        a = s->by_type[outputs[i]];
    return a;
}

void action_set_each(const struct action_set *s,
                     void (*carry_out)(void *context,
                                       const struct flow_action *a),
                     void *context)
{
    const struct flow_action *const *t = s->by_type;
    const struct flow_action *output = output_of(s);

    if (!output)
        return;
    for (size_t i = 0; i < BEFORE_EDITS; i++)
        if (t[before_edits[i]])
            carry_out(context, t[before_edits[i]]);
    for (unsigned int i = 0; i < s->edit_count; i++)
        carry_out(context, s->edits[i]);
    if (t[ACTION_METER])
        carry_out(context, t[ACTION_METER]);
    carry_out(context, output);
}
