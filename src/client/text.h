/*
 * Answers of the switch as text for people.  A field that is not there, which
 * another version may have left out, is shown as "-" or counts as 0.
 */
#ifndef CLIENT_TEXT_H
#define CLIENT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include <cjson/cJSON.h>

enum { TEXT_SIZE = 32 }; /* of what is formatted here */

const char *text_of(const cJSON *object, const char *key);
double text_number(const cJSON *object, const char *key);
bool text_is_positive(const cJSON *number);
const cJSON *text_item(const cJSON *object, const char *key);

/* 123456789 becomes "123M": three digits or more, and exact below 100,000. */
const char *text_scaled(char text[TEXT_SIZE], double count);
/* 1500 becomes "1.5G", 0 "-". */
const char *text_speed(char text[TEXT_SIZE], double mbps);
/* 3723 becomes "1h 2m 3s". */
const char *text_duration(char text[TEXT_SIZE], double seconds);

/* Writes 'text' with every control character but the end of line as '?': names
 * of interfaces and words of the configuration may have any. */
void text_write(FILE *out, const char *text);

#endif
