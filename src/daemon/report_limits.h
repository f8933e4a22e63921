/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What has a bound that somebody else may come to: how much of it is in use,
 * and how often the bound was hit.  flowbridge(8) says under LIMITS what
 * happens then.
 */
#ifndef DAEMON_REPORT_LIMITS_H
#define DAEMON_REPORT_LIMITS_H

#include <cjson/cJSON.h>

#include "bridge/bridge.h"
#include "daemon/ctl.h"

/* Adds them to what show answers, as an array "limits". */
void report_limits(cJSON *show, const struct bridge *b, const struct ctl *ctl);

#endif
