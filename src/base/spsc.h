/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded queue of fixed-size records between one producer thread and one
 * consumer thread, with no locks.  A full queue refuses and counts.
 */
#ifndef BASE_SPSC_H
#define BASE_SPSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spsc;

/* 'count' records (rounded up to a power of two); NULL if out of memory. */
struct spsc *spsc_create(size_t count, size_t record_size);
void spsc_free(struct spsc *q);

/* Producer: room for the next record, or NULL (counted) if the queue is full;
 * the record is seen by the consumer after spsc_push. */
void *spsc_reserve(struct spsc *q);
void spsc_push(struct spsc *q);

/* Consumer: the oldest record, or NULL; it is gone after spsc_pop. */
void *spsc_peek(struct spsc *q);
void spsc_pop(struct spsc *q);

/* True if there is nothing in it now; any thread may ask. */
bool spsc_is_empty(const struct spsc *q);

/* How often spsc_reserve found the queue full; any thread may ask. */
uint64_t spsc_refused(const struct spsc *q);

#endif
