/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that polls for work lets others have the CPU in between: the
 * main loop and a worker that share one hand work to and fro so, and neither
 * has to take it by force.  A busy process would take a whole slice each time,
 * so each yield is measured, and one that took long is the last for a long
 * while: what is lost in this way is a hundredth of the time at most.
 */
#ifndef BASE_SHORT_YIELD_H
#define BASE_SHORT_YIELD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SHORT_YIELD_US = 1000,   /* longer than a turn, shorter than a slice */
    SHORT_YIELD_AGAIN = 100, /* times what a long one took */
};

struct short_yield {
    int64_t not_before_us; /* 0: at once */
};

/* Lets others have the CPU, unless they took it for long lately; whether it
 * did.  sched_yield(2). */
bool short_yield(struct short_yield *y);

#endif
