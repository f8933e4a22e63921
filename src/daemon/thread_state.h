/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a thread of this process stands, as the kernel tells it: whether it
 * runs, waits for a CPU or sleeps, and in what.  proc(5), /proc/PID/task/TID.
 */
#ifndef DAEMON_THREAD_STATE_H
#define DAEMON_THREAD_STATE_H

#include <stdint.h>
#include <sys/types.h>

enum { THREAD_WCHAN_SIZE = 64 };

struct thread_state {
    char state;                    /* 'R', 'S', 'D' ...; '?' unknown */
    int cpu;                       /* where it was last; -1 unknown */
    char wchan[THREAD_WCHAN_SIZE]; /* the kernel's function that it sleeps in;
                                    * "-" if in none */
    int64_t ran_ms, waited_ms;     /* ever: on a CPU, and ready but not on one;
                                    * without schedstats in the kernel 0 */
};

/* Values that cannot be found out are as said above. */
void thread_state_read(pid_t thread, struct thread_state *s);

/* The activity of a thread that made no progress between two looks, 'before'
 * and 'now'. */
enum thread_trouble {
    THREAD_STARVED, /* ready, but others had the CPU */
    THREAD_LOOPING, /* it ran */
    THREAD_BLOCKED, /* it slept, in 'wchan' */
};
enum thread_trouble thread_state_trouble(const struct thread_state *before,
                                         const struct thread_state *now);
const char *thread_trouble_name(enum thread_trouble trouble);

#endif
