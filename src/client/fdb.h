/* SPDX-License-Identifier: BSD-2-Clause */
/* flowbridge fdb: the MAC addresses that the switch has learned. */
#ifndef CLIENT_FDB_H
#define CLIENT_FDB_H

#include <stdio.h>

#include <cjson/cJSON.h>

void fdb_print(FILE *out, const cJSON *result);

#endif
