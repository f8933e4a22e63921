/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much of a CPU others have: it spins, and adds up the times in which it
 * was not running.  That finds what the machine below takes away as well, which
 * a virtual machine often cannot see in its own statistics.
 *
 * noise CPU MILLISECONDS, prints "lost_ns=N ns=N".
 */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "stopwatch.h"

enum { GAP_NS = 50000 }; /* an interrupt is shorter */

int main(int argc, char **argv)
{
    int64_t begin, end, last, lost = 0;
    cpu_set_t set;

    if (argc != 3) {
        fprintf(stderr, "usage: noise CPU MILLISECONDS\n");
        return 2;
    }
    CPU_ZERO(&set);
    CPU_SET((size_t)atoi(argv[1]), &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        perror("noise: CPU");
        return 1;
    }
    begin = last = stopwatch_now_ns();
    end = begin + atoi(argv[2]) * INT64_C(1000000);
    while (last < end) {
        int64_t now = stopwatch_now_ns();

        if (now - last > GAP_NS)
            lost += now - last;
        last = now;
    }
    printf("lost_ns=%" PRId64 " ns=%" PRId64 "\n", lost, last - begin);
    return 0;
}
