/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/entry_uses.h"

#include <stdlib.h>

struct pass {
    struct entry_uses *uses;
    void (*list)(struct entry_uses *u, const struct flow_entry *e);
};

void entry_uses_add(struct entry_uses *u, uint32_t id)
{
    if (u->is_bad)
        return;
    if (u->count == u->room) {
        size_t room = u->room ? 2 * u->room : 64;
        uint32_t *ids = reallocarray(u->ids, room, sizeof(*ids));

        if (!ids) {
            u->is_bad = true;
            return;
        }
        u->ids = ids;
        u->room = room;
    }
    u->ids[u->count++] = id;
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

static void visit(void *context, struct flow_entry *e)
{
    struct pass *p = context;

    p->list(p->uses, e);
}

void entry_uses_gather(struct of_switch *s, struct entry_uses *u,
                       void (*list)(struct entry_uses *u,
                                    const struct flow_entry *e))
{
    struct pass p = {u, list};
    struct flow_mod all = flow_mod_empty();

    all.command = FLOW_MOD_DELETE;
    flow_tables_each(datapath_tables(s->datapath), &all, visit, &p);
    if (u->count)
        qsort(u->ids, u->count, sizeof(*u->ids), by_number);
}

/* The first place whose id is not less. */
static size_t place_of(const struct entry_uses *u, uint64_t id)
{
    size_t low = 0, high = u->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (u->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t entry_uses_count(struct entry_uses *u, uint32_t id)
{
    return (uint32_t)(place_of(u, (uint64_t)id + 1) - place_of(u, id));
}

void entry_uses_clear(struct entry_uses *u)
{
    free(u->ids);
    *u = (struct entry_uses){.ids = NULL};
}
