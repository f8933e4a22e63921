/* SPDX-License-Identifier: BSD-2-Clause */
/* flowbridge trace: the way that a packet would take, step by step. */
#ifndef CLIENT_TRACE_H
#define CLIENT_TRACE_H

#include <stdio.h>

#include <cjson/cJSON.h>

void trace_print(FILE *out, const cJSON *result);

#endif
