/*
 * Counts the frames that arrive on an interface within a window.
 *
 * It reads the interface's own counter twice and touches no frame: the test bed
 * drops them at the ingress hook, so that receiving takes next to nothing from
 * the switch that is measured.
 *
 * sink INTERFACE WARM_UP_MS WINDOW_MS, prints "frames=N ns=N".
 */
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

int main(int argc, char **argv)
{
    char path[128];
    uint64_t first, last;
    int64_t begin, end;

    if (argc != 4) {
        fprintf(stderr, "usage: sink INTERFACE WARM_UP_MS WINDOW_MS\n");
        return 2;
    }
    snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/rx_packets",
             argv[1]);
    begin = stopwatch_now_ns() + atoi(argv[2]) * INT64_C(1000000);
    stopwatch_sleep_until(begin);
    begin = stopwatch_now_ns();
    if (read_counter(path, &first))
        return 1;
    stopwatch_sleep_until(begin + atoi(argv[3]) * INT64_C(1000000));
    end = stopwatch_now_ns();
    if (read_counter(path, &last))
        return 1;
    printf("frames=%" PRIu64 " ns=%" PRId64 "\n", last - first, end - begin);
    return 0;
}
