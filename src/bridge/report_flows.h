/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hidden flow entries, those of the switch's own: over all others, or
 * behind them, not to be changed or counted by anybody, and not shown to
 * controllers.
 */
#ifndef BRIDGE_REPORT_FLOWS_H
#define BRIDGE_REPORT_FLOWS_H

#include <cjson/cJSON.h>

#include "bridge/bridge.h"
#include "text/text.h"

/*
 * Those that 'filter' covers, in the notation of ovs-ofctl dump-flows FLOW.
 * Returns an object with "flows" that the caller frees: each has a "line" as
 * dump-flows shows it, and its parts under keys of their own.  Of those that
 * the fail mode has in each table the first is listed, and each that was used.
 * NULL and '*error' if the filter cannot be understood.
 */
cJSON *report_flows_hidden(const struct bridge *b, const char *filter,
                           int64_t now_ms, struct text_error *error);

#endif
