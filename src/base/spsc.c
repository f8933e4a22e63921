/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/spsc.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    CACHE_LINE_SIZE = 64,
    RECORD_ALIGNMENT = 16, /* fits any type */
};

/*
 * 'pushed' and 'popped' count records since the start and wrap around; each has
 * one writer.  Each side remembers what it last saw of the other's count, and
 * looks again only when that says full or empty: otherwise the cache lines
 * would travel between the cores for every record.
 */
struct spsc {
    size_t mask, record_size;
    uint8_t *records;

    alignas(CACHE_LINE_SIZE) atomic_size_t pushed; /* the producer's line */
    size_t popped_seen;
    atomic_uint_fast64_t refused;

    alignas(CACHE_LINE_SIZE) atomic_size_t popped; /* the consumer's line */
    size_t pushed_seen;
};

static uint8_t *record_at(const struct spsc *q, size_t index)
{
    return q->records + (index & q->mask) * q->record_size;
}

static size_t power_of_two_from(size_t count)
{
    size_t power = 1;

    while (power < count && power <= SIZE_MAX / 2)
        power *= 2;
    return power;
}

struct spsc *spsc_create(size_t count, size_t record_size)
{
    struct spsc *q = aligned_alloc(CACHE_LINE_SIZE, sizeof(*q));
    size_t records = power_of_two_from(count);
    size_t size;

    assert(count > 0 && record_size > 0);
    if (!q)
        return NULL;
    *q = (struct spsc){.mask = records - 1};
    /* So padded, a record starts where any type may. */
    if (__builtin_add_overflow(record_size, RECORD_ALIGNMENT - 1,
                               &q->record_size))
        goto free_queue;
    q->record_size &= ~(size_t)(RECORD_ALIGNMENT - 1);
    if (records < count ||
        __builtin_mul_overflow(records, q->record_size, &size) ||
        size > SIZE_MAX - CACHE_LINE_SIZE)
        goto free_queue;
    size = (size + CACHE_LINE_SIZE - 1) & ~(size_t)(CACHE_LINE_SIZE - 1);
    q->records = aligned_alloc(CACHE_LINE_SIZE, size ? size : CACHE_LINE_SIZE);
    if (!q->records)
        goto free_queue;
    return q;

free_queue:
    free(q);
    return NULL;
}

void spsc_free(struct spsc *q)
{
    if (!q)
        return;
    free(q->records);
    free(q);
}

void *spsc_reserve(struct spsc *q)
{
    size_t pushed = atomic_load_explicit(&q->pushed, memory_order_relaxed);

    if (pushed - q->popped_seen > q->mask) {
        /* Acquire: the consumer is done with the record before we write. */
        q->popped_seen = atomic_load_explicit(&q->popped, memory_order_acquire);
        if (pushed - q->popped_seen > q->mask) {
            atomic_fetch_add_explicit(&q->refused, 1, memory_order_relaxed);
            return NULL;
        }
    }
    return record_at(q, pushed);
}

void spsc_push(struct spsc *q)
{
    size_t pushed = atomic_load_explicit(&q->pushed, memory_order_relaxed);

    assert(pushed - q->popped_seen <= q->mask); /* reserved before */
    atomic_store_explicit(&q->pushed, pushed + 1, memory_order_release);
}

void *spsc_peek(struct spsc *q)
{
    size_t popped = atomic_load_explicit(&q->popped, memory_order_relaxed);

    if (popped == q->pushed_seen) {
        /* Acquire: the record is written before we read. */
        q->pushed_seen = atomic_load_explicit(&q->pushed, memory_order_acquire);
        if (popped == q->pushed_seen)
            return NULL;
    }
    return record_at(q, popped);
}

void spsc_pop(struct spsc *q)
{
    size_t popped = atomic_load_explicit(&q->popped, memory_order_relaxed);

    assert(popped != q->pushed_seen); /* peeked before */
    atomic_store_explicit(&q->popped, popped + 1, memory_order_release);
}

uint64_t spsc_refused(const struct spsc *q)
{
    return atomic_load_explicit(&q->refused, memory_order_relaxed);
}

bool spsc_is_empty(const struct spsc *q)
{
    return atomic_load_explicit(&q->pushed, memory_order_acquire) ==
           atomic_load_explicit(&q->popped, memory_order_acquire);
}
