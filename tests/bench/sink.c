/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the frames that arrive on an interface within a window.
 *
 * It reads the interface's own counter twice and touches no frame: the test bed
 * drops them at the ingress hook, so that receiving takes next to nothing from
 * the switch that is measured.
 *
 * sink INTERFACE BEGIN_NS WINDOW_MS [PID...], prints "frames=N ns=N cpu_ns=N",
 * the last of which is the time that the processes spent on a CPU.  The window
 * begins at that time of the monotonic clock, or now if that is past.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "stopwatch.h"

static int read_counter(const char *path, uint64_t *count)
{
    FILE *file = fopen(path, "re");
    int fields;

    if (!file) {
        perror(path);
        return -1;
    }
    fields = fscanf(file, "%" SCNu64, count);
    fclose(file);
    return fields == 1 ? 0 : -1;
}

/* Of all threads of the process; 0 for one that is not there. */
static uint64_t cpu_time_of(const char *pid)
{
    char path[sizeof("/proc/task/schedstat") + 2 * 256];
    uint64_t total = 0, thread;
    const struct dirent *task;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%.20s/task", pid);
    tasks = opendir(path);
    while (tasks && (task = readdir(tasks))) {
        if (task->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "/proc/%.20s/task/%s/schedstat", pid,
                 task->d_name);
        if (!read_counter(path, &thread))
            total += thread;
    }
    if (tasks)
        closedir(tasks);
    return total;
}

static uint64_t cpu_time(char *const *pids)
{
    uint64_t total = 0;

    for (; *pids; pids++)
        total += cpu_time_of(*pids);
    return total;
}

int main(int argc, char **argv)
{
    char path[128];
    uint64_t first, last, cpu;
    int64_t begin, end;

    if (argc < 4) {
        fprintf(stderr, "usage: sink INTERFACE BEGIN_NS WINDOW_MS [PID]\n");
        return 2;
    }
    snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/rx_packets",
             argv[1]);
    stopwatch_sleep_until(atoll(argv[2]));
    begin = stopwatch_now_ns();
    cpu = cpu_time(argv + 4);
    if (read_counter(path, &first))
        return 1;
    stopwatch_sleep_until(begin + atoi(argv[3]) * INT64_C(1000000));
    end = stopwatch_now_ns();
    if (read_counter(path, &last))
        return 1;
    printf("frames=%" PRIu64 " ns=%" PRId64 " cpu_ns=%" PRIu64 "\n",
           last - first, end - begin, cpu_time(argv + 4) - cpu);
    return 0;
}
