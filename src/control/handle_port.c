/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_port.h"

#include <assert.h>

#include "flow/port_no.h"
#include "openflow/of_multipart.h"
#include "openflow/of_port.h"
#include "openflow/of_port_stats.h"

/* A reply that is being written, one part a port. */
struct listing {
    struct request *r;
    struct of_multipart parts;
    uint32_t wanted; /* PORT_NO_ANY: all */
};

static void put_desc(void *visitor, const struct port_desc *p)
{
    struct listing *l = visitor;

    if (l->wanted != PORT_NO_ANY && p->number != l->wanted)
        return;
    of_port_put(&l->r->reply, l->r->c->version, p);
    of_multipart_part_done(&l->parts);
}

static void put_stats(void *visitor, const struct port_desc *p)
{
    struct listing *l = visitor;
    const struct switch_host *host = &l->r->s->host;
    struct port_stats stats;

    if ((l->wanted != PORT_NO_ANY && p->number != l->wanted) ||
        !host->port_stats(host->context, p->number, l->r->now_ms, &stats))
        return;
    of_port_stats_put(&l->r->reply, l->r->c->version, &stats);
    of_multipart_part_done(&l->parts);
}

/* Of a port that is not there nothing is told, as in Open vSwitch: it may just
 * have gone. */
static enum flow_error list_ports(struct request *r, uint32_t wanted,
                                  void (*put)(void *visitor,
                                              const struct port_desc *p))
{
    struct listing l = {.r = r, .wanted = wanted};

    l.parts = of_multipart_of(&r->reply, request_begin(r, r->kind));
    r->s->host.each_port(r->s->host.context, put, &l);
    of_multipart_end(&l.parts);
    return FLOW_OK;
}

enum flow_error handle_port_desc(struct request *r)
{
    uint32_t wanted = PORT_NO_ANY;
    enum flow_error error =
        of_port_read_request(r->c->version, &r->body, &wanted);

    return error ? error : list_ports(r, wanted, put_desc);
}

enum flow_error handle_port_stats(struct request *r)
{
    uint32_t wanted = PORT_NO_ANY;
    enum flow_error error =
        of_port_stats_read_request(r->c->version, &r->body, &wanted);

    return error ? error : list_ports(r, wanted, put_stats);
}

enum flow_error handle_port_apply(const struct request *r,
                                  const struct port_mod *mod)
{
    struct of_switch *s = r->s;
    enum flow_error error;

    assert(!s->port_changer);
    s->port_changer = r->c;
    error = s->host.port_mod(s->host.context, mod, r->now_ms);
    s->port_changer = NULL;
    return error;
}

enum flow_error handle_port_mod(struct request *r)
{
    struct port_mod mod;
    enum flow_error error = of_port_read_mod(r->c->version, &r->body, &mod);

    return error ? error : handle_port_apply(r, &mod);
}
