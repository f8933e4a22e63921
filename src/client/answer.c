/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/answer.h"

const cJSON *answer_item(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *answer_text(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(answer_item(object, key));

    return text && text[0] ? text : "-";
}

double answer_number(const cJSON *object, const char *key)
{
    const cJSON *item = answer_item(object, key);

    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

bool answer_is_positive(const cJSON *number)
{
    return cJSON_IsNumber(number) && number->valuedouble > 0;
}
