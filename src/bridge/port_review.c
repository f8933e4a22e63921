/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/port_review.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { EVERY_MS = 1000 };

enum review_state { REVIEW_RESTS, REVIEW_READS, REVIEW_HAS_READ };

struct port_review {
    struct job job; /* first: the pool knows us by it */
    struct job_pool *jobs;
    enum review_state state;
    struct host_view view; /* the job's while it reads */
    int error;
    struct admission admission;
    uint64_t changes; /* that were looked at */
    int64_t next_ms;
    struct admission_said said[PORTS_MAX]; /* by the port's index */
};

static void read_host(struct job *job)
{
    struct port_review *r = (struct port_review *)job;

    r->error = host_view_read(&r->view);
}

static void have_read(struct job *job, int64_t now_ms)
{
    struct port_review *r = (struct port_review *)job;

    (void)now_ms;
    r->state = r->error ? REVIEW_RESTS : REVIEW_HAS_READ;
    if (r->error)
        r->changes = 0; /* once more */
}

struct port_review *port_review_create(const struct admission *a,
                                       struct job_pool *jobs)
{
    struct port_review *r = calloc(1, sizeof(*r));

    if (!r)
        return NULL;
    r->admission = *a;
    r->jobs = jobs;
    r->job.work = read_host;
    r->job.done = have_read;
    return r;
}

void port_review_free(struct port_review *r)
{
    if (r && r->state == REVIEW_HAS_READ)
        host_view_clear(&r->view);
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

static void look_at(struct port_review *r, const struct bridge_port *p)
{
    struct admission_said *said = &r->said[p->index];
    struct port_verdict verdict;
    bool was_unfit, is_unfit;

    if (said->ifindex != p->link.ifindex)
        *said = (struct admission_said){.ifindex = p->link.ifindex};
    if (admission_judge(&r->admission, &r->view, &p->config, p->link.ifindex,
                        &verdict))
        return;
    was_unfit = said->verdict.fitness == PORT_IS_UNFIT;
    is_unfit = verdict.fitness == PORT_IS_UNFIT;
    if (was_unfit != is_unfit ||
        (is_unfit && strcmp(said->verdict.text, verdict.text)))
        say(p, &verdict);
    said->verdict = verdict;
}

static void look_at_all(struct port_review *r, const struct bridge *b)
{
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(b), i)); i++)
        if (p->is_open &&
            (p->config.type == PORT_NIC || p->config.type == PORT_TAP))
            look_at(r, p);
    host_view_clear(&r->view);
    r->state = REVIEW_RESTS;
}

void port_review_tick(struct port_review *r, const struct bridge *b,
                      uint64_t changes, int64_t now_ms)
{
    if (r->state == REVIEW_HAS_READ)
        look_at_all(r, b);
    if (r->state != REVIEW_RESTS || changes == r->changes ||
        now_ms < r->next_ms)
        return;
    r->next_ms = now_ms + EVERY_MS;
    r->changes = changes;
    r->state = REVIEW_READS;
    job_pool_add(r->jobs, &r->job);
}
