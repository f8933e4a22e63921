/* SPDX-License-Identifier: BSD-2-Clause */
/* A network namespace of the test's own: what it does to interfaces there, no
 * other process sees, and it goes with the test. */
#ifndef TESTS_UNIT_NETNS_H
#define TESTS_UNIT_NETNS_H

#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Enters a new one, also from within another; false: only root may. */
static inline bool netns_enter(void)
{
    return geteuid() == 0 && unshare(CLONE_NEWNET) == 0;
}

/* Runs a command of the shell there; true if it succeeded. */
__attribute__((format(printf, 1, 2))) static inline bool
netns_run(const char *format, ...)
{
    char command[512];
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    return size > 0 && (size_t)size < sizeof(command) && system(command) == 0;
}

#endif
