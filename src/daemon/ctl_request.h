/* SPDX-License-Identifier: BSD-2-Clause */
/* A line from the control socket, hostile until proved otherwise. */
#ifndef DAEMON_CTL_REQUEST_H
#define DAEMON_CTL_REQUEST_H

#include <stddef.h>

#include <cjson/cJSON.h>

enum { CTL_DEPTH_MAX = 32 }; /* of arrays and objects in a request */

/*
 * Reads 'size' bytes of 'line', which a NUL follows that is not counted, as a
 * JSON object (RFC 8259) with a text "command".  Returns it, to be freed, or
 * NULL and '*fault' says what is wrong.
 */
cJSON *ctl_request_parse(const char *line, size_t size, const char **fault);

#endif
