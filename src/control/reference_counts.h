/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reference counts of groups and meters: how many flow entries (and groups) use
 * each, counted in one pass over all.  Main thread only.
 */
#ifndef CONTROL_REFERENCE_COUNTS_H
#define CONTROL_REFERENCE_COUNTS_H

#include "control/switch.h"

/* Start from zero, end with reference_counts_clear. */
struct reference_counts {
    uint32_t *ids; /* 'count', sorted once all are there */
    size_t count, room;
    bool is_sorted;
    bool is_bad; /* out of memory: what is not counted is missing */
};

/* Counts one more reference. */
void reference_counts_add(struct reference_counts *r, uint32_t id);

/* Calls 'list' for each flow entry; it adds what the entry uses. */
void reference_counts_gather(struct of_switch *s, struct reference_counts *r,
                             void (*list)(struct reference_counts *r,
                                          const struct flow_entry *e));

/* How often 'id' was added, after reference_counts_gather. */
uint32_t reference_counts_of(struct reference_counts *r, uint32_t id);

void reference_counts_clear(struct reference_counts *r);

#endif
