/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When flow entries expire: a hard timeout counts from the last modify, an
 * idle one from the last use.  Taking them out is the tables'.
 *
 * Main thread only.  OpenFlow 1.3.5 5.5.
 */
#ifndef TABLE_FLOW_EXPIRY_H
#define TABLE_FLOW_EXPIRY_H

#include "base/timer_wheel.h"
#include "table/counters.h"
#include "table/flow_entry.h"

/* Puts the entry on the wheel if it has a timeout. */
void flow_expiry_set(struct timer_wheel *wheel, struct flow_entry *e,
                     const struct counters *counters);

/* The next entry whose time is up, which is then off the wheel, or NULL.  Those
 * that were used meanwhile go back on it. */
struct flow_entry *flow_expiry_next(struct timer_wheel *wheel,
                                    const struct counters *counters,
                                    int64_t now_ms);

/* Whether the hard timeout is over. */
bool flow_expiry_is_hard(const struct flow_entry *e, int64_t now_ms);

#endif
