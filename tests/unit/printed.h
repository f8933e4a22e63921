/* SPDX-License-Identifier: BSD-2-Clause */
/* What a subcommand prints for an answer that is given as JSON. */
#ifndef TESTS_PRINTED_H
#define TESTS_PRINTED_H

#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

/* To be freed. */
static inline char *printed(void (*print)(FILE *out, const cJSON *result),
                            const char *json)
{
    cJSON *result = cJSON_Parse(json);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    print(out, result);
    fclose(out);
    cJSON_Delete(result);
    return text;
}

#endif
