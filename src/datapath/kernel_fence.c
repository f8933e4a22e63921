/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/kernel_fence.h"

#include "base/clock.h"
#include "base/thread_role.h"

enum { LATE_US = 20000 };

void kernel_fence_set(const struct fast_path *fast, struct kernel_fence *fence)
{
    assert_main_thread();
    fence->since_us = clock_monotonic_us();
    fast_path_fence(fast, &fence->fence);
}

bool kernel_fence_is_past(const struct fast_path *fast,
                          const struct kernel_fence *fence)
{
    return fast_path_is_past(fast, &fence->fence) ||
           clock_monotonic_us() - fence->since_us > LATE_US;
}
