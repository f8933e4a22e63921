/* SPDX-License-Identifier: BSD-2-Clause */
/* flowbridge offload: the flows that are left to the kernel. */
#ifndef CLIENT_OFFLOAD_H
#define CLIENT_OFFLOAD_H

#include <stdio.h>

#include <cjson/cJSON.h>

void offload_print(FILE *out, const cJSON *result);

#endif
