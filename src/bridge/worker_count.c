#include "bridge/worker_count.h"

#include "datapath/ports.h"

unsigned int worker_count_auto(const cpu_set_t *cpus)
{
    cpu_set_t allowed;
    int count = CPU_COUNT(cpus);

    if (!count && sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
        count = CPU_COUNT(&allowed) - 1;
    if (count < 1)
        return 1;
    return count < WORKERS_MAX ? (unsigned int)count : WORKERS_MAX;
}
