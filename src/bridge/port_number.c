/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/port_number.h"

#include "flow/port_no.h"

unsigned int port_number_index(const struct bridge *b)
{
    unsigned int index = 0;

    while (bridge_port_by_index(b, index))
        index++;
    return index;
}

static bool is_taken(const struct bridge *b, const struct config *c,
                     uint32_t number)
{
    const struct bridge_port *p;

    for (size_t i = 0; (p = bridge_port_at(b, i)); i++)
        if (p->number == number)
            return true;
    for (size_t i = 0; i < c->port_count; i++)
        if (c->ports[i].ofport == number)
            return true;
    return false;
}

uint32_t port_number_for(const struct bridge *b, const struct config *c,
                         const struct config_port *port)
{
    uint32_t number = 1;

    if (port->type == PORT_LOCAL)
        return PORT_NO_LOCAL;
    if (port->ofport)
        return port->ofport;
    while (is_taken(b, c, number))
        number++;
    return number;
}
