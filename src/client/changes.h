/* SPDX-License-Identifier: BSD-2-Clause */
/* What flowbridge reload and reopen have done. */
#ifndef CLIENT_CHANGES_H
#define CLIENT_CHANGES_H

#include <stdio.h>

#include <cjson/cJSON.h>

/* What a new configuration has changed. */
void changes_print(FILE *out, const cJSON *result);
/* The log file that was opened anew. */
void changes_print_reopened(FILE *out, const cJSON *result);

#endif
