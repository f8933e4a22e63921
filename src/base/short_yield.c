/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/short_yield.h"

#include <sched.h>

#include "base/clock.h"

bool short_yield(struct short_yield *y)
{
    int64_t begin_us = clock_monotonic_us(), took_us;

    if (begin_us < y->not_before_us)
        return false;
    sched_yield();
    took_us = clock_monotonic_us() - begin_us;
    if (took_us > SHORT_YIELD_US)
        y->not_before_us = begin_us + took_us * SHORT_YIELD_AGAIN;
    return true;
}
