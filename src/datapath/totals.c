/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/totals.h"

#include <assert.h>
#include <string.h>

#include "datapath/worker.h"

static struct forwarder *forwarder_of(const struct datapath *d,
                                      unsigned int worker)
{
    return worker_forwarder(datapath_worker(d, worker));
}

uint64_t totals_jobs_refused(const struct datapath *d)
{
    return worker_jobs_refused(datapath_worker(d, 0));
}

uint64_t totals_learn_refused(const struct datapath *d)
{
    uint64_t refused = 0;

    for (unsigned int i = 0; i < datapath_workers(d); i++)
        refused += spsc_refused(forwarder_learned(forwarder_of(d, i)));
    return refused;
}

uint64_t totals_learn_requests_refused(const struct datapath *d)
{
    uint64_t refused = 0;

    for (unsigned int i = 0; i < datapath_workers(d); i++)
        refused += byte_ring_refused(
            forwarder_learn_requester(forwarder_of(d, i))->requests);
    return refused;
}

uint64_t totals_learn_requests_late(const struct datapath *d)
{
    uint64_t late = 0;

    for (unsigned int i = 0; i < datapath_workers(d); i++)
        late += atomic_load_explicit(
            &forwarder_learn_requester(forwarder_of(d, i))->late,
            memory_order_relaxed);
    return late;
}

struct table_lookups totals_lookups(const struct datapath *d, uint8_t table)
{
    struct table_lookups total = {0, 0};

    assert(table < FLOW_TABLES);
    for (unsigned int i = 0; i < datapath_workers(d); i++) {
        const struct forwarder *f = forwarder_of(d, i);

        total.matched += forwarder_matched(f, table);
        total.missed += forwarder_missed(f, table);
    }
    total.matched += kernel_path_matched(datapath_kernel(d), table);
    total.missed += kernel_path_missed(datapath_kernel(d), table);
    return total;
}

struct cache_lookups totals_cache(const struct datapath *d)
{
    struct cache_lookups total = {0, 0};

    for (unsigned int i = 0; i < datapath_workers(d); i++) {
        const struct forwarder *f = forwarder_of(d, i);

        total.hits += forwarder_cache_hits(f);
        total.misses += forwarder_cache_misses(f);
    }
    return total;
}

uint64_t totals_looks_again(const struct datapath *d)
{
    uint64_t looks = 0;

    for (unsigned int i = 0; i < datapath_workers(d); i++)
        looks += forwarder_looks_again(forwarder_of(d, i));
    return looks;
}

static void add(uint64_t *total, const _Atomic uint64_t *counter)
{
    *total += atomic_load_explicit(counter, memory_order_relaxed);
}

void totals_of_port(const struct datapath *d,
                    const struct port_counters *counters,
                    struct port_totals *total)
{
    memset(total, 0, sizeof(*total));
    for (unsigned int i = 0; i < datapath_owners(d); i++) {
        const struct port_counters *c = &counters[i];

        add(&total->rx_frames, &c->rx_frames);
        add(&total->rx_bytes, &c->rx_bytes);
        add(&total->tx_frames, &c->tx_frames);
        add(&total->tx_bytes, &c->tx_bytes);
        add(&total->forwarded, &c->forwarded);
        add(&total->consumed, &c->consumed);
        add(&total->rx_own_address, &c->rx_own_address);
        for (unsigned int reason = 0; reason < DROP_REASON_COUNT; reason++) {
            add(&total->drops[reason], &c->drops[reason]);
            add(&total->tx_drops[reason], &c->tx_drops[reason]);
        }
    }
}
