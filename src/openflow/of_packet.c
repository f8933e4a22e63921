/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_packet.h"

#include "flow/port_no.h"
#include "openflow/of_action.h"
#include "openflow/of_match.h"
#include "openflow/of_port_number.h"
#include "openflow/of_property.h"
#include "openflow/of_read.h"
#include "openflow/of_reason.h"

/* NXPINT_*, the properties of NXT_PACKET_IN2. */
enum {
    NX_PACKET = 0,
    NX_FULL_SIZE = 1,
    NX_BUFFER_ID = 2,
    NX_TABLE = 3,
    NX_COOKIE = 4,
    NX_REASON = 5,
    NX_METADATA = 6,
    NX_PACKET_MAX = 65000, /* leaves room for the others */
    NX_METADATA_MAX = 1024,
};

static uint32_t port_of(const struct flow_match *m)
{
    struct reader r = reader_over(&m->key.in_port, sizeof(m->key.in_port));

    return read_u32(&r);
}

static void set_port(struct flow_match *m, uint32_t number)
{
    uint8_t wire[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                       (uint8_t)(number >> 8), (uint8_t)number};

    memcpy(&m->key.in_port, wire, sizeof(wire));
    memset(&m->mask.in_port, 0xff, sizeof(wire));
}

static uint16_t total_size16(const struct packet_in *in)
{
    return in->total_size < UINT16_MAX ? (uint16_t)in->total_size : UINT16_MAX;
}

/* The rest of the message that began at 'start'. */
static void put_data(struct of_buffer *b, size_t start, const uint8_t *data,
                     size_t size)
{
    size_t room = OF_MESSAGE_MAX - (b->size - start);

    of_put(b, data, size < room ? size : room);
}

static void put_in10(struct of_buffer *b, const struct packet_in *in)
{
    of_put_u32(b, in->buffer_id);
    of_put_u16(b, total_size16(in));
    of_put_u16(b, of_port_number_to10(port_of(&in->match)));
    of_put_u8(b, of_reason_of_packet_in(OF10, in->reason));
    of_put_zeros(b, 1);
}

static void read_in10(struct reader *r, struct packet_in *in)
{
    uint32_t port;

    in->buffer_id = read_u32(r);
    in->total_size = read_u16(r);
    of_port_number_from10(read_u16(r), &port);
    set_port(&in->match, port);
    in->reason = read_u8(r);
    read_u8(r); /* padding */
}

static void put_in11(struct of_buffer *b, const struct packet_in *in)
{
    of_put_u32(b, in->buffer_id);
    of_put_u32(b, port_of(&in->match));
    of_put_u32(b, port_of(&in->match)); /* the physical one */
    of_put_u16(b, total_size16(in));
    of_put_u8(b, of_reason_of_packet_in(OF11, in->reason));
    of_put_u8(b, in->table);
}

static void read_in11(struct reader *r, struct packet_in *in)
{
    in->buffer_id = read_u32(r);
    set_port(&in->match, read_u32(r));
    read_u32(r); /* the physical port */
    in->total_size = read_u16(r);
    in->reason = read_u8(r);
    in->table = read_u8(r);
}

/* What 1.2, 1.3 and NXT_PACKET_IN begin with. */
static void put_in_head(struct of_buffer *b, enum of_version version,
                        const struct packet_in *in)
{
    of_put_u32(b, in->buffer_id);
    of_put_u16(b, total_size16(in));
    of_put_u8(b, of_reason_of_packet_in(version, in->reason));
    of_put_u8(b, in->table);
}

static void read_in_head(struct reader *r, struct packet_in *in)
{
    in->buffer_id = read_u32(r);
    in->total_size = read_u16(r);
    in->reason = read_u8(r);
    in->table = read_u8(r);
}

static void put_in12(struct of_buffer *b, enum of_version version,
                     const struct packet_in *in)
{
    put_in_head(b, version, in);
    if (version >= OF13)
        of_put_u64(b, in->cookie);
    of_match_write(version, b, &in->match);
    of_put_zeros(b, 2);
}

static enum flow_error read_in12(enum of_version version, struct reader *r,
                                 struct packet_in *in)
{
    enum flow_error error;

    read_in_head(r, in);
    if (version >= OF13)
        in->cookie = read_u64(r);
    if (r->bad)
        return FLOW_BAD_LENGTH;
    error = of_match_read(version, r, &in->match);
    read_u16(r); /* padding */
    return error;
}

static void put_nx_in(struct of_buffer *b, enum of_version version,
                      const struct packet_in *in)
{
    size_t match_size_at;

    put_in_head(b, version, in);
    of_put_u64(b, in->cookie);
    match_size_at = b->size;
    of_put_zeros(b, 8);
    of_set_u16(b, match_size_at,
               (uint16_t)of_match_nxm_write(b, &in->match, NULL));
    of_put_zeros(b, 2);
}

