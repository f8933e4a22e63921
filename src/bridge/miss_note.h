/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Says once why a controller of OpenFlow 1.3 sees no packet-in: since then a
 * frame that no entry matches is dropped, unless there is a table-miss entry.
 */
#ifndef BRIDGE_MISS_NOTE_H
#define BRIDGE_MISS_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "datapath/datapath.h"

struct miss_note {
    bool is_said;
    bool was_expected; /* such a controller was there at the last look */
    uint64_t missed;   /* by table 0, when it came */
};

/* Call every tick; 'expects_entry': an accepted controller speaks 1.3 or later
 * and none speaks an older version. */
void miss_note_tick(struct miss_note *n, const struct datapath *d,
                    bool expects_entry);

#endif
