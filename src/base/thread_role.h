/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which thread may call a function: what headers promise is asserted.
 *
 * A thread has no role until thread_role_set, and then may do anything: unit
 * tests and the simulation have one thread for all.
 */
#ifndef BASE_THREAD_ROLE_H
#define BASE_THREAD_ROLE_H

#include <assert.h>
#include <stdbool.h>

enum thread_role {
    THREAD_ANY,
    THREAD_MAIN,
    THREAD_WORKER, /* handles frames */
    THREAD_HELPER, /* beside the main thread: base/job_pool.h, files */
};

extern _Thread_local enum thread_role thread_role_own;

/* The calling thread's role, set once, when it starts. */
void thread_role_set(enum thread_role role);

static inline bool thread_role_may_be(enum thread_role role)
{
    return thread_role_own == THREAD_ANY || thread_role_own == role;
}

static inline void assert_main_thread(void)
{
    assert(thread_role_may_be(THREAD_MAIN));
}

static inline void assert_worker(void)
{
    assert(thread_role_may_be(THREAD_WORKER));
}

#endif
