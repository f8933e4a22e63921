/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a running bridge as JSON, for the control socket. */
#ifndef BRIDGE_REPORT_H
#define BRIDGE_REPORT_H

#include <cjson/cJSON.h>

#include "bridge/gauge.h"

/* Each returns an object that the caller frees, or NULL if out of memory. */
cJSON *report_show(const struct gauge_source *source);
cJSON *report_ports(const struct gauge_source *source);
cJSON *report_fdb(const struct gauge_source *source);

#endif
