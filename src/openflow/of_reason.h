/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reasons for packet-ins and removed flows.  Inside they are the finest that
 * there are, those of OpenFlow 1.4 and a few more; older versions have coarser
 * ones.  OpenFlow 1.0 5.4.1 and 5.4.3, 1.3.5 7.4.1 and 7.4.2, 1.4.1 7.4.1 and
 * 7.4.2.
 */
#ifndef OPENFLOW_OF_REASON_H
#define OPENFLOW_OF_REASON_H

#include "flow/packet_reason.h"
#include "openflow/of.h"

enum {
    OF_REASON_FLOW_REMOVED_COUNT = 6, /* in 1.4 */
    OF_REASON_UNKNOWN = 0xff,
};

/* What the version writes for enum packet_in_reason, and for a reason of
 * OpenFlow 1.4 why a flow was removed. */
uint8_t of_reason_of_packet_in(enum of_version version, uint8_t reason);
uint8_t of_reason_of_flow_removed(enum of_version version, uint8_t reason);

/* The other way.  An unknown one becomes OF_REASON_UNKNOWN. */
uint8_t of_reason_read_packet_in(enum of_version version, uint8_t wire);

/* The same for sets, a bit a reason: one that stands for several finer ones is
 * there if any of them is, and stands for all of them when read. */
uint32_t of_reason_set_of_packet_in(enum of_version version, uint32_t set);
uint32_t of_reason_read_packet_in_set(enum of_version version, uint32_t wire);
uint32_t of_reason_set_of_flow_removed(enum of_version version, uint32_t set);
uint32_t of_reason_read_flow_removed_set(enum of_version version,
                                         uint32_t wire);

#endif
