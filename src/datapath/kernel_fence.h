/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A point in time, and whether no frame is carried by the kernel any more as it
 * was decided on before.  Main thread only.
 */
#ifndef DATAPATH_KERNEL_FENCE_H
#define DATAPATH_KERNEL_FENCE_H

#include "offload/fast_path.h"

struct kernel_fence {
    int64_t since_us;
    struct fast_path_fence fence;
};

void kernel_fence_set(const struct fast_path *fast, struct kernel_fence *fence);
/* Each CPU has passed it; or 20 ms have, for a CPU that has not passed it by
 * then had a frame that a program of somebody else took from us. */
bool kernel_fence_is_past(const struct fast_path *fast,
                          const struct kernel_fence *fence);

#endif
