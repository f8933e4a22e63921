/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many flow entries (and groups) use each group or meter, counted in one
 * pass over all.
 */
#ifndef CONTROL_ENTRY_USES_H
#define CONTROL_ENTRY_USES_H

#include "control/switch.h"

/* Start from zero, end with entry_uses_clear. */
struct entry_uses {
    uint32_t *ids; /* 'count', sorted once all are there */
    size_t count, room;
    bool is_bad; /* out of memory: what is not counted is missing */
};

/* Counts one use more. */
void entry_uses_add(struct entry_uses *u, uint32_t id);

/* Calls 'list' for each flow entry; it adds what the entry uses. */
void entry_uses_gather(struct of_switch *s, struct entry_uses *u,
                       void (*list)(struct entry_uses *u,
                                    const struct flow_entry *e));

/* How often 'id' was added; nothing may be added after. */
uint32_t entry_uses_count(struct entry_uses *u, uint32_t id);

void entry_uses_clear(struct entry_uses *u);

#endif
