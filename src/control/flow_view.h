/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow entry in the words that statistics and flow-removed have for it. */
#ifndef CONTROL_FLOW_VIEW_H
#define CONTROL_FLOW_VIEW_H

#include "flow/flow_stats.h"
#include "table/flow_table.h"

struct flow_view {
    struct flow_match match;
    struct flow_stats stats; /* points to 'match' and into the entry */
};

void flow_view_of(struct flow_view *v, const struct flow_entry *e,
                  const struct flow_usage *usage, int64_t now_ms);

#endif
