/* SPDX-License-Identifier: BSD-2-Clause */
/* flowbridge dump-ports: every counter of every port, in full. */
#ifndef CLIENT_DUMP_PORTS_H
#define CLIENT_DUMP_PORTS_H

#include <stdio.h>

#include <cjson/cJSON.h>

void dump_ports_print(FILE *out, const cJSON *result);

#endif
