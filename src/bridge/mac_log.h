/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines about learned addresses: each at level debug, and those that look
 * like a fault of the network, which are limited, as warnings.
 */
#ifndef BRIDGE_MAC_LOG_H
#define BRIDGE_MAC_LOG_H

#include "bridge/port_set.h"

/* Start from zero.  Addresses that moved from port to port: many in a short
 * time mean that there is a second way round, a loop. */
struct mac_log {
    int64_t moves_since_ms;
    unsigned int moves;
};

/* An address was learned, or not, at 'p' (NULL: the port is gone). */
void mac_log_learned(struct mac_log *log, const struct port_set *ports,
                     const struct datapath *d, struct bridge_port *p,
                     const struct mac_learned *l, int64_t now_ms);

#endif
