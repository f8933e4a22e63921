/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way that a packet would take, step by step: asks the pipeline itself and
 * the tables as they are, and changes nothing.
 */
#ifndef BRIDGE_TRACE_H
#define BRIDGE_TRACE_H

#include <cjson/cJSON.h>

#include "bridge/bridge.h"
#include "text/text.h"

/*
 * 'text' is a match in the notation of ovs-fields(7), which must say in_port;
 * fields that it does not say are zero, but an IP packet has a TTL of 64.  With
 * "packet=HEX", a whole Ethernet frame, it may say nothing else of the frame,
 * and headers that actions uncover are known; without it they are not.
 *
 * Returns an object that the caller frees: "flow", "steps" (each with "kind",
 * "depth" and "text"), "final_flow", and the keys that trace_output.h adds.
 * NULL and '*error' if the text cannot be understood.
 */
cJSON *trace_flow(const struct bridge *b, const char *text,
                  struct text_error *error);

#endif
