/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the workers and the kernel have counted, each for itself, added up.
 *
 * Main thread.  Each number is of this moment, not all of the same.
 */
#ifndef DATAPATH_TOTALS_H
#define DATAPATH_TOTALS_H

#include "datapath/datapath.h"

/* How many learned addresses workers could not tell because a queue was full.
 */
uint64_t totals_learn_refused(const struct datapath *d);
/* The same for what learn actions have found. */
uint64_t totals_learn_requests_refused(const struct datapath *d);
/* Frames that went on before the tables had what they taught, as the main
 * thread took too long. */
uint64_t totals_learn_requests_late(const struct datapath *d);
/* Packet-outs that the queue to the worker had no room for. */
uint64_t totals_jobs_refused(const struct datapath *d);

struct table_lookups {
    uint64_t matched, missed;
};
struct table_lookups totals_lookups(const struct datapath *d, uint8_t table);

/* Frames that workers found a verdict for in their flow caches, and those that
 * the tables were asked about. */
struct cache_lookups {
    uint64_t hits, misses;
};
struct cache_lookups totals_cache(const struct datapath *d);
/* How often workers parsed and looked up a frame again after an edit. */
uint64_t totals_looks_again(const struct datapath *d);

/* A port's counts, over all workers. */
struct port_totals {
    uint64_t rx_frames, rx_bytes, tx_frames, tx_bytes, forwarded, consumed;
    uint64_t rx_own_address;
    uint64_t drops[DROP_REASON_COUNT], tx_drops[DROP_REASON_COUNT];
};
void totals_of_port(const struct datapath *d,
                    const struct port_counters *counters,
                    struct port_totals *total);

#endif
