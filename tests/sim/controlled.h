/* SPDX-License-Identifier: BSD-2-Clause */
/* What simulations of a controlled switch share: OpenFlow 1.0 messages and the
 * way to a connection. */
#ifndef SIM_CONTROLLED_H
#define SIM_CONTROLLED_H

#include <string.h>

#include "bridge/of_agent.h"
#include "tests/sim/frames.h"

/* Types of OpenFlow 1.0 (and 1.3 up to FLOW_MOD). */
enum {
    TYPE_ERROR = 1,
    TYPE_ECHO_REQUEST = 2,
    TYPE_ECHO_REPLY = 3,
    TYPE_FEATURES_REQUEST = 5,
    TYPE_FEATURES_REPLY = 6,
    TYPE_PACKET_IN = 10,
    TYPE_PORT_STATUS = 12,
    TYPE_BARRIER_REQUEST = 18,
    TYPE_BARRIER_REPLY = 19,
};

static inline void listen_as(struct sim *s, size_t peer, uint8_t version)
{
    sim_peer(s, peer)->version = version;
    sim_peer(s, peer)->is_listening = true;
}

static inline struct controller_status controller_at(struct sim *s, size_t i)
{
    return of_agent_controller(bridge_openflow(sim_bridge(s)), i);
}

static inline bool is_failing(struct sim *s)
{
    return of_agent_fails(bridge_openflow(sim_bridge(s)));
}

/* Time passes until the peer is connected, for a minute at most; then it has
 * accepted the switch too.  Returns how long that took, in ms. */
static inline int64_t accept_switch(struct sim *s, size_t peer)
{
    int64_t start_ms = sim_now_ms(s);

    while (!peer_is_connected(sim_peer(s, peer)) &&
           sim_now_ms(s) - start_ms < 60000)
        sim_pass_ms(s, 100);
    if (!peer_is_connected(sim_peer(s, peer)))
        return -1;
    peer_send_type(sim_peer(s, peer), TYPE_BARRIER_REQUEST);
    sim_run(s);
    return sim_now_ms(s) - start_ms;
}

static inline void hang_up(struct sim *s, size_t peer)
{
    sim_peer(s, peer)->is_listening = false;
    peer_hang_up(sim_peer(s, peer), sim_now_ms(s));
}

/* An entry of OpenFlow 1.0: what comes in at 'in_port' leaves by 'out_port'. */
static inline void send_flow_mod(struct sim *s, size_t peer, uint8_t in_port,
                                 uint16_t out_port)
{
    const uint8_t message[80] = {
        [0] = 1,
        [1] = 14,
        [3] = 80,
        /* All wildcards but in_port's. */
        [8] = 0x00,
        [9] = 0x3f,
        [10] = 0xff,
        [11] = 0xfe,
        [13] = in_port,
        /* Priority 0x8000, no buffer, out_port none. */
        [62] = 0x80,
        [64] = 0xff,
        [65] = 0xff,
        [66] = 0xff,
        [67] = 0xff,
        [68] = 0xff,
        [69] = 0xff,
        /* OUTPUT. */
        [75] = 8,
        [76] = (uint8_t)(out_port >> 8),
        [77] = (uint8_t)out_port,
    };

    peer_send(sim_peer(s, peer), message, sizeof(message));
    sim_run(s);
}

/* A PORT_MOD of OpenFlow 1.0 for port 2, the second of a FEATURES_REPLY that
 * has come. */
static inline void send_port_mod(struct sim *s, uint8_t config, uint8_t mask)
{
    uint8_t message[32] = {1, 15, 0, 32, 0, 0, 0, 3, 0, 2};

    memcpy(message + 10, sim_peer(s, 0)->last[TYPE_FEATURES_REPLY] + 82, 6);
    message[19] = config;
    message[23] = mask;
    peer_send(sim_peer(s, 0), message, sizeof(message));
    sim_run(s);
}

static inline size_t flow_count(struct sim *s)
{
    return flow_tables_total(datapath_tables(bridge_datapath(sim_bridge(s))));
}

#endif
