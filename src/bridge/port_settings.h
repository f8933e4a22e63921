/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port's settings beside its own section's plain values: the MAC address of a
 * device of ours, and its queues.
 */
#ifndef BRIDGE_PORT_SETTINGS_H
#define BRIDGE_PORT_SETTINGS_H

#include "bridge/bridge_port.h"

/* The one of the interface 'of', which 'mac' names (NULL: none, or it is not
 * there, and then the address stays as it is); else the one that is written;
 * else a stable one of this 'machine' and the port's name. */
void port_settings_mac(struct bridge_port *p, uint64_t machine,
                       const struct link *of, int64_t now_ms);

/* The sections [queue PORT:ID] that name it by any of its names.  Without
 * memory its queues stay as they were, and the log says so. */
void port_settings_queues(struct bridge_port *p, const struct config *c,
                          int64_t now_ms);

#endif
