/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which flow entries the frames count for that the kernel carries, and their
 * sums by table.  Main thread only.
 */
#ifndef DATAPATH_KERNEL_COUNTS_H
#define DATAPATH_KERNEL_COUNTS_H

#include "datapath/decision.h"
#include "table/flow_table.h"

/* Of a decision that fits in a verdict. */
struct kernel_rules {
    uint8_t rule_count, missed_table;
    struct verdict_rule rules[VERDICT_RULES];
};

struct kernel_counts {
    const struct flow_tables *tables;
    unsigned int owner; /* the kernel's place among those that count */
    uint64_t matched[FLOW_TABLES], missed[FLOW_TABLES];
};

void kernel_rules_set(struct kernel_rules *r, const struct decision *d);

void kernel_counts_add(struct kernel_counts *c, const struct kernel_rules *r,
                       struct counter_sum sum, int64_t now_ms);

#endif
