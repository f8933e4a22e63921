/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/admission.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Finds the interfaces with our mark; returns their count or -ENOMEM. */
static int find_own_ports(const struct admission *a, const struct host_view *v,
                          int **ports)
{
    int count = 0;

    *ports = calloc(v->count ? v->count : 1, sizeof(**ports));
    if (!*ports)
        return -ENOMEM;
    for (size_t i = 0; i < v->count; i++)
        if (v->links[i].holder == HOST_HOLDER_FLOWBRIDGE &&
            v->links[i].owner == a->owner)
            (*ports)[count++] = v->links[i].link.ifindex;
    return count;
}

int admission_judge(const struct admission *a, const struct host_view *view,
                    const struct config_port *config, int ifindex,
                    struct port_verdict *verdict)
{
    int *ports = NULL;
    int count = find_own_ports(a, view, &ports);
    const struct port_candidate c = {
        .view = view,
        .link = host_view_find(view, ifindex),
        .has_shield = config->has_shield,
        .owner = a->owner,
        .ports = ports,
        .port_count = count > 0 ? (size_t)count : 0,
        .bridge = a->bridge,
    };

    *verdict = (struct port_verdict){.fitness = PORT_IS_FIT};
    if (count < 0)
        return count;
    if (c.link)
        port_fitness_judge(&c, verdict);
    free(ports);
    return 0;
}

static void say(const struct config_port *config, const char *interface,
                const struct port_verdict *verdict)
{
    if (verdict->fitness == PORT_IS_UNFIT)
        log_error("port.refused", "port=%s interface=%s reason=%s retry=%s",
                  config->name, interface, verdict->text, "every second");
    else if (verdict->fitness == PORT_IS_LIMITED)
        log_warning("port.limited", "port=%s interface=%s reason=%s",
                    config->name, interface, verdict->text);
}

int admission_ask(const struct admission *a, const struct config_port *config,
                  const struct link *link, struct admission_said *said)
{
    struct port_verdict verdict;
    struct host_view view;
    int err = host_view_read(&view);

    if (err)
        return err;
    err = admission_judge(a, &view, config, link->ifindex, &verdict);
    host_view_clear(&view);
    if (err)
        return err;
    if (said->ifindex != link->ifindex ||
        strcmp(said->verdict.text, verdict.text))
        say(config, link->name, &verdict);
    said->ifindex = link->ifindex;
    said->verdict = verdict;
    return verdict.fitness == PORT_IS_UNFIT ? -EBUSY : 0;
}
