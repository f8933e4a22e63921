/* SPDX-License-Identifier: BSD-2-Clause */
/* What cJSON leaves to its callers. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <cjson/cJSON.h>

/* Puts 'item', which may be NULL, at the end of 'array'; frees it if there is
 * no array, as when memory ran out for that. */
static inline void json_append(cJSON *array, cJSON *item)
{
    if (!cJSON_AddItemToArray(array, item))
        cJSON_Delete(item);
}

#endif
