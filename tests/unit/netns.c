/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/netns.h"

#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool netns_enter(void)
{
    return geteuid() == 0 && unshare(CLONE_NEWNET) == 0;
}

__attribute__((format(printf, 1, 2))) bool netns_run(const char *format, ...)
{
    char command[512];
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    return size > 0 && (size_t)size < sizeof(command) && system(command) == 0;
}
