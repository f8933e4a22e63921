/* SPDX-License-Identifier: BSD-2-Clause */
/* Other processes of the machine, by proc(5). */
#ifndef BASE_PROCESS_NAME_H
#define BASE_PROCESS_NAME_H

#include <stdbool.h>

/* True if the process 'pid', a name in /proc, runs a command of that name, of
 * at most 15 bytes.  False too if it has ended. */
bool process_name_is(const char *pid, const char *name);

#endif
