/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/counters.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread_role.h"

struct counters *counters_create(unsigned int owners)
{
    struct counters *c = calloc(1, sizeof(*c));

    assert(owners > 0);
    if (!c)
        return NULL;
    c->owners = owners;
    c->free = COUNTERS_NONE;
    return c;
}

void counters_free(struct counters *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < COUNTERS_CHUNKS; i++) {
        free(atomic_load(&c->chunks[i]));
        free(c->links[i]);
    }
    free(c);
}

static void add_chunk(struct counters *c)
{
    size_t at = 0;
    struct counter *chunk;
    uint32_t *links;

    while (at < COUNTERS_CHUNKS && c->links[at])
        at++;
    if (at == COUNTERS_CHUNKS)
        return;
    chunk = calloc((size_t)c->owners * COUNTERS_CHUNK, sizeof(*chunk));
    links = malloc(COUNTERS_CHUNK * sizeof(*links));
    if (!chunk || !links) {
        free(chunk);
        free(links);
        return;
    }
    for (uint32_t i = 0; i < COUNTERS_CHUNK; i++)
        links[i] = (uint32_t)at * COUNTERS_CHUNK + i + 1;
    links[COUNTERS_CHUNK - 1] = c->free;
    c->free = (uint32_t)at * COUNTERS_CHUNK;
    c->links[at] = links;
    atomic_store_explicit(&c->chunks[at], chunk, memory_order_release);
}

uint32_t counters_take(struct counters *c)
{
    uint32_t id;

    assert_main_thread();
    if (c->free == COUNTERS_NONE)
        add_chunk(c);
    id = c->free;
    if (id != COUNTERS_NONE)
        c->free = c->links[id / COUNTERS_CHUNK][id % COUNTERS_CHUNK];
    return id;
}

void counters_return(struct counters *c, uint32_t id)
{
    assert(id / COUNTERS_CHUNK < COUNTERS_CHUNKS);
    assert_main_thread();
    for (unsigned int owner = 0; owner < c->owners; owner++)
        memset(counters_at(c, owner, id), 0, sizeof(struct counter));
    c->links[id / COUNTERS_CHUNK][id % COUNTERS_CHUNK] = c->free;
    c->free = id;
}

void counters_set(struct counters *c, uint32_t id, uint64_t packets,
                  uint64_t bytes)
{
    struct counter *first = counters_at(c, 0, id);

    assert(id / COUNTERS_CHUNK < COUNTERS_CHUNKS);
    assert_main_thread();
    atomic_store_explicit(&first->packets, packets, memory_order_relaxed);
    atomic_store_explicit(&first->bytes, bytes, memory_order_relaxed);
}

struct counter_totals counters_total(const struct counters *c, uint32_t id)
{
    struct counter_totals total = {0};

    assert(id / COUNTERS_CHUNK < COUNTERS_CHUNKS);
    for (unsigned int owner = 0; owner < c->owners; owner++) {
        struct counter *n = counters_at(c, owner, id);
        int64_t used = atomic_load_explicit(&n->used_ms, memory_order_relaxed);

        total.packets +=
            atomic_load_explicit(&n->packets, memory_order_relaxed);
        total.bytes += atomic_load_explicit(&n->bytes, memory_order_relaxed);
        if (used > total.used_ms)
            total.used_ms = used;
    }
    return total;
}
