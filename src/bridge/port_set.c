/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/port_set.h"

#include <string.h>

#include "base/thread_role.h"
#include "flow/port_no.h"

struct bridge_port *port_set_at(const struct port_set *ports, size_t i)
{
    return i < ports->count ? ports->all[i] : NULL;
}

struct bridge_port *port_set_by_index(const struct port_set *ports,
                                      unsigned int index)
{
    for (size_t i = 0; i < ports->count; i++)
        if (ports->all[i]->index == index)
            return ports->all[i];
    return NULL;
}

struct bridge_port *port_set_by_number(const struct port_set *ports,
                                       uint32_t number)
{
    for (size_t i = 0; i < ports->count; i++)
        if (ports->all[i]->number == number)
            return ports->all[i];
    return NULL;
}

struct bridge_port *port_set_by_name(const struct port_set *ports,
                                     const char *name)
{
    for (size_t i = 0; i < ports->count; i++)
        if (!strcmp(ports->all[i]->config.name, name))
            return ports->all[i];
    return NULL;
}

struct bridge_port *port_set_local(const struct port_set *ports)
{
    for (size_t i = 0; i < ports->count; i++)
        if (ports->all[i]->config.type == PORT_LOCAL)
            return ports->all[i];
    return NULL;
}

static bool find_number(void *context, const char *name, uint32_t *number)
{
    const struct port_set *ports = context;

    for (size_t i = 0; i < ports->count; i++)
        if (bridge_port_has_name(ports->all[i], name)) {
            *number = ports->all[i]->number;
            return true;
        }
    return false;
}

struct text_names port_set_names(const struct port_set *ports)
{
    return (struct text_names){.find_port = find_number,
                               .context = (void *)(uintptr_t)ports};
}

unsigned int port_set_free_index(const struct port_set *ports)
{
    unsigned int index = 0;

    assert_main_thread();
    while (port_set_by_index(ports, index))
        index++;
    return index;
}

static bool is_taken(const struct port_set *ports, const struct config *c,
                     uint32_t number)
{
    if (port_set_by_number(ports, number))
        return true;
    for (size_t i = 0; i < c->port_count; i++)
        if (c->ports[i].ofport == number)
            return true;
    return false;
}

uint32_t port_set_number_for(const struct port_set *ports,
                             const struct config *c,
                             const struct config_port *port)
{
    uint32_t number = 1;

    if (port->type == PORT_LOCAL)
        return PORT_NO_LOCAL;
    if (port->ofport)
        return port->ofport;
    while (is_taken(ports, c, number))
        number++;
    return number;
}
