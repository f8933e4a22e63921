/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_bundle.h"

#include "openflow/of_property.h"

enum { KNOWN_FLAGS = OF_BUNDLE_ATOMIC | OF_BUNDLE_ORDERED };

/* Properties could only ask for what we do not do. */
static enum flow_error read_properties(struct reader *list)
{
    struct of_property p;

    while (of_property_next(list, &p))
        return of_property_unknown(&p);
    return of_property_list_end(list);
}

void of_bundle_write_control(struct of_buffer *b, enum of_version version,
                             uint32_t xid, const struct of_bundle_control *c)
{
    size_t start = of_begin(b, version, OF_BUNDLE_CONTROL, xid);

    of_put_u32(b, c->id);
    of_put_u16(b, c->type);
    of_put_u16(b, c->flags);
    of_end(b, start);
}

enum flow_error of_bundle_read_control(struct reader *body,
                                       struct of_bundle_control *c)
{
    c->id = read_u32(body);
    c->type = read_u16(body);
    c->flags = read_u16(body);
    if (body->bad)
        return FLOW_BAD_LENGTH;
    if (c->type > OF_BUNDLE_DISCARD_REPLY)
        return FLOW_BUNDLE_BAD_TYPE;
    return c->flags & ~KNOWN_FLAGS ? FLOW_BUNDLE_BAD_FLAGS
                                   : read_properties(body);
}

void of_bundle_write_add(struct of_buffer *b, enum of_version version,
                         uint32_t xid, const struct of_bundle_add *a)
{
    size_t start = of_begin(b, version, OF_BUNDLE_ADD, xid);

    of_put_u32(b, a->id);
    of_put_zeros(b, 2);
    of_put_u16(b, a->flags);
    of_put(b, a->message.next, a->message.left);
    of_end(b, start);
}

/* The message's padding is there only if properties follow. */
static enum flow_error read_message(const struct of_header *h,
                                    struct reader *body, struct reader *message)
{
    struct reader at = *body;
    struct of_header inner = of_read_header(&at);

    if (at.bad || inner.size < OF_HEADER_SIZE || inner.size > body->left)
        return FLOW_BUNDLE_MESSAGE_LENGTH;
    if (inner.version != h->version)
        return FLOW_BAD_VERSION;
    if (inner.xid != h->xid)
        return FLOW_BUNDLE_MESSAGE_XID;
    *message = read_slice(body, inner.size);
    if (body->left > 0)
        read_bytes(body, (8 - inner.size % 8) % 8);
    return body->bad ? FLOW_BUNDLE_MESSAGE_LENGTH : read_properties(body);
}

enum flow_error of_bundle_read_add(const struct of_header *h,
                                   struct reader *body, struct of_bundle_add *a)
{
    *a = (struct of_bundle_add){.id = read_u32(body)};
    read_u16(body); /* padding */
    a->flags = read_u16(body);
    if (body->bad)
        return FLOW_BAD_LENGTH;
    return a->flags & ~KNOWN_FLAGS ? FLOW_BUNDLE_BAD_FLAGS
                                   : read_message(h, body, &a->message);
}

enum flow_error of_bundle_read_features_request(struct reader *body)
{
    struct of_property p;

    read_bytes(body, 8); /* flags and padding */
    if (body->bad)
        return FLOW_BAD_LENGTH;
    while (of_property_next(body, &p))
        continue;
    return of_property_list_end(body);
}

void of_bundle_write_features(struct of_buffer *b, enum of_version version,
                              uint32_t xid, uint16_t capabilities)
{
    size_t start = of_begin(b, version, OF_MP_BUNDLE_FEATURES, xid);

    of_put_u16(b, capabilities);
    of_put_zeros(b, 6);
    of_end(b, start);
}
