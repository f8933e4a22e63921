/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks a running switch over its control socket (daemon/ctl.h has the other
 * end) and waits for the answer, within bounds.
 */
#ifndef CLIENT_CTL_CLIENT_H
#define CLIENT_CTL_CLIENT_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include "client/dial.h"

/*
 * Sends 'request' and waits 'wait_ms' in all.  Returns the answer, an object
 * with a boolean "ok", to be freed; or NULL, and 'error' is one line that says
 * what to do.
 */
cJSON *ctl_client_ask(const struct dial_peer *peer, const cJSON *request,
                      int wait_ms, char *error, size_t error_size);

#endif
