/* flowbridge reload: what a new configuration has changed. */
#ifndef CLIENT_CHANGES_H
#define CLIENT_CHANGES_H

#include <stdio.h>

#include <cjson/cJSON.h>

void changes_print(FILE *out, const cJSON *result);

#endif
