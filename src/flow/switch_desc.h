/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a switch says of itself, and its few settings.  OpenFlow 1.0 5.3.1,
 * 5.3.2, 5.3.5; 1.3.5 7.3.1, 7.3.2, 7.3.5.1.
 */
#ifndef FLOW_SWITCH_DESC_H
#define FLOW_SWITCH_DESC_H

#include <stddef.h>
#include <stdint.h>

#include "flow/port_desc.h"

/* Bits as in OpenFlow 1.4, which openflow/ turns into each version's; the last
 * two are of old versions only. */
enum switch_capabilities {
    SWITCH_FLOW_STATS = 1 << 0,
    SWITCH_TABLE_STATS = 1 << 1,
    SWITCH_PORT_STATS = 1 << 2,
    SWITCH_GROUP_STATS = 1 << 3,
    SWITCH_IP_REASM = 1 << 5,
    SWITCH_QUEUE_STATS = 1 << 6,
    SWITCH_ARP_MATCH_IP = 1 << 7, /* 1.0 and 1.1 */
    SWITCH_PORT_BLOCKED = 1 << 8,
    SWITCH_BUNDLES = 1 << 9,
    SWITCH_FLOW_MONITORING = 1 << 10,
    SWITCH_STP = 1 << 16, /* 1.0 */
};

struct switch_features {
    uint64_t datapath_id;
    uint32_t buffers;
    uint8_t tables;
    uint8_t auxiliary_id;          /* 1.3 and later */
    uint32_t capabilities;         /* enum switch_capabilities */
    uint32_t actions;              /* 1.0: a bit for each OFPAT_* */
    const struct port_desc *ports; /* borrowed; versions before 1.3 */
    size_t port_count;
};

enum switch_frags {
    SWITCH_FRAGS_NORMAL,
    SWITCH_FRAGS_DROP,
    SWITCH_FRAGS_REASSEMBLE,
    SWITCH_FRAGS_NX_MATCH, /* Nicira: ports of first fragments can be matched */
    SWITCH_FRAGS_MASK = 3,
    /* 1.1 and 1.2: frames with a bad TTL go to the controller. */
    SWITCH_INVALID_TTL_TO_CONTROLLER = 1 << 2,
};

struct switch_config {
    uint16_t flags; /* enum switch_frags */
    uint16_t miss_send_len;
};

/* Terminated texts. */
struct switch_desc {
    char manufacturer[256], hardware[256], software[256], serial[32],
        datapath[256];
};

#endif
