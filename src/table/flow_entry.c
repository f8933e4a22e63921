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

struct flow_usage flow_entry_usage(const struct flow_entry *e,
                                   const struct counters *counters)
{
    struct counter_totals total = counters_total(counters, e->counter);

    return (struct flow_usage){
        .packets = total.packets - e->packets_before,
        .bytes = total.bytes - e->bytes_before,
        .used_ms = total.used_ms && total.used_ms > e->placed_ms ? total.used_ms
                                                                 : e->placed_ms,
    };
}

static bool outputs_to(const struct flow_entry *e, uint32_t port)
{
    const struct flow_action *a = e->instructions.cells;
    const struct flow_action *end = instructions_end(&e->instructions);

    return action_find_number(a, end, ACTION_OUTPUT, port) ||
           action_find_number(a, end, ACTION_ENQUEUE, port);
}

bool flow_entry_uses_group(const struct flow_entry *e, uint32_t group)
{
    return action_find_number(e->instructions.cells,
                              instructions_end(&e->instructions), ACTION_GROUP,
                              group);
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
    return (mod->out_port == PORT_NO_ANY || outputs_to(e, mod->out_port)) &&
           (mod->out_group == FLOW_MOD_GROUP_ANY ||
            flow_entry_uses_group(e, mod->out_group));
}
