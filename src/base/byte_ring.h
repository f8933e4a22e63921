/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded queue of records of any size between one producer thread and one
 * consumer thread, with no locks: what base/spsc.h is for records of one size.
 * A full ring refuses and counts.
 */
#ifndef BASE_BYTE_RING_H
#define BASE_BYTE_RING_H

#include <stddef.h>
#include <stdint.h>

struct byte_ring;

/* 'size' bytes, rounded up to a power of two.  NULL if out of memory. */
struct byte_ring *byte_ring_create(size_t size);
void byte_ring_free(struct byte_ring *r);

/* Producer: room for a record of 'size' bytes, aligned to 8, or NULL (counted);
 * the consumer sees it after byte_ring_push. */
void *byte_ring_reserve(struct byte_ring *r, size_t size);
void byte_ring_push(struct byte_ring *r);

/* Consumer: the oldest record, or NULL; it is gone after byte_ring_pop. */
void *byte_ring_peek(struct byte_ring *r);
void byte_ring_pop(struct byte_ring *r);

uint64_t byte_ring_refused(const struct byte_ring *r);

#endif
