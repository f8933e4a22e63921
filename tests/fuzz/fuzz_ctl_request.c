/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes are a request or a fault, and never both or neither. */
#include "daemon/ctl_request.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *line = malloc(size + 1); /* of its own size, for ASan */
    const char *fault = NULL;
    cJSON *request;

    memcpy(line, bytes, size);
    line[size] = '\0';
    request = ctl_request_parse(line, size, &fault);
    assert(!request == !!fault);
    cJSON_Delete(request);
    free(line);
    return 0;
}
