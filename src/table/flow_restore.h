/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries that come back as they were in an earlier life of the switch: their
 * times run from where they were, their counts go on.
 */
#ifndef TABLE_FLOW_RESTORE_H
#define TABLE_FLOW_RESTORE_H

#include "table/flow_table.h"

/* What an entry had behind it, by the clock of now: before it started is
 * negative. */
struct flow_history {
    int64_t created_ms, modified_ms, used_ms;
    uint64_t packets, bytes;
};

/*
 * Adds the entry that an ADD describes, with its history; no worker may have
 * started.  FLOW_OVERLAP: there is one of this match and priority, which stays;
 * else as flow_tables_apply.
 */
enum flow_error flow_restore(struct flow_tables *t, const struct flow_mod *mod,
                             const struct flow_history *h);

#endif