static enum flow_error read_nx_in(struct reader *r, struct packet_in *in)
{
    enum flow_error error;
    size_t match_size;

    read_in_head(r, in);
    in->cookie = read_u64(r);
    match_size = read_u16(r);
    read_bytes(r, 6);
    if (r->bad)
        return FLOW_BAD_LENGTH;
    error = of_match_fields_read(r, match_size, &in->match, NULL);
    read_u16(r); /* padding */
    return error;
}

static void put_number(struct of_buffer *b, uint16_t type, uint64_t number,
                       size_t size)
{
    size_t start = of_property_begin(b, type);

    if (size == 1)
        of_put_u8(b, (uint8_t)number);
    if (size == 4)
        of_put_u32(b, (uint32_t)number);
    if (size == 8) {
        of_put_zeros(b, 4);
        of_put_u64(b, number);
    }
    of_property_finish(b, start);
}

static void put_nx_in2(struct of_buffer *b, enum of_version version,
                       const struct packet_in *in)
{
    size_t size = in->size < NX_PACKET_MAX ? in->size : NX_PACKET_MAX;
    size_t start = of_property_begin(b, NX_PACKET), value_at, match_size;

    of_put(b, in->data, size);
    of_property_finish(b, start);
    if (size != in->total_size)
        put_number(b, NX_FULL_SIZE, in->total_size, 4);
    if (in->buffer_id != PACKET_NO_BUFFER)
        put_number(b, NX_BUFFER_ID, in->buffer_id, 4);
    put_number(b, NX_TABLE, in->table, 1);
    if (in->cookie != PACKET_NO_COOKIE)
        put_number(b, NX_COOKIE, in->cookie, 8);
    put_number(b, NX_REASON, of_reason_of_packet_in(version, in->reason), 1);

    start = of_property_begin(b, NX_METADATA);
    value_at = b->size;
    match_size = of_match_nxm_write(b, &in->match, NULL);
    /* The padding counts from the start of the property, not of the fields. */
    if (!b->is_bad)
        b->size = value_at + match_size;
    of_property_finish(b, start);
}

/* The fields of a property have the padding of the property behind them, not
 * their own. */
static enum flow_error read_metadata(struct reader *fields,
                                     struct flow_match *m)
{
    uint8_t padded[NX_METADATA_MAX + 8] = {0};
    size_t size = fields->left;
    struct reader r = reader_over(padded, sizeof(padded));

    if (size > NX_METADATA_MAX)
        return FLOW_BAD_MATCH_LENGTH;
    of_read_into(fields, padded, size);
    return of_match_fields_read(&r, size, m, NULL);
}

static enum flow_error read_nx_in2_property(struct of_property *p,
                                            struct packet_in *in)
{
    struct reader *value = &p->value;

    switch (p->type) {
    case NX_PACKET:
        in->data = value->next;
        in->size = value->left;
        return FLOW_OK;
    case NX_FULL_SIZE:
        in->total_size = read_u32(value);
        break;
    case NX_BUFFER_ID:
        in->buffer_id = read_u32(value);
        break;
    case NX_TABLE:
        in->table = read_u8(value);
        break;
    case NX_COOKIE:
        read_u32(value); /* padding */
        in->cookie = read_u64(value);
        break;
    case NX_REASON:
        in->reason = read_u8(value);
        break;
    case NX_METADATA:
        return read_metadata(value, &in->match);
    default:
        return FLOW_OK; /* user data, continuations */
    }
    return of_property_end(p);
}

static enum flow_error read_nx_in2(struct reader *body, struct packet_in *in)
{
    struct of_property p;

    while (of_property_next(body, &p)) {
        enum flow_error error = read_nx_in2_property(&p, in);

        if (error)
            return error;
    }
    if (!in->total_size)
        in->total_size = (uint32_t)in->size;
    return body->bad || !in->data ? FLOW_BAD_LENGTH : FLOW_OK;
}

void of_packet_write_in(struct of_buffer *b, enum of_version version,
                        enum of_kind kind, const struct packet_in *in)
{
    size_t start = of_begin(b, version, kind, 0);

    if (kind == OF_NX_PACKET_IN2) {
        put_nx_in2(b, version, in);
        of_end(b, start);
        return;
    }
    if (kind == OF_NX_PACKET_IN)
        put_nx_in(b, version, in);
    else if (version == OF10)
        put_in10(b, in);
    else if (version == OF11)
        put_in11(b, in);
    else
        put_in12(b, version, in);
    put_data(b, start, in->data, in->size);
    of_end(b, start);
}

