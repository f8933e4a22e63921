/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow entry in the words of flow/flow_stats.h: for statistics, flow-removed,
 * the trace and the list of hidden entries.
 */
#ifndef TABLE_FLOW_VIEW_H
#define TABLE_FLOW_VIEW_H

#include "flow/flow_stats.h"
#include "table/flow_table.h"

struct flow_view {
    struct flow_match match;
    struct flow_stats stats; /* points to 'match' and into the entry */
};

/* The entry and what it has counted.  Counters that its flags switch off are
 * UINT64_MAX; 'now_ms' is of the clock that made the entry. */
void flow_view_of(struct flow_view *v, const struct flow_entry *e,
                  const struct flow_usage *usage, int64_t now_ms);

/* Only the rule: no counters, no age. */
void flow_view_rule(struct flow_view *v, const struct flow_entry *e);

/* The entry that a learn action would add; points into 'mod'. */
struct flow_stats flow_view_of_mod(const struct flow_mod *mod);

#endif
