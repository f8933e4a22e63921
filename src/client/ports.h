/* What the answers of show and dump-ports have in common: a port's counters. */
#ifndef CLIENT_PORTS_H
#define CLIENT_PORTS_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "client/text.h"

/* "1", or "LOCAL". */
const char *ports_number(char text[TEXT_SIZE], const cJSON *port);

/* Whether a person means this port by 'text': its name or its number. */
bool ports_is_named(const cJSON *port, const char *text);

/* The sum of the counters in the object of that name. */
double ports_sum(const cJSON *port, const char *key);

#endif