/* All but the data of the two forms that have it at their end. */
static enum flow_error read_in_by_version(enum of_version version,
                                          struct reader *body,
                                          struct packet_in *in)
{
    if (version >= OF12)
        return read_in12(version, body, in);
    if (version == OF11)
        read_in11(body, in);
    else
        read_in10(body, in);
    return FLOW_OK;
}

enum flow_error of_packet_read_in(enum of_version version, enum of_kind kind,
                                  struct reader *body, struct packet_in *in)
{
    enum flow_error error;

    *in = (struct packet_in){.buffer_id = PACKET_NO_BUFFER,
                             .cookie = PACKET_NO_COOKIE};
    if (kind == OF_NX_PACKET_IN2) {
        error = read_nx_in2(body, in);
    } else {
        error = kind == OF_NX_PACKET_IN ? read_nx_in(body, in)
                                        : read_in_by_version(version, body, in);
        in->data = body->next;
        in->size = body->left;
    }
    in->reason = of_reason_read_packet_in(version, in->reason);
    if (error)
        return error;
    return body->bad ? FLOW_BAD_LENGTH : FLOW_OK;
}

void of_packet_write_out(struct of_buffer *b, enum of_version version,
                         uint32_t xid, const struct packet_out *out)
{
    size_t start = of_begin(b, version, OF_PACKET_OUT, xid);
    size_t size_at, actions_at;

    of_put_u32(b, out->buffer_id);
    if (version < OF15)
        of_port_number_put(b, version, port_of(&out->match));
    size_at = b->size;
    of_put_u16(b, 0); /* of the actions, see below */
    if (version > OF10)
        of_put_zeros(b, version < OF15 ? 6 : 2);
    if (version >= OF15)
        of_match_write(version, b, &out->match);
    actions_at = b->size;
    of_actions_write(version, b, NULL, out->actions.cells, out->actions.count);
    of_set_u16(b, size_at, (uint16_t)(b->size - actions_at));
    if (out->buffer_id == PACKET_NO_BUFFER)
        of_put(b, out->data, out->size);
    of_end(b, start);
}

/* All before the actions. */
static enum flow_error read_out_head(enum of_version version,
                                     struct reader *body,
                                     struct packet_out *out,
                                     size_t *actions_size)
{
    uint32_t port;

    out->buffer_id = read_u32(body);
    if (version < OF15) {
        bool is_number = of_port_number_read(body, version, &port);

        set_port(&out->match, port);
        *actions_size = read_u16(body);
        read_bytes(body, version == OF10 ? 0 : 6);
        if (body->bad)
            return FLOW_BAD_LENGTH;
        return is_number ? FLOW_OK : FLOW_BAD_REQUEST_PORT;
    }
    *actions_size = read_u16(body);
    read_u16(body); /* padding */
    return body->bad ? FLOW_BAD_LENGTH
                     : of_match_read(version, body, &out->match);
}

static bool is_source(const struct flow_match *m)
{
    uint32_t port = port_of(m);

    return m->mask.in_port == UINT32_MAX &&
           (port <= PORT_NO_MAX || port == PORT_NO_LOCAL ||
            port == PORT_NO_CONTROLLER || port == PORT_NO_ANY);
}

/* OpenFlow 1.5.1 7.3.6: what the frame itself shows is not said.  A packet type
 * other than Ethernet's is not done here. */
static enum flow_error check_context(const struct flow_match *m)
{
    struct flow_key frame = m->mask;

    frame.in_port = 0;
    for (size_t i = 0; i < KEY_FRAME_WORDS; i++)
        if (frame.word[i])
            return FLOW_NOT_OF_PIPELINE;
    return m->key.packet_type ? FLOW_BAD_VALUE : FLOW_OK;
}

enum flow_error of_packet_read_out(enum of_version version, struct reader *body,
                                   struct packet_out *out)
{
    size_t actions_size;
    struct reader actions;
    enum flow_error error;

    *out = (struct packet_out){0};
    error = read_out_head(version, body, out, &actions_size);
    if (error)
        return error;
    if (!is_source(&out->match))
        return FLOW_BAD_REQUEST_PORT;
    error = check_context(&out->match);
    if (error)
        return error;
    actions = read_slice(body, actions_size);
    if (body->bad)
        return FLOW_BAD_LENGTH;
    error = of_actions_read(version, &actions, NULL, &out->actions);
    if (!error && out->actions.is_bad)
        error = FLOW_OUT_OF_MEMORY;
    if (error) {
        packet_out_clear(out);
        return error;
    }
    if (out->buffer_id == PACKET_NO_BUFFER) {
        out->data = body->next;
        out->size = body->left;
    }
    return FLOW_OK;
}
