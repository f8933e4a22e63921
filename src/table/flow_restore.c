/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/flow_restore.h"

static void note(void *context, struct flow_entry *e)
{
    struct flow_entry **found = context;

    *found = e;
}

/* The entry of just this match and priority, or NULL. */
static struct flow_entry *find(struct flow_tables *t,
                               const struct flow_mod *mod)
{
    struct flow_mod filter = flow_mod_empty();
    struct flow_entry *found = NULL;

    filter.command = FLOW_MOD_DELETE_STRICT;
    filter.table = mod->table;
    filter.priority = mod->priority;
    filter.flags = mod->flags;
    filter.match = mod->match;
    flow_tables_each(t, &filter, note, &found);
    return found;
}

/* Its timer was set as if it had never been used, which is too early at worst:
 * then it is set again. */
enum flow_error flow_restore(struct flow_tables *t, const struct flow_mod *mod,
                             const struct flow_history *h)
{
    struct flow_mod adding = *mod;
    enum flow_error error;
    struct flow_entry *e;

    if (find(t, mod))
        return FLOW_OVERLAP;
    adding.flags &= (uint16_t)~FLOW_MOD_CHECK_OVERLAP;
    error = flow_tables_apply(t, &adding, h->modified_ms);
    e = error ? NULL : find(t, mod);
    if (!e)
        return error;
    e->flags = mod->flags;
    e->created_ms = h->created_ms;
    e->placed_ms = h->used_ms;
    counters_set(flow_tables_counters(t), e->counter, h->packets, h->bytes);
    return FLOW_OK;
}
