/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/flow_entry.h"

#include <stdlib.h>

#include "flow/port_no.h"
#include "table/counters.h"

static void release(void *object)
{
    struct flow_entry *e = object;

    if (e->retired.counters)
        counters_return(e->retired.counters, e->counter);
    flow_instructions_clear(&e->instructions);
    free(e);
}

void flow_entry_retire(struct flow_entry *e, struct counters *counters)
{
    e->retired.counters = counters;
    retire(&e->retired.place, e, release);
}

static bool list_outputs_to(const struct flow_action *cells, size_t count,
                            uint32_t port)
{
    const struct flow_action *end = action_end(cells, count), *a = cells;

    for (; a < end; a = action_next(a))
        if ((a->type == ACTION_OUTPUT || a->type == ACTION_ENQUEUE) &&
            a->port == port)
            return true;
    return false;
}

bool flow_entry_outputs_to(const struct flow_entry *e, uint32_t port)
{
    const struct flow_instructions *i = &e->instructions;

    return list_outputs_to(i->cells, (size_t)i->apply_count + i->write_count,
                           port);
}

bool flow_entry_uses_group(const struct flow_entry *e, uint32_t group)
{
    const struct flow_instructions *i = &e->instructions;
    const struct flow_action *a = i->cells;
    const struct flow_action *end =
        action_end(a, (size_t)i->apply_count + i->write_count);

    for (; a < end; a = action_next(a))
        if (a->type == ACTION_GROUP && a->group == group)
            return true;
    return false;
}

bool flow_entry_passes(const struct flow_entry *e, const struct flow_mod *mod)
{
    bool is_delete = mod->command == FLOW_MOD_DELETE ||
                     mod->command == FLOW_MOD_DELETE_STRICT;

    if ((e->flags ^ mod->flags) & FLOW_MOD_HIDDEN ||
        (e->cookie ^ mod->cookie) & mod->cookie_mask)
        return false;
    if (!is_delete)
        return true;
    return (mod->out_port == PORT_NO_ANY ||
            flow_entry_outputs_to(e, mod->out_port)) &&
           (mod->out_group == FLOW_MOD_GROUP_ANY ||
            flow_entry_uses_group(e, mod->out_group));
}
