/* SPDX-License-Identifier: BSD-2-Clause */
/* The ports of a bridge, and how one is found.  Main thread only. */
#ifndef BRIDGE_PORT_SET_H
#define BRIDGE_PORT_SET_H

#include <stddef.h>

#include "bridge/bridge_port.h"
#include "text/text.h"

struct port_set {
    size_t count;
    struct bridge_port *all[PORTS_MAX]; /* LOCAL first, then as configured */
};

/* NULL after the last. */
struct bridge_port *port_set_at(const struct port_set *ports, size_t i);

/* Each returns NULL if there is none: by its index in the datapath, by
 * OpenFlow's number, by its name in the configuration. */
struct bridge_port *port_set_by_index(const struct port_set *ports,
                                      unsigned int index);
struct bridge_port *port_set_by_number(const struct port_set *ports,
                                       uint32_t number);
struct bridge_port *port_set_by_name(const struct port_set *ports,
                                     const char *name);
struct bridge_port *port_set_local(const struct port_set *ports);

/* Their numbers by any of their names, for texts; borrows 'ports'. */
struct text_names port_set_names(const struct port_set *ports);

/* The lowest index that no port has. */
unsigned int port_set_free_index(const struct port_set *ports);
/* The number of a new port: that of its section, or the lowest that nobody has,
 * here or in 'c'. */
uint32_t port_set_number_for(const struct port_set *ports,
                             const struct config *c,
                             const struct config_port *port);

#endif
