/* SPDX-License-Identifier: BSD-2-Clause */
/* The ports in the answers of show and dump-ports. */
#ifndef CLIENT_PORT_TEXT_H
#define CLIENT_PORT_TEXT_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "client/format.h"

/* "1", or "LOCAL". */
const char *port_text_number(char text[FORMAT_SIZE], const cJSON *port);

/* Whether it is the port's name or another one of its interface. */
bool port_text_has_name(const cJSON *port, const char *name);
/* Whether 'text' names this port, or is its number. */
bool port_text_is_named(const cJSON *port, const char *text);

/* The sum of the counters in the object of that name. */
double port_text_sum(const cJSON *port, const char *key);

#endif
