/* SPDX-License-Identifier: BSD-2-Clause */
/* flowbridge show: the switch, its ports, and why frames were lost. */
#ifndef CLIENT_SHOW_H
#define CLIENT_SHOW_H

#include <stdio.h>

#include <cjson/cJSON.h>

void show_print(FILE *out, const cJSON *result);

#endif
