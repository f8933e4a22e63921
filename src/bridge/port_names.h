/* SPDX-License-Identifier: BSD-2-Clause */
/* The ports of a bridge by their names, for what people write. */
#ifndef BRIDGE_PORT_NAMES_H
#define BRIDGE_PORT_NAMES_H

#include "bridge/bridge.h"
#include "text/text.h"

/* The context of port_names_find. */
struct port_names {
    const struct bridge *bridge;
};

/* For struct text_names. */
static inline bool port_names_find(void *context, const char *name,
                                   uint32_t *port_no)
{
    const struct port_names *names = context;
    const struct bridge_port *p;

    for (size_t i = 0; (p = bridge_port_at(names->bridge, i)); i++) {
        if (bridge_port_has_name(p, name)) {
            *port_no = p->number;
            return true;
        }
    }
    return false;
}

#endif
