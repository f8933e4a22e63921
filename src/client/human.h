/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers of the switch as text for people.  A field that is not there, which
 * another version may have left out, is shown as "-" or counts as 0.
 */
#ifndef CLIENT_HUMAN_H
#define CLIENT_HUMAN_H

#include <stdbool.h>
#include <stdio.h>

#include <cjson/cJSON.h>

enum { HUMAN_SIZE = 32 }; /* of what is formatted here */

const char *human_text(const cJSON *object, const char *key);
double human_number(const cJSON *object, const char *key);
bool human_is_positive(const cJSON *number);
const cJSON *human_item(const cJSON *object, const char *key);

/* 123456789 becomes "123M": three digits or more, and exact below 100,000. */
const char *human_scaled(char text[HUMAN_SIZE], double count);
/* 1500 becomes "1.5G", 0 "-". */
const char *human_speed(char text[HUMAN_SIZE], double mbps);
/* 3723 becomes "1h 2m 3s". */
const char *human_duration(char text[HUMAN_SIZE], double seconds);

/* Writes 'text' with every control character but the end of line as '?': names
 * of interfaces and words of the configuration may have any. */
void human_write(FILE *out, const char *text);

#endif
