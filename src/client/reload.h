/* flowbridge reload: what a new configuration has changed. */
#ifndef CLIENT_RELOAD_H
#define CLIENT_RELOAD_H

#include <stdio.h>

#include <cjson/cJSON.h>

void reload_print(FILE *out, const cJSON *result);

#endif
