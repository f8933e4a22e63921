/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers of a new port: OpenFlow's and its index in the datapath. */
#ifndef BRIDGE_PORT_NUMBER_H
#define BRIDGE_PORT_NUMBER_H

#include "bridge/bridge.h"

/* The lowest index that no port has. */
unsigned int port_number_index(const struct bridge *b);

/* The number that the file gives it, or the lowest that nobody has, here or in
 * 'c'. */
uint32_t port_number_for(const struct bridge *b, const struct config *c,
                         const struct config_port *port);

#endif
