/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a frame goes to the controller: OFPR_* of OpenFlow 1.4.1 7.4.1. */
#ifndef FLOW_PACKET_REASON_H
#define FLOW_PACKET_REASON_H

enum packet_in_reason {
    PACKET_IN_TABLE_MISS,
    PACKET_IN_APPLY_ACTION,
    PACKET_IN_INVALID_TTL,
    PACKET_IN_ACTION_SET,
    PACKET_IN_GROUP,
    PACKET_IN_PACKET_OUT,
    /* Before OpenFlow 1.3 a miss without an entry: those versions only. */
    PACKET_IN_NO_ENTRY,
    PACKET_IN_REASON_COUNT,
};

#endif
