/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_queue.h"

#include <stdlib.h>

#include "flow/port_no.h"
#include "openflow/of_multipart.h"
#include "openflow/of_queue.h"

/* The queues that a request asks for. */
struct selection {
    struct of_queue_request wanted;
    struct queue_desc *queues; /* 'count' */
    size_t count, room;
    bool is_bad;
};

static void select_queue(void *visitor, const struct queue_desc *q)
{
    struct selection *s = visitor;

    if ((s->wanted.port != PORT_NO_ANY && s->wanted.port != q->port) ||
        (s->wanted.queue != QUEUE_ALL && s->wanted.queue != q->queue) ||
        s->is_bad)
        return;
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 8;
        struct queue_desc *queues =
            reallocarray(s->queues, room, sizeof(*queues));

        if (!queues) {
            s->is_bad = true;
            return;
        }
        s->queues = queues;
        s->room = room;
    }
    s->queues[s->count++] = *q;
}

/* 's->wanted' is set; ends with free(s->queues), also after an error. */
static enum flow_error find_queues(const struct request *r, struct selection *s)
{
    const struct switch_host *host = &r->s->host;
    struct port_desc p;

    if (s->wanted.port != PORT_NO_ANY &&
        !host->find_port(host->context, s->wanted.port, &p))
        return FLOW_BAD_QUEUE_PORT;
    if (host->each_queue)
        host->each_queue(host->context, select_queue, s);
    return s->is_bad ? FLOW_OUT_OF_MEMORY : FLOW_OK;
}

enum flow_error handle_queue_config(struct request *r)
{
    struct selection s = {.wanted = {PORT_NO_ANY, QUEUE_ALL}};
    enum flow_error error =
        of_queue_read_config_request(r->c->version, &r->body, &s.wanted.port);

    if (!error)
        error = find_queues(r, &s);
    if (!error) {
        struct queue_config config = {
            .port = s.wanted.port, .queues = s.queues, .count = s.count};

        of_queue_write_config(&r->reply, r->c->version, r->header.xid, &config);
    }
    free(s.queues);
    return error;
}

static void put_stats(struct request *r, const struct queue_desc *q)
{
    const struct switch_host *host = &r->s->host;
    struct queue_stats stats;

    if (host->queue_stats &&
        host->queue_stats(host->context, q->port, q->queue, r->now_ms, &stats))
        of_queue_put_stats(&r->reply, r->c->version, &stats);
}

static void put_desc(struct request *r, const struct queue_desc *q)
{
    of_queue_put(&r->reply, r->c->version, q);
}

static enum flow_error list_queues(struct request *r,
                                   void (*put)(struct request *r,
                                               const struct queue_desc *q))
{
    struct selection s = {.wanted = {PORT_NO_ANY, QUEUE_ALL}};
    enum flow_error error =
        of_queue_read_request(r->c->version, &r->body, &s.wanted);

    if (!error)
        error = find_queues(r, &s);
    if (!error) {
        struct of_multipart parts =
            of_multipart_of(&r->reply, request_begin(r, r->kind));

        for (size_t i = 0; i < s.count; i++) {
            put(r, &s.queues[i]);
            of_multipart_part_done(&parts);
        }
        of_multipart_end(&parts);
    }
    free(s.queues);
    return error;
}

enum flow_error handle_queue_stats(struct request *r)
{
    return list_queues(r, put_stats);
}

enum flow_error handle_queue_desc(struct request *r)
{
    return list_queues(r, put_desc);
}
