/* SPDX-License-Identifier: BSD-2-Clause */
/* What a running bridge says of itself, as JSON for the control socket and as
 * lines for the log. */
#ifndef BRIDGE_REPORT_H
#define BRIDGE_REPORT_H

#include <cjson/cJSON.h>

#include "bridge/bridge.h"

/* Each returns an object that the caller frees, or NULL if out of memory. */
cJSON *report_show(const struct bridge *b, int64_t uptime_ms, int64_t now_ms);
cJSON *report_ports(const struct bridge *b);
cJSON *report_fdb(const struct bridge *b, int64_t now_ms);

/* SIGUSR1: the state of everything, an event a thing. */
void report_to_log(const struct bridge *b, int64_t uptime_ms, int64_t now_ms);

#endif
