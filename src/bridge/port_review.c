#include "bridge/port_review.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { EVERY_MS = 1000 };

struct port_review {
    struct admission admission;
    uint64_t changes; /* that were looked at */
    int64_t next_ms;
    struct admission_said said[PORTS_MAX]; /* by the port's index */
};

struct port_review *port_review_create(const struct admission *a)
{
    struct port_review *r = calloc(1, sizeof(*r));

    if (r)
        r->admission = *a;
    return r;
}

void port_review_free(struct port_review *r)
{
    free(r);
}

static void say(const struct bridge_port *p, const struct port_verdict *verdict)
{
    if (verdict->fitness == PORT_IS_UNFIT)
        log_warning("port.unfit", "port=%s interface=%s reason=%s effect=%s",
                    p->config.name, p->link.name, verdict->text,
                    "it stays a port");
    else
        log_info("port.fit", "port=%s interface=%s", p->config.name,
                 p->link.name);
}

static void look_at(struct port_review *r, const struct host_view *view,
                    const struct bridge_port *p)
{
    struct admission_said *said = &r->said[p->index];
    struct port_verdict verdict;
    bool was_unfit, is_unfit;

    if (said->ifindex != p->link.ifindex)
        *said = (struct admission_said){.ifindex = p->link.ifindex};
    if (admission_judge(&r->admission, view, &p->config, p->link.ifindex,
                        &verdict))
        return;
    was_unfit = said->verdict.fitness == PORT_IS_UNFIT;
    is_unfit = verdict.fitness == PORT_IS_UNFIT;
    if (was_unfit != is_unfit ||
        (is_unfit && strcmp(said->verdict.text, verdict.text)))
        say(p, &verdict);
    said->verdict = verdict;
}

void port_review_tick(struct port_review *r, const struct bridge *b,
                      uint64_t changes, int64_t now_ms)
{
    const struct bridge_port *p;
    struct host_view view;

    if (changes == r->changes || now_ms < r->next_ms)
        return;
    r->next_ms = now_ms + EVERY_MS;
    if (host_view_read(&view))
        return;
    r->changes = changes;
    for (size_t i = 0; (p = bridge_port_at(b, i)); i++)
        if (p->is_open &&
            (p->config.type == PORT_NIC || p->config.type == PORT_TAP))
            look_at(r, &view, p);
    host_view_clear(&view);
}
