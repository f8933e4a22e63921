/* SPDX-License-Identifier: BSD-2-Clause */
/* The output of flowbridge reload and reopen. */
#ifndef CLIENT_RELOAD_OUTPUT_H
#define CLIENT_RELOAD_OUTPUT_H

#include <stdio.h>

#include <cjson/cJSON.h>

/* The changes of a new configuration. */
void reload_output_print(FILE *out, const cJSON *result);
/* The log file that was reopened. */
void reload_output_print_reopened(FILE *out, const cJSON *result);

#endif
