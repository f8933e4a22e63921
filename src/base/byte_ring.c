/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/byte_ring.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { ALIGNMENT = 8, HEADER = 8, CACHE_LINE = 64 };

#define SKIP UINT32_MAX /* the rest up to the end is not used */

/* Each record is preceded by its size; head and tail only ever grow. */
struct byte_ring {
    size_t mask;
    uint8_t *bytes;
    struct {
        _Atomic size_t head; /* the producer's: the end of what was pushed */
        size_t reserved;     /* where the head will be after the push */
        _Atomic uint64_t refused;
    } producer __attribute__((aligned(CACHE_LINE)));
    struct {
        _Atomic size_t tail; /* the consumer's */
    } consumer __attribute__((aligned(CACHE_LINE)));
};

struct byte_ring *byte_ring_create(size_t size)
{
    struct byte_ring *r = aligned_alloc(CACHE_LINE, sizeof(*r));
    size_t room = 4096;

    if (!r)
        return NULL;
    while (room < size)
        room *= 2;
    *r = (struct byte_ring){.mask = room - 1, .bytes = malloc(room)};
    if (r->bytes)
        return r;
    free(r);
    return NULL;
}

void byte_ring_free(struct byte_ring *r)
{
    if (!r)
        return;
    free(r->bytes);
    free(r);
}

static uint32_t *header_at(const struct byte_ring *r, size_t at)
{
    return (uint32_t *)(void *)(r->bytes + (at & r->mask));
}

static size_t whole(size_t size)
{
    return HEADER + ((size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1));
}

void *byte_ring_reserve(struct byte_ring *r, size_t size)
{
    size_t head = atomic_load_explicit(&r->producer.head, memory_order_relaxed);
    size_t tail = atomic_load_explicit(&r->consumer.tail, memory_order_acquire);
    size_t to_end = r->mask + 1 - (head & r->mask);
    size_t needed = whole(size);
    size_t skipped = needed > to_end ? to_end : 0;

    assert(head - tail <= r->mask + 1);
    if (head + skipped + needed - tail > r->mask + 1) {
        atomic_fetch_add_explicit(&r->producer.refused, 1,
                                  memory_order_relaxed);
        return NULL;
    }
    if (skipped)
        *header_at(r, head) = SKIP;
    head += skipped;
    *header_at(r, head) = (uint32_t)needed;
    r->producer.reserved = head + needed;
    return header_at(r, head) + HEADER / sizeof(uint32_t);
}

void byte_ring_push(struct byte_ring *r)
{
    assert(r->producer.reserved - r->consumer.tail <= r->mask + 1);
    atomic_store_explicit(&r->producer.head, r->producer.reserved,
                          memory_order_release);
}

void *byte_ring_peek(struct byte_ring *r)
{
    size_t head = atomic_load_explicit(&r->producer.head, memory_order_acquire);
    size_t tail = atomic_load_explicit(&r->consumer.tail, memory_order_relaxed);

    if (tail == head)
        return NULL;
    if (*header_at(r, tail) == SKIP) {
        tail += r->mask + 1 - (tail & r->mask);
        atomic_store_explicit(&r->consumer.tail, tail, memory_order_release);
    }
    return header_at(r, tail) + HEADER / sizeof(uint32_t);
}

void byte_ring_pop(struct byte_ring *r)
{
    size_t tail = atomic_load_explicit(&r->consumer.tail, memory_order_relaxed);

    /* It was peeked before. */
    assert(tail !=
           atomic_load_explicit(&r->producer.head, memory_order_relaxed));
    atomic_store_explicit(&r->consumer.tail, tail + *header_at(r, tail),
                          memory_order_release);
}

uint64_t byte_ring_refused(const struct byte_ring *r)
{
    return atomic_load_explicit(&r->producer.refused, memory_order_relaxed);
}
