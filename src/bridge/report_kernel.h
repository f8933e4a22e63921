/* SPDX-License-Identifier: BSD-2-Clause */
/* The flows that are left to the kernel, for flowbridge offload. */
#ifndef BRIDGE_REPORT_KERNEL_H
#define BRIDGE_REPORT_KERNEL_H

#include <cjson/cJSON.h>

#include "bridge/bridge.h"

enum { REPORT_KERNEL_FLOWS_MAX = 10000 };

/*
 * An object that the caller frees: "kernel" (whether it takes part), "ports"
 * (whose frames are all left to it: "port", "actions", "frames"), "flows"
 * ("match", "actions", "frames", "bytes"; up to REPORT_KERNEL_FLOWS_MAX) and
 * "flow_count".  Matches and actions are in the notation of ovs-ofctl.
 */
cJSON *report_kernel(const struct bridge *b);

#endif
