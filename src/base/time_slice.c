/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/time_slice.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct sched_attr of linux/sched/types.h, whose header does not go together
 * with sched.h of the C library. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns, deadline_ns, period_ns;
};

int time_slice_ask(unsigned int us)
{
    struct attributes a = {0};

    if (syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0) < 0)
        return -errno;
    if (a.policy != SCHED_OTHER)
        return 0;
    a.runtime_ns = (uint64_t)us * 1000;
    return syscall(SYS_sched_setattr, 0, &a, 0) < 0 ? -errno : 0;
}
