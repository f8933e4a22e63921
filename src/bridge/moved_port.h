/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LOCAL and internal ports whose device was moved to another network namespace,
 * a container's, say: there it goes on working as a port.  That namespace
 * decides on its name, its MTU, its addresses and whether it is up; the switch
 * follows them by asking, for the kernel tells of them only there.
 */
#ifndef BRIDGE_MOVED_PORT_H
#define BRIDGE_MOVED_PORT_H

#include "bridge/bridge_port.h"

/* The kernel has told this of an interface that is called like the port.  True
 * if nothing else follows from it: the port's device was moved or has come
 * back, or is elsewhere and this is another one. */
bool moved_port_heard(struct bridge_port *p, const struct link *link,
                      bool is_gone, int64_t now_ms);

/* Asks how it is there, when it is time.  True if it has. */
bool moved_port_tick(struct bridge_port *p, int64_t now_ms);

#endif
