/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/bridge_port.h"

#include <string.h>

uint32_t bridge_port_of_config(const struct bridge_port *p)
{
    return p->of_config | (p->link.is_up ? 0 : PORT_CONFIG_DOWN);
}

uint64_t bridge_port_missed(const struct bridge_port *p)
{
    uint64_t missed = p->missed;

    for (unsigned int i = 0; p->is_open && i < WORKERS_MAX; i++)
        if (p->device.queues[i])
            missed += p->device.queues[i]->ops->missed(p->device.queues[i]);
    return missed;
}

bool bridge_port_has_stalled(const struct bridge_port *p)
{
    bool has_stalled = false;

    for (unsigned int i = 0; p->is_open && i < WORKERS_MAX; i++) {
        struct port_queue *q = p->device.queues[i];

        if (q && q->ops->has_stalled)
            has_stalled |= q->ops->has_stalled(q);
    }
    return has_stalled;
}

/* Its queues come with the device. */
bool bridge_port_is_of_host(const struct bridge_port *p)
{
    return p->config.type == PORT_INTERNAL || p->config.type == PORT_LOCAL;
}

bool bridge_port_has_name(const struct bridge_port *p, const char *name)
{
    return strcmp(p->config.name, name) == 0 ||
           (p->news.ifindex && link_has_name(&p->news, name));
}

const char *bridge_port_openflow_name(const struct bridge_port *p)
{
    return strlen(p->config.name) < LINK_NAME_SIZE ? p->config.name
                                                   : p->link.name;
}

bool bridge_port_is_refused(const struct bridge_port *p)
{
    return !p->is_open && p->news.ifindex &&
           p->device.said.ifindex == p->news.ifindex &&
           p->device.said.verdict.fitness == PORT_IS_UNFIT;
}

const char *bridge_port_link_word(const struct bridge_port *p)
{
    if (bridge_port_is_refused(p))
        return "refused";
    if (!p->is_present)
        return "absent";
    return p->link.is_up && p->link.is_running ? "up" : "down";
}

const char *bridge_port_shield_word(const struct bridge_port *p)
{
    static const char *const words[] = {
        [SHIELD_OFF] = "off",
        [SHIELD_ON] = "on",
        [SHIELD_FAILED] = "failed",
    };

    return words[p->device.shield];
}

bool bridge_port_has_job(const struct bridge_port *p)
{
    static const bool have[PORT_LEFT + 1] = {
        [PORT_MAKING] = true,    [PORT_OPENING] = true, [PORT_ADJUSTING] = true,
        [PORT_REOPENING] = true, [PORT_CLOSING] = true, [PORT_LEAVING] = true};

    return have[p->state];
}

bool bridge_port_is_settled(const struct bridge_port *p)
{
    return !bridge_port_has_job(p) && p->state != PORT_AWAITED;
}
