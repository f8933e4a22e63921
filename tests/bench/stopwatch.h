/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of the measuring tools: monotonic, so that two of them on one
 * machine agree on when a window begins. */
#ifndef BENCH_STOPWATCH_H
#define BENCH_STOPWATCH_H

#include <errno.h>
#include <stdint.h>
#include <time.h>

static inline int64_t stopwatch_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void stopwatch_sleep_until(int64_t when_ns)
{
    struct timespec t = {.tv_sec = when_ns / 1000000000,
                         .tv_nsec = when_ns % 1000000000};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        continue;
}

#endif
