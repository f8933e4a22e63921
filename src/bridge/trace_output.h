/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fate of a frame after the pipeline has decided: where each step of the
 * decision sends it, and with which tag, or why it does not.  For trace;
 * nothing is sent and nothing is learned.
 */
#ifndef BRIDGE_TRACE_OUTPUT_H
#define BRIDGE_TRACE_OUTPUT_H

#include <cjson/cJSON.h>

#include "bridge/bridge.h"
#include "packet/frame.h"

/*
 * Adds to 'result' the "outputs", the "verdict" (forwarded, consumed or
 * dropped), and for a drop "reason" and "reason_text".  'frame' is as it came
 * in at 'from', parsed; it is not changed.
 */
void trace_output(const struct bridge *b, const struct datapath_port *from,
                  const struct frame *frame, const struct decision *d,
                  cJSON *result);

#endif
