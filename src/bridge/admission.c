#include "bridge/admission.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Of what has our mark; -ENOMEM, or how many. */
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

static int judge(const struct admission *a, const struct config_port *config,
                 const struct link *link, struct port_verdict *verdict)
{
    struct host_view view;
    int *ports = NULL;
    struct port_candidate c = {
        .view = &view,
        .has_shield = config->has_shield,
        .owner = a->owner,
        .bridge = a->bridge,
    };
    int result = host_view_read(&view);

    if (result)
        return result;
    result = find_own_ports(a, &view, &ports);
    c.link = host_view_find(&view, link->ifindex);
    c.ports = ports;
    c.port_count = result > 0 ? (size_t)result : 0;
    if (result >= 0 && c.link)
        port_fitness_judge(&c, verdict);
    free(ports);
    host_view_clear(&view);
    return result < 0 ? result : 0;
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
    struct port_verdict verdict = {.fitness = PORT_IS_FIT};
    int err = judge(a, config, link, &verdict);

    if (err)
        return err;
    if (said->ifindex != link->ifindex ||
        strcmp(said->verdict.text, verdict.text))
        say(config, link->name, &verdict);
    said->ifindex = link->ifindex;
    said->verdict = verdict;
    return verdict.fitness == PORT_IS_UNFIT ? -EBUSY : 0;
}
