/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/error.h"

const char *flow_error_text(enum flow_error error)
{
#define X(name, text) text,
    static const char *const texts[] = {FLOW_ERRORS(X)};
#undef X

    return error < FLOW_ERROR_COUNT ? texts[error] : "unknown error";
}
