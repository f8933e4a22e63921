/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that do little and wait long, beside the main thread and side by side:
 * each on a helper thread; threads are made as jobs come, and end when there
 * is nothing left to do.
 *
 * Not for frames (datapath/worker.h), and not for what needs much of a
 * processor.
 */
#ifndef BASE_JOB_POOL_H
#define BASE_JOB_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JOB_POOL_THREADS_MAX = 64 };

/*
 * One job, a part of what it is about.  The pool has it from job_pool_add until
 * 'done' is called; what 'work' uses must not be used by others meanwhile.
 */
struct job {
    void (*work)(
        struct job *job); /* on a helper thread, which gets no signal */
    /* Later, on the main thread; may free it and add others. */
    void (*done)(struct job *job, int64_t now_ms);
    struct job *next; /* the pool's own */
};

struct job_pool;

/*
 * At most 'threads' (up to JOB_POOL_THREADS_MAX) helpers.  'wake' is called by
 * a helper when there is something for job_pool_take_done; it may be NULL.
 * With 0 threads job_pool_take_done itself does the work, in the order of
 * arrival: so does the simulation.  NULL if out of memory.
 */
struct job_pool *job_pool_create(unsigned int threads,
                                 void (*wake)(void *context), void *context);

/* Main thread only, like all that follow.  Where no thread can be made,
 * job_pool_take_done does the work. */
void job_pool_add(struct job_pool *p, struct job *job);

/* Calls 'done' of up to 'max' jobs that have ended, with this time, and returns
 * of how many; 'max' means that there may be more. */
size_t job_pool_take_done(struct job_pool *p, int64_t now_ms, size_t max);

/* Returns when no job is left, those included that 'done' adds, and no helper
 * thread either. */
void job_pool_wait(struct job_pool *p, int64_t now_ms);

/* Jobs whose 'done' has not been called. */
size_t job_pool_count(const struct job_pool *p);

/* No job may be left. */
void job_pool_free(struct job_pool *p);

#endif
