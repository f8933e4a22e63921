/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes are a configuration or have faults that can be printed, and never
 * both or neither; a configuration that was read differs in nothing from
 * itself.
 */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void no_difference(void *context, const char *line, bool needs_restart)
{
    (void)context;
    (void)line;
    (void)needs_restart;
    abort();
}

static void check_faults(struct config_faults *faults, const char *path)
{
    for (size_t i = 0; i < faults->count; i++)
        if (strncmp(faults->list[i].text, path, strlen(path)) != 0 ||
            strpbrk(faults->list[i].text, "\n\x1b"))
            abort();
    config_faults_clear(faults);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct config_faults faults = {0};
    struct config *c;
    char path[64];
    int fd = memfd_create("config", MFD_CLOEXEC);

    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    c = config_read(path, &faults);
    if (!c != !!faults.count)
        abort();
    if (c)
        config_diff(c, c, no_difference, NULL);
    config_free(c);
    check_faults(&faults, path);
    close(fd);
    return 0;
}
