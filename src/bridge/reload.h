/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the configuration again while the switch runs: all of it or nothing.
 */
#ifndef BRIDGE_RELOAD_H
#define BRIDGE_RELOAD_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "bridge/bridge.h"

/* Says each fault in the log. */
void reload_log_faults(const struct config_faults *faults);

/*
 * Reads the file of the configuration in force.  With any fault nothing
 * changes, the log says why, '*faults' (an array of texts, the caller's, may be
 * NULL on entry) too, and false is returned.  Else the difference is applied,
 * and '*changes' and '*restart' say what changed and what waits for a restart.
 */
bool reload_bridge(struct bridge *b, int64_t now_ms, cJSON *faults,
                   cJSON *changes, cJSON *restart);

/* Opens the log file again, as after it was rotated; the configuration is not
 * looked at.  Returns 0 or -errno, which the log was told. */
int reload_reopen_log(const struct bridge *b);

#endif
