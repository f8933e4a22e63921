#include "datapath/action_set.h"

/* What comes first is done first. */
static const enum action_type before_fields[] = {
    ACTION_COPY_TTL_IN, ACTION_POP_VLAN,     ACTION_STRIP_VLAN,
    ACTION_POP_MPLS,    ACTION_POP_PBB,      ACTION_PUSH_MPLS,
    ACTION_PUSH_PBB,    ACTION_PUSH_VLAN,    ACTION_COPY_TTL_OUT,
    ACTION_DEC_IP_TTL,  ACTION_DEC_MPLS_TTL,
};

static const enum action_type among_fields[] = {
    ACTION_SET_VLAN_VID,
    ACTION_SET_VLAN_PCP,
    ACTION_SET_IP_TTL,
    ACTION_SET_MPLS_TTL,
};

void action_set_write(struct action_set *s, const struct flow_action *cells,
                      size_t count)
{
    const struct flow_action *end = action_end(cells, count), *a = cells;

    for (; a < end; a = action_next(a)) {
        s->has_any = true;
        if (a->type == ACTION_SET_FIELD)
            s->by_field[a->field] = a;
        else
            s->by_type[a->type] = a;
    }
}

void action_set_each(const struct action_set *s,
                     void (*carry_out)(void *context,
                                       const struct flow_action *a),
                     void *context)
{
    const struct flow_action *const *t = s->by_type;

    for (size_t i = 0; i < sizeof(before_fields) / sizeof(before_fields[0]);
         i++)
        if (t[before_fields[i]])
            carry_out(context, t[before_fields[i]]);
    for (size_t i = 0; i < sizeof(among_fields) / sizeof(among_fields[0]); i++)
        if (t[among_fields[i]])
            carry_out(context, t[among_fields[i]]);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (s->by_field[i])
            carry_out(context, s->by_field[i]);
    if (t[ACTION_METER])
        carry_out(context, t[ACTION_METER]);
    if (t[ACTION_SET_QUEUE])
        carry_out(context, t[ACTION_SET_QUEUE]);
    if (t[ACTION_GROUP])
        carry_out(context, t[ACTION_GROUP]);
    else if (t[ACTION_OUTPUT])
        carry_out(context, t[ACTION_OUTPUT]);
}
