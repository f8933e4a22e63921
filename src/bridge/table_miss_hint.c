/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/table_miss_hint.h"

#include "base/log.h"
#include "base/thread_role.h"
#include "datapath/totals.h"

void table_miss_hint_tick(struct table_miss_hint *h, const struct datapath *d,
                          bool expects_entry)
{
    uint64_t missed = totals_lookups(d, 0).missed;

    assert_main_thread();
    if (!expects_entry || !h->was_expected) {
        h->was_expected = expects_entry;
        h->is_said = false;
        h->missed = missed;
        return;
    }
    if (h->is_said || missed == h->missed)
        return;
    h->is_said = true;
    log_warning("flow.missed", "table=%u frames=%llu hint=%s", 0u,
                (unsigned long long)(missed - h->missed),
                "since OpenFlow 1.3 a frame without a matching entry is "
                "dropped; the controller must add a table-miss entry");
}
