/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that workers may still be reading is retired, not freed: it is freed
 * after every worker has passed a quiescent state (RCU, quiescent-state based).
 *
 * The main thread retires: as often as needed, and once a turn of the main loop
 * it calls retire_flush.  Nothing here waits long for a worker, for the
 * scheduler may keep one from its CPU; a grace period is a number that one asks
 * about.  (liburcu before 0.14 can only be waited for.)
 */
#ifndef BASE_RETIRE_H
#define BASE_RETIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RETIRE_READERS_MAX = 16 }; /* threads registered at a time */

/* A part of what is to be retired, which workers do not look at: no memory is
 * needed to remember it, so this cannot fail. */
struct retired {
    struct retired *next;
    uint64_t grace_period;
    void *object;
    void (*release)(void *object);
};

/* 'release' is called with 'object', which 'place' is a part of, at a later
 * retire_flush: after those of all objects that were retired before it.
 * 'release' itself must not retire anything. */
void retire(struct retired *place, void *object, void (*release)(void *object));

/* Releases what no worker reads any more; returns how many objects. */
size_t retire_flush(void);

/* The same in the midst of long work, and only once so much has been retired
 * that it pays, and that memory would run out before the end of the turn.
 * 'retire' cannot know sizes: lists of many masks are some 100 KiB each.  If
 * workers let go of nothing it waits for them, a millisecond at most. */
size_t retire_flush_if_many(void);

/* How many objects wait to be released. */
size_t retire_waiting(void);

/*
 * A grace period begins: it is over when every worker has been quiescent or
 * asleep since.  What the main thread published before is then what all of them
 * read.
 */
uint64_t retire_grace_period(void);
bool retire_is_over(uint64_t grace_period);
/* Waits for it for up to 'max_us' microseconds; whether it is over. */
bool retire_wait(uint64_t grace_period, int64_t max_us);

/* Waits for all workers, as long as it takes, and releases all.  Only for what
 * is closed under their hands: it holds the main thread up. */
void retire_finish(void);

/*
 * Worker threads: each registers, says when it is quiescent (it then holds
 * nothing that it read before), and goes offline while it sleeps.
 */
void retire_thread_register(void);
void retire_thread_unregister(void);
void retire_thread_online(void);
void retire_thread_offline(void);
void retire_quiescent(void);

#endif
