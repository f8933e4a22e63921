/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_queue.h"

#include "flow/port_no.h"
#include "openflow/of_port_number.h"
#include "openflow/of_property.h"
#include "openflow/of_read.h"

/* Properties; those before 1.4 have a header with padding of its own. */
enum { MIN_RATE = 1, MAX_RATE = 2, OLD_PROPERTY_SIZE = 16 };

/* A port's number and the padding behind it, which fills eight bytes in all. */
static void put_port(struct of_buffer *b, enum of_version version,
                     uint32_t port)
{
    of_port_number_put(b, version, port);
    of_put_zeros(b, version == OF10 ? 6 : 4);
}

void of_queue_write_config_request(struct of_buffer *b, enum of_version version,
                                   uint32_t xid, uint32_t port)
{
    size_t start = of_begin(b, version, OF_QUEUE_GET_CONFIG_REQUEST, xid);

    of_port_number_put(b, version, port);
    of_put_zeros(b, version == OF10 ? 2 : 4);
    of_end(b, start);
}

enum flow_error of_queue_read_config_request(enum of_version version,
                                             struct reader *body,
                                             uint32_t *port)
{
    bool is_number = of_port_number_read(body, version, port);

    read_bytes(body, version == OF10 ? 2 : 4);
    if (of_read_end(body))
        return FLOW_BAD_LENGTH;
    return is_number ? FLOW_OK : FLOW_BAD_QUEUE_PORT;
}

void of_queue_write_config(struct of_buffer *b, enum of_version version,
                           uint32_t xid, const struct queue_config *c)
{
    size_t start = of_begin(b, version, OF_QUEUE_GET_CONFIG_REPLY, xid);

    put_port(b, version, c->port);
    for (size_t i = 0; i < c->count; i++)
        of_queue_put(b, version, &c->queues[i]);
    of_end(b, start);
}

enum flow_error of_queue_read_config(enum of_version version,
                                     struct reader *body, uint32_t *port)
{
    bool is_number = of_port_number_read(body, version, port);

    read_bytes(body, version == OF10 ? 6 : 4);
    if (body->bad)
        return FLOW_BAD_LENGTH;
    return is_number ? FLOW_OK : FLOW_BAD_QUEUE_PORT;
}

static void put_rate(struct of_buffer *b, enum of_version version,
                     uint16_t type, uint16_t rate)
{
    if (rate == QUEUE_RATE_NONE)
        return;
    of_put_u16(b, type);
    of_put_u16(b, version < OF14 ? OLD_PROPERTY_SIZE : 8);
    of_put_zeros(b, version < OF14 ? 4 : 0);
    of_put_u16(b, rate);
    of_put_zeros(b, version < OF14 ? 6 : 2);
}

void of_queue_put(struct of_buffer *b, enum of_version version,
                  const struct queue_desc *q)
{
    size_t start = b->size, size_at;

    if (version >= OF14)
        of_put_u32(b, q->port);
    of_put_u32(b, q->queue);
    if (version == OF12 || version == OF13)
        of_put_u32(b, q->port);
    size_at = b->size;
    of_put_u16(b, 0); /* length, see below */
    of_put_zeros(b, version < OF12 ? 2 : 6);
    put_rate(b, version, MIN_RATE, q->min_rate);
    /* 1.0 knows no other. */
    if (version > OF10)
        put_rate(b, version, MAX_RATE, q->max_rate);
    of_set_u16(b, size_at, (uint16_t)(b->size - start));
}

/* Takes the next property off a list of the version's form, its value without
 * any padding in front. */
static bool next_property(enum of_version version, struct reader *list,
                          struct of_property *p)
{
    if (!of_property_next(list, p))
        return false;
    if (version < OF14)
        read_bytes(&p->value, 4);
    return true;
}

/* Passes over what is neither of the two rates. */
static enum flow_error read_properties(enum of_version version,
                                       struct reader *list,
                                       struct queue_desc *q)
{
    struct of_property p;

    while (next_property(version, list, &p)) {
        if (p.type == MIN_RATE)
            q->min_rate = read_u16(&p.value);
        if (p.type == MAX_RATE)
            q->max_rate = read_u16(&p.value);
        if (p.value.bad)
            return FLOW_BAD_PROPERTY_LENGTH;
    }
    return of_property_list_end(list);
}

enum flow_error of_queue_read(enum of_version version, struct reader *r,
                              struct queue_desc *q)
{
    struct reader head = *r, part;
    size_t head_size = version < OF12 ? 8 : 16, size;

    if (version >= OF14)
        q->port = read_u32(&head);
    q->queue = read_u32(&head);
    if (version == OF12 || version == OF13)
        q->port = read_u32(&head);
    q->min_rate = q->max_rate = QUEUE_RATE_NONE;
    size = read_u16(&head);
    part = read_slice(r, size);
    if (!read_bytes(&part, head_size)) {
        reader_fail(r);
        return FLOW_BAD_LENGTH;
    }
    return read_properties(version, &part, q);
}

void of_queue_put_request(struct of_buffer *b, enum of_version version,
                          const struct of_queue_request *request)
{
    uint32_t port = request->port;

    of_port_number_put(b, version,
                       version == OF10 && port == PORT_NO_ANY ? PORT_NO_ALL
                                                              : port);
    of_put_zeros(b, version == OF10 ? 2 : 0);
    of_put_u32(b, request->queue);
}

enum flow_error of_queue_read_request(enum of_version version,
                                      struct reader *body,
                                      struct of_queue_request *request)
{
    bool is_number = of_port_number_read(body, version, &request->port);

    if (version == OF10) {
        read_u16(body); /* padding */
        if (request->port == PORT_NO_ALL)
            request->port = PORT_NO_ANY;
    }
    request->queue = read_u32(body);
    if (of_read_end(body))
        return FLOW_BAD_LENGTH;
    return is_number ? FLOW_OK : FLOW_BAD_QUEUE_PORT;
}

void of_queue_put_stats(struct of_buffer *b, enum of_version version,
                        const struct queue_stats *s)
{
    if (version >= OF14) {
        of_put_u16(b, 48);
        of_put_zeros(b, 6);
    }
    of_port_number_put(b, version, s->port);
    of_put_zeros(b, version == OF10 ? 2 : 0);
    of_put_u32(b, s->queue);
    of_put_u64(b, s->tx_bytes);
    of_put_u64(b, s->tx_packets);
    of_put_u64(b, s->tx_errors);
    if (version < OF13)
        return;
    of_put_u32(b, s->duration_s);
    of_put_u32(b, s->duration_ns);
}

enum flow_error of_queue_read_stats(enum of_version version, struct reader *r,
                                    struct queue_stats *s)
{
    struct reader head = *r;
    size_t size = version < OF13 ? 32 : version == OF13 ? 40 : read_u16(&head);
    struct reader part = read_slice(r, size);

    *s = (struct queue_stats){0};
    read_bytes(&part, version >= OF14 ? 8 : 0);
    of_port_number_read(&part, version, &s->port);
    read_bytes(&part, version == OF10 ? 2 : 0);
    s->queue = read_u32(&part);
    s->tx_bytes = read_u64(&part);
    s->tx_packets = read_u64(&part);
    s->tx_errors = read_u64(&part);
    if (version >= OF13) {
        s->duration_s = read_u32(&part);
        s->duration_ns = read_u32(&part);
    }
    if (!part.bad)
        return FLOW_OK;
    reader_fail(r);
    return FLOW_BAD_LENGTH;
}
