/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hint in the log, once, why a controller of OpenFlow 1.3 gets no packet-in:
 * since 1.3 a frame that no entry matches is dropped, unless there is a
 * table-miss entry.  Main thread only.
 */
#ifndef BRIDGE_TABLE_MISS_HINT_H
#define BRIDGE_TABLE_MISS_HINT_H

#include <stdbool.h>
#include <stdint.h>

#include "datapath/datapath.h"

struct table_miss_hint {
    bool is_said;
    bool was_expected; /* such a controller was there at the last look */
    uint64_t missed;   /* by table 0, when the controller was accepted */
};

/* Call every tick; 'expects_entry': an accepted controller speaks 1.3 or later
 * and none speaks an older version. */
void table_miss_hint_tick(struct table_miss_hint *h, const struct datapath *d,
                          bool expects_entry);

#endif
