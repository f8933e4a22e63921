/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_async.h"

#include "base/array.h"
#include "openflow/of_property.h"
#include "openflow/of_read.h"
#include "openflow/of_reason.h"

/*
 * The properties since 1.4 come in pairs, first the slave's, then the others'.
 * 'known' are the reasons that there are.
 */
static const struct row {
    size_t offset; /* of the pair in struct async_masks */
    uint32_t known;
    uint8_t first; /* version */
} rows[] = {
    /* clang-format off */
    {offsetof(struct async_masks, packet_in),         0x3f, OF14},
    {offsetof(struct async_masks, port_status),       0x07, OF14},
    {offsetof(struct async_masks, flow_removed),      0x3f, OF14},
    {offsetof(struct async_masks, role_status),       0x07, OF14},
    {offsetof(struct async_masks, table_status),      0x18, OF14},
    {offsetof(struct async_masks, requestforward),    0x03, OF14},
    {offsetof(struct async_masks, flow_stats),        0x03, OF15},
    {offsetof(struct async_masks, controller_status), 0x7f, OF15},
    /* clang-format on */
};

enum {
    ROWS = ARRAY_SIZE(rows),
    PROPERTIES = 2 * ROWS,
    SLAVE = 1, /* index of its masks; it has the even properties */
    PORT_REASONS = 0x07,
};

/* The masks before 1.4: a pair each, first for master and equal. */
static void put_masks(struct of_buffer *b, enum of_version version,
                      const struct async_masks *m)
{
    for (int i = 0; i <= SLAVE; i++)
        of_put_u32(b, of_reason_set_of_packet_in(version, m->packet_in[i]));
    for (int i = 0; i <= SLAVE; i++)
        of_put_u32(b, m->port_status[i] & PORT_REASONS);
    for (int i = 0; i <= SLAVE; i++)
        of_put_u32(b,
                   of_reason_set_of_flow_removed(version, m->flow_removed[i]));
}

static enum flow_error read_masks(enum of_version version, struct reader *body,
                                  struct async_masks *m)
{
    struct async_masks got = *m;

    for (int i = 0; i <= SLAVE; i++)
        got.packet_in[i] =
            of_reason_read_packet_in_set(version, read_u32(body));
    for (int i = 0; i <= SLAVE; i++)
        got.port_status[i] = read_u32(body) & PORT_REASONS;
    for (int i = 0; i <= SLAVE; i++)
        got.flow_removed[i] =
            of_reason_read_flow_removed_set(version, read_u32(body));
    if (of_read_end(body))
        return FLOW_BAD_LENGTH;
    *m = got;
    return FLOW_OK;
}

static void put_properties(struct of_buffer *b, enum of_version version,
                           const struct async_masks *m)
{
    for (size_t i = 0; i < PROPERTIES; i++) {
        const struct row *row = &rows[i / 2];
        const uint32_t *pair =
            (const uint32_t *)((const uint8_t *)m + row->offset);
        size_t start;

        if (version < row->first)
            continue;
        start = of_property_begin(b, (uint16_t)i);
        of_put_u32(b, pair[i % 2 ? 0 : SLAVE] & row->known);
        of_property_finish(b, start);
    }
}

static enum flow_error read_property(enum of_version version,
                                     struct of_property *p,
                                     struct async_masks *m)
{
    const struct row *row = &rows[p->type / 2 % ROWS];
    uint32_t *pair = (uint32_t *)((uint8_t *)m + row->offset);
    uint32_t wire = read_u32(&p->value);

    if (p->type >= PROPERTIES || version < row->first)
        return FLOW_ASYNC_UNSUPPORTED;
    if (of_property_end(p))
        return FLOW_BAD_PROPERTY_LENGTH;
    if (wire & ~row->known)
        return FLOW_ASYNC_INVALID;
    pair[p->type % 2 ? 0 : SLAVE] = wire;
    return FLOW_OK;
}

/* All or nothing, as OpenFlow 1.4.1 7.3.10 wants it. */
static enum flow_error read_properties(enum of_version version,
                                       struct reader *body,
                                       struct async_masks *m)
{
    struct async_masks got = *m;
    struct of_property p;

    while (of_property_next(body, &p)) {
        enum flow_error error = read_property(version, &p, &got);

        if (error)
            return error;
    }
    if (of_property_list_end(body))
        return FLOW_BAD_PROPERTY_LENGTH;
    *m = got;
    return FLOW_OK;
}

void of_async_write(struct of_buffer *b, enum of_version version,
                    enum of_kind kind, uint32_t xid,
                    const struct async_masks *masks)
{
    size_t start = of_begin(b, version, kind, xid);

    if (version < OF14 || kind == OF_NX_SET_ASYNC)
        put_masks(b, version, masks);
    else
        put_properties(b, version, masks);
    of_end(b, start);
}

enum flow_error of_async_read(enum of_version version, enum of_kind kind,
                              struct reader *body, struct async_masks *masks)
{
    if (version < OF14 || kind == OF_NX_SET_ASYNC)
        return read_masks(version, body, masks);
    return read_properties(version, body, masks);
}

void of_async_write_format(struct of_buffer *b, enum of_version version,
                           uint32_t xid, enum of_packet_in_format format)
{
    size_t start = of_begin(b, version, OF_NX_SET_PACKET_IN_FORMAT, xid);

    of_put_u32(b, (uint32_t)format);
    of_end(b, start);
}

enum flow_error of_async_read_format(struct reader *body,
                                     enum of_packet_in_format *format)
{
    uint32_t number = read_u32(body);

    if (of_read_end(body))
        return FLOW_BAD_LENGTH;
    if (number > OF_PACKET_IN_NXT2)
        return FLOW_NO_PERMISSION;
    *format = (enum of_packet_in_format)number;
    return FLOW_OK;
}

void of_async_write_controller_id(struct of_buffer *b, enum of_version version,
                                  uint32_t xid, uint16_t id)
{
    size_t start = of_begin(b, version, OF_NX_SET_CONTROLLER_ID, xid);

    of_put_zeros(b, 6);
    of_put_u16(b, id);
    of_end(b, start);
}

enum flow_error of_async_read_controller_id(struct reader *body, uint16_t *id)
{
    read_bytes(body, 6);
    *id = read_u16(body);
    return of_read_end(body);
}

void of_async_write_requestforward(struct of_buffer *b, enum of_version version,
                                   const struct reader *request)
{
    size_t start = of_begin(b, version, OF_REQUESTFORWARD, 0);

    of_put(b, request->next, request->left);
    of_end(b, start);
}
