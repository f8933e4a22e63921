/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/reference_counts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/thread_role.h"

struct pass {
    struct reference_counts *counts;
    void (*list)(struct reference_counts *r, const struct flow_entry *e);
};

void reference_counts_add(struct reference_counts *r, uint32_t id)
{
    if (r->is_bad)
        return;
    if (r->count == r->room) {
        size_t room = r->room ? 2 * r->room : 64;
        uint32_t *ids = reallocarray(r->ids, room, sizeof(*ids));

        if (!ids) {
            r->is_bad = true;
            return;
        }
        r->ids = ids;
        r->room = room;
    }
    assert(!r->is_sorted && r->count < r->room);
    r->ids[r->count++] = id;
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

static void visit(void *context, struct flow_entry *e)
{
    struct pass *p = context;

    p->list(p->counts, e);
}

void reference_counts_gather(struct of_switch *s, struct reference_counts *r,
                             void (*list)(struct reference_counts *r,
                                          const struct flow_entry *e))
{
    struct pass p = {r, list};
    struct flow_mod all = flow_mod_empty();

    assert_main_thread();
    all.command = FLOW_MOD_DELETE;
    flow_tables_each(datapath_tables(s->datapath), &all, visit, &p);
    if (r->count)
        qsort(r->ids, r->count, sizeof(*r->ids), by_number);
    r->is_sorted = true;
}

/* The index of the first id that is not less. */
static size_t lower_bound(const struct reference_counts *r, uint64_t id)
{
    size_t low = 0, high = r->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t reference_counts_of(struct reference_counts *r, uint32_t id)
{
    assert(r->is_sorted);
    return (uint32_t)(lower_bound(r, (uint64_t)id + 1) - lower_bound(r, id));
}

void reference_counts_clear(struct reference_counts *r)
{
    free(r->ids);
    *r = (struct reference_counts){.ids = NULL};
}
