/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields of the switch's answers on the control socket.  A field that is
 * missing, because another version does not have it, is "-" or 0.
 */
#ifndef CLIENT_ANSWER_H
#define CLIENT_ANSWER_H

#include <stdbool.h>

#include <cjson/cJSON.h>

/* NULL: none.  Borrowed, as all of these. */
const cJSON *answer_item(const cJSON *object, const char *key);
/* Also "-" for an empty text. */
const char *answer_text(const cJSON *object, const char *key);
double answer_number(const cJSON *object, const char *key);
bool answer_is_positive(const cJSON *number);

#endif
