/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/ctl_request.h"

#include <stdbool.h>
#include <string.h>

/* cJSON calls itself for each level, up to 1000 of them; a request needs few.
 */
static bool is_too_deep(const char *line)
{
    size_t depth = 0;
    bool is_in_text = false;

    for (const char *c = line; *c; c++) {
        if (is_in_text && *c == '\\' && c[1])
            c++;
        else if (*c == '"')
            is_in_text = !is_in_text;
        else if (!is_in_text && (*c == '{' || *c == '['))
            depth++;
        else if (!is_in_text && (*c == '}' || *c == ']') && depth > 0)
            depth--;
        if (depth > CTL_DEPTH_MAX)
            return true;
    }
    return false;
}

cJSON *ctl_request_parse(const char *line, size_t size, const char **fault)
{
    const char *end = NULL;
    cJSON *request;

    if (strlen(line) != size) {
        *fault = "the request has a NUL byte; send JSON";
        return NULL;
    }
    if (is_too_deep(line)) {
        *fault = "the request is nested too deep";
        return NULL;
    }
    request = cJSON_ParseWithOpts(line, &end, true);
    if (!request) {
        *fault = "the request is not JSON; send one object a line";
        return NULL;
    }
    if (!cJSON_IsObject(request))
        *fault = "the request is not a JSON object";
    else if (!cJSON_IsString(
                 cJSON_GetObjectItemCaseSensitive(request, "command")))
        *fault = "the request has no text \"command\"";
    else
        return request;
    cJSON_Delete(request);
    return NULL;
}
