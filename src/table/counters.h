/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet and byte counters of flow entries (and groups and meters), kept apart
 * for each owner so that none waits for another's cache line; they are added up
 * when somebody asks.  Workers are owners by their index; others that count
 * come after them.
 *
 * The main thread takes and returns counters; a counter is returned by
 * retiring, so a worker with an old verdict still counts in memory that is
 * there.  Each owner writes only its own.
 */
#ifndef TABLE_COUNTERS_H
#define TABLE_COUNTERS_H

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>

enum {
    COUNTERS_CHUNK = 4096,
    COUNTERS_CHUNKS = 1024,
    COUNTERS_NONE = UINT32_MAX,
};

struct counter {
    _Atomic uint64_t packets, bytes;
    _Atomic int64_t used_ms; /* 0: never */
};

struct counter_totals {
    uint64_t packets, bytes;
    int64_t used_ms;
};

struct counters {
    unsigned int owners;
    uint32_t free; /* first of the free list, linked through 'links' */
    uint32_t *links[COUNTERS_CHUNKS];
    struct counter *_Atomic chunks[COUNTERS_CHUNKS]; /* owner by owner */
};

struct counters *counters_create(unsigned int owners);
void counters_free(struct counters *c);

/* Takes a counter, all zero, or COUNTERS_NONE if there is no memory. */
uint32_t counters_take(struct counters *c);
/* Returns it; call only once no worker can know it any more. */
void counters_return(struct counters *c, uint32_t id);

/* Makes it begin from there; no worker may know it yet. */
void counters_set(struct counters *c, uint32_t id, uint64_t packets,
                  uint64_t bytes);

static inline struct counter *counters_at(const struct counters *c,
                                          unsigned int owner, uint32_t id)
{
    struct counter *chunk;

    assert(owner < c->owners);
    chunk = atomic_load_explicit(&c->chunks[id / COUNTERS_CHUNK],
                                 memory_order_relaxed);

    return chunk + (uint32_t)owner * COUNTERS_CHUNK + id % COUNTERS_CHUNK;
}

/* What an owner has to add: frames of one flow, in one batch. */
struct counter_sum {
    uint32_t packets;
    uint64_t bytes;
};

/* The owner alone: so a plain read and write will do. */
static inline void counters_add_sum(const struct counters *c,
                                    unsigned int owner, uint32_t id,
                                    struct counter_sum more, int64_t now_ms)
{
    struct counter *n = counters_at(c, owner, id);
    uint64_t packets = atomic_load_explicit(&n->packets, memory_order_relaxed);
    uint64_t bytes = atomic_load_explicit(&n->bytes, memory_order_relaxed);

    atomic_store_explicit(&n->packets, packets + more.packets,
                          memory_order_relaxed);
    atomic_store_explicit(&n->bytes, bytes + more.bytes, memory_order_relaxed);
    atomic_store_explicit(&n->used_ms, now_ms, memory_order_relaxed);
}

/* The same for one frame. */
static inline void counters_add(const struct counters *c, unsigned int owner,
                                uint32_t id, uint32_t bytes, int64_t now_ms)
{
    counters_add_sum(c, owner, id, (struct counter_sum){1, bytes}, now_ms);
}

struct counter_totals counters_total(const struct counters *c, uint32_t id);

#endif
