/* SPDX-License-Identifier: BSD-2-Clause */
/* flowbridge check: says what is wrong with a configuration on this machine. */
#ifndef DAEMON_CHECK_H
#define DAEMON_CHECK_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Faults go to 'err', a line each; as JSON, the verdict with all of them goes
 * to 'out'.  Returns the exit status: 1 on any fault.
 */
int check_run(const char *config_path, bool is_json, FILE *out, FILE *err);

#endif
