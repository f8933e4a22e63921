/* SPDX-License-Identifier: BSD-2-Clause */
/* A network namespace of the test's own: what it does to interfaces there, no
 * other process sees, and it goes with the test. */
#ifndef TESTS_UNIT_NETNS_H
#define TESTS_UNIT_NETNS_H

#include <stdbool.h>

/* Enters a new one, also from within another; false: only root may. */
bool netns_enter(void);

/* Runs a command of the shell there; true if it succeeded. */
__attribute__((format(printf, 1, 2))) bool netns_run(const char *format, ...);

#endif
