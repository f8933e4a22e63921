/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/miss_note.h"

#include "base/log.h"

void miss_note_tick(struct miss_note *n, const struct datapath *d,
                    bool expects_entry)
{
    uint64_t missed = datapath_lookups(d, 0).missed;

    if (!expects_entry || !n->was_expected) {
        n->was_expected = expects_entry;
        n->is_said = false;
        n->missed = missed;
        return;
    }
    if (n->is_said || missed == n->missed)
        return;
    n->is_said = true;
    log_warning("flow.missed", "table=%u frames=%llu hint=%s", 0u,
                (unsigned long long)(missed - n->missed),
                "since OpenFlow 1.3 a frame that no entry matches is dropped; "
                "the controller has to add a table-miss entry");
}
