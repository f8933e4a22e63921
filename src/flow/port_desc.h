/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port as controllers see it.  OpenFlow 1.3.5 7.2.1; bits as in 1.3, which
 * openflow/ turns into each version's.
 */
#ifndef FLOW_PORT_DESC_H
#define FLOW_PORT_DESC_H

#include <stdint.h>

enum port_config_bits {
    PORT_CONFIG_DOWN = 1 << 0,
    PORT_CONFIG_NO_STP = 1 << 1, /* OpenFlow 1.0 */
    PORT_CONFIG_NO_RECV = 1 << 2,
    PORT_CONFIG_NO_RECV_STP = 1 << 3, /* OpenFlow 1.0 */
    PORT_CONFIG_NO_FLOOD = 1 << 4,    /* OpenFlow 1.0 */
    PORT_CONFIG_NO_FWD = 1 << 5,
    PORT_CONFIG_NO_PACKET_IN = 1 << 6,
};

enum port_state_bits {
    PORT_STATE_LINK_DOWN = 1 << 0,
    PORT_STATE_BLOCKED = 1 << 1,
    PORT_STATE_LIVE = 1 << 2,
};

struct port_desc {
    uint32_t number;
    uint8_t mac[6];
    char name[16];
    uint8_t pad[2]; /* zero: descriptions are compared whole */
    uint32_t config, state;
    /* OFPPF_* of 1.3. */
    uint32_t current, advertised, supported, peer;
    uint32_t current_kbps, max_kbps;
};

/* What happened to a port, in OpenFlow's numbers. */
enum port_reason { PORT_REASON_ADD, PORT_REASON_DELETE, PORT_REASON_MODIFY };

/* A PORT_MOD. */
struct port_mod {
    uint32_t number;
    uint8_t mac[6];
    uint32_t config, mask, advertise;
};

struct port_stats {
    uint32_t number;
    uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes, rx_dropped, tx_dropped,
        rx_errors, tx_errors, rx_frame_err, rx_over_err, rx_crc_err, collisions;
    uint32_t duration_s, duration_ns;
};

#endif
