/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/flow_mod.h"

#include "flow/port_no.h"

struct flow_mod flow_mod_empty(void)
{
    return (struct flow_mod){
        .command = FLOW_MOD_ADD,
        .table = FLOW_MOD_TABLE_ALL,
        .priority = FLOW_MOD_PRIORITY,
        .buffer_id = FLOW_MOD_NO_BUFFER,
        .out_port = PORT_NO_ANY,
        .out_group = FLOW_MOD_GROUP_ANY,
    };
}

bool flow_mod_resets_counts(const struct flow_mod *mod)
{
    return mod->resets_counts || mod->flags & FLOW_MOD_RESET_COUNTS;
}

void flow_mod_clear(struct flow_mod *mod)
{
    flow_instructions_clear(&mod->instructions);
}
