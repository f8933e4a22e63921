/*
 * Calls that do little and wait long, side by side: each on a thread that lives
 * no longer than it takes to have done all of them.
 *
 * Not for frames (datapath/worker.h), and not for what needs much of a
 * processor.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stddef.h>

enum { CREW_MAX = 64 };

/*
 * Calls 'work' with 'context' and each index below 'count', on the caller's
 * thread and on up to 'threads' - 1 (at most CREW_MAX - 1) others, to which no
 * signal comes; returns when all have returned and the threads are gone.
 * Calls at the same time must not touch the same memory.  Where a thread
 * cannot be had, those that are there do its part.
 */
void crew_run(unsigned int threads, size_t count,
              void (*work)(void *context, size_t index), void *context);

#endif
