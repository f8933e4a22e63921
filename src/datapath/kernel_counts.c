/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/kernel_counts.h"

#include <assert.h>
#include <string.h>

void kernel_rules_set(struct kernel_rules *r, const struct decision *d)
{
    assert(d->rule_count <= VERDICT_RULES);
    r->rule_count = (uint8_t)d->rule_count;
    r->missed_table = d->missed_table;
    memcpy(r->rules, d->rules, d->rule_count * sizeof(r->rules[0]));
}

void kernel_counts_add(struct kernel_counts *c, const struct kernel_rules *r,
                       struct counter_sum sum, int64_t now_ms)
{
    const struct counters *counters = flow_tables_counters(c->tables);

    for (unsigned int i = 0; i < r->rule_count; i++) {
        counters_add_sum(counters, c->owner, r->rules[i].counter, sum, now_ms);
        if (r->rules[i].table != VERDICT_MISS)
            c->matched[r->rules[i].table] += sum.packets;
    }
    if (r->missed_table != VERDICT_MISS)
        c->missed[r->missed_table] += sum.packets;
}
