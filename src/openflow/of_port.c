/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_port.h"

#include "openflow/of_port_number.h"
#include "openflow/of_property.h"
#include "openflow/of_read.h"

enum {
    CONFIG_10 = 0x7f,
    CONFIG_11 = PORT_CONFIG_DOWN | PORT_CONFIG_NO_RECV | PORT_CONFIG_NO_FWD |
                PORT_CONFIG_NO_PACKET_IN,
    STATE_11 = PORT_STATE_LINK_DOWN | PORT_STATE_BLOCKED | PORT_STATE_LIVE,
    STP_10 = 3 << 8, /* 1.0: not part of the spanning tree */

    /* 1.0 has the speeds up to 10 Gb/s at the same bits, then copper, fiber,
     * autonegotiation and the two pauses; since 1.1 faster speeds stand
     * between. */
    SPEEDS_10 = 0x7f,
    MEDIA_10 = 0xf80,
    MEDIA_SHIFT = 4,
    FEATURES_11 = 0xffff,

    ETHERNET = 0, /* property of ports and of PORT_MOD */
};

static uint32_t features_to_wire(enum of_version version, uint32_t bits)
{
    if (version > OF10)
        return bits & FEATURES_11;
    return (bits & SPEEDS_10) | (bits >> MEDIA_SHIFT & MEDIA_10);
}

static uint32_t features_from_wire(enum of_version version, uint32_t wire)
{
    if (version > OF10)
        return wire & FEATURES_11;
    return (wire & SPEEDS_10) | (wire & MEDIA_10) << MEDIA_SHIFT;
}

static uint32_t config_of(enum of_version version, uint32_t bits)
{
    return bits & (version == OF10 ? CONFIG_10 : CONFIG_11);
}

static uint32_t state_to_wire(enum of_version version, uint32_t bits)
{
    if (version > OF10)
        return bits & STATE_11;
    return (bits & PORT_STATE_LINK_DOWN) |
           (bits & PORT_STATE_BLOCKED ? STP_10 : 0);
}

static uint32_t state_from_wire(enum of_version version, uint32_t wire)
{
    if (version > OF10)
        return wire & STATE_11;
    return (wire & PORT_STATE_LINK_DOWN) |
           ((wire & STP_10) == STP_10 ? PORT_STATE_BLOCKED : 0);
}

static void put_features(struct of_buffer *b, enum of_version version,
                         const struct port_desc *p)
{
    of_put_u32(b, features_to_wire(version, p->current));
    of_put_u32(b, features_to_wire(version, p->advertised));
    of_put_u32(b, features_to_wire(version, p->supported));
    of_put_u32(b, features_to_wire(version, p->peer));
    if (version == OF10)
        return;
    of_put_u32(b, p->current_kbps);
    of_put_u32(b, p->max_kbps);
}

static void read_features(enum of_version version, struct reader *r,
                          struct port_desc *p)
{
    p->current = features_from_wire(version, read_u32(r));
    p->advertised = features_from_wire(version, read_u32(r));
    p->supported = features_from_wire(version, read_u32(r));
    p->peer = features_from_wire(version, read_u32(r));
    if (version == OF10)
        return;
    p->current_kbps = read_u32(r);
    p->max_kbps = read_u32(r);
}

void of_port_put(struct of_buffer *b, enum of_version version,
                 const struct port_desc *p)
{
    size_t start = b->size, property;
    size_t name_size = strnlen(p->name, sizeof(p->name) - 1);

    of_port_number_put(b, version, p->number);
    of_put_zeros(b, version == OF10 ? 0 : 4); /* 1.4: length, see below */
    of_put(b, p->mac, sizeof(p->mac));
    of_put_zeros(b, version == OF10 ? 0 : 2);
    of_put(b, p->name, name_size);
    of_put_zeros(b, sizeof(p->name) - name_size);
    of_put_u32(b, config_of(version, p->config));
    of_put_u32(b, state_to_wire(version, p->state));
    if (version < OF14) {
        put_features(b, version, p);
        return;
    }
    property = of_property_begin(b, ETHERNET);
    of_put_zeros(b, 4);
    put_features(b, version, p);
    of_property_finish(b, property);
    of_set_u16(b, start + 4, (uint16_t)(b->size - start));
}

/* Reads over properties of media that we have no word for: what a port is made
 * of is nothing to refuse. */
static enum flow_error read_properties(enum of_version version,
                                       struct reader *list, struct port_desc *p)
{
    struct of_property property;

    while (of_property_next(list, &property)) {
        if (property.type != ETHERNET)
            continue;
        read_u32(&property.value); /* padding */
        read_features(version, &property.value, p);
        if (of_property_end(&property))
            return FLOW_BAD_PROPERTY_LENGTH;
    }
    return of_property_list_end(list);
}

enum flow_error of_port_read(enum of_version version, struct reader *r,
                             struct port_desc *p)
{
    struct reader part = *r;
    size_t size = version == OF10 ? 48 : 64;
    bool is_number;

    if (version >= OF14) {
        read_u32(&part);
        size = read_u16(&part);
    }
    part = read_slice(r, size);
    *p = (struct port_desc){0};
    is_number = of_port_number_read(&part, version, &p->number);
    read_bytes(&part, version == OF10 ? 0 : 4);
    of_read_into(&part, p->mac, sizeof(p->mac));
    read_bytes(&part, version == OF10 ? 0 : 2);
    of_read_text(&part, p->name, sizeof(p->name));
    p->config = config_of(version, read_u32(&part));
    p->state = state_from_wire(version, read_u32(&part));
    if (part.bad) {
        reader_fail(r);
        return FLOW_BAD_LENGTH;
    }
    if (version >= OF14) {
        enum flow_error error = read_properties(version, &part, p);

        return error || is_number ? error : FLOW_BAD_PORT;
    }
    read_features(version, &part, p);
    return is_number ? of_read_end(&part) : FLOW_BAD_PORT;
}

void of_port_put_request(struct of_buffer *b, enum of_version version,
                         uint32_t number)
{
    if (version < OF15)
        return;
    of_put_u32(b, number);
    of_put_zeros(b, 4);
}

enum flow_error of_port_read_request(enum of_version version,
                                     struct reader *body, uint32_t *number)
{
    bool is_number = true;

    *number = UINT32_MAX; /* PORT_NO_ANY */
    if (version >= OF15) {
        is_number = of_port_number_read(body, version, number);
        read_bytes(body, 4);
    }
    if (of_read_end(body))
        return FLOW_BAD_LENGTH;
    return is_number ? FLOW_OK : FLOW_BAD_REQUEST_PORT;
}

void of_port_write_status(struct of_buffer *b, enum of_version version,
                          enum port_reason reason, const struct port_desc *p)
{
    size_t start = of_begin(b, version, OF_PORT_STATUS, 0);

    of_put_u8(b, (uint8_t)reason);
    of_put_zeros(b, 7);
    of_port_put(b, version, p);
    of_end(b, start);
}

enum flow_error of_port_read_status(enum of_version version,
                                    struct reader *body, uint8_t *reason,
                                    struct port_desc *p)
{
    enum flow_error error;

    *reason = read_u8(body);
    read_bytes(body, 7);
    error = of_port_read(version, body, p);
    return error ? error : of_read_end(body);
}

void of_port_write_mod(struct of_buffer *b, enum of_version version,
                       uint32_t xid, const struct port_mod *mod)
{
    size_t start = of_begin(b, version, OF_PORT_MOD, xid);
    uint32_t advertise = features_to_wire(version, mod->advertise);

    of_port_number_put(b, version, mod->number);
    of_put_zeros(b, version == OF10 ? 0 : 4);
    of_put(b, mod->mac, sizeof(mod->mac));
    of_put_zeros(b, version == OF10 ? 0 : 2);
    of_put_u32(b, config_of(version, mod->config));
    of_put_u32(b, config_of(version, mod->mask));
    if (version < OF14) {
        of_put_u32(b, advertise);
        of_put_zeros(b, 4);
    } else if (advertise) {
        size_t property = of_property_begin(b, ETHERNET);

        of_put_u32(b, advertise);
        of_property_finish(b, property);
    }
    of_end(b, start);
}

/* The wire form of what is to be advertised. */
static enum flow_error read_mod_properties(struct reader *list,
                                           uint32_t *advertise)
{
    struct of_property property;

    while (of_property_next(list, &property)) {
        if (property.type != ETHERNET)
            return of_property_unknown(&property);
        *advertise = read_u32(&property.value);
        if (of_property_end(&property))
            return FLOW_BAD_PROPERTY_LENGTH;
    }
    return of_property_list_end(list);
}

enum flow_error of_port_read_mod(enum of_version version, struct reader *body,
                                 struct port_mod *mod)
{
    enum flow_error error = FLOW_OK;
    uint32_t config, mask, advertise = 0;
    bool is_number = of_port_number_read(body, version, &mod->number);

    read_bytes(body, version == OF10 ? 0 : 4);
    of_read_into(body, mod->mac, sizeof(mod->mac));
    read_bytes(body, version == OF10 ? 0 : 2);
    config = read_u32(body);
    mask = read_u32(body);
    if (version < OF14) {
        advertise = read_u32(body);
        read_u32(body); /* padding */
        error = of_read_end(body);
    } else {
        error =
            body->bad ? FLOW_BAD_LENGTH : read_mod_properties(body, &advertise);
    }
    if (error)
        return error;
    mod->config = config_of(version, config);
    mod->mask = config_of(version, mask);
    mod->advertise = features_from_wire(version, advertise);
    if (!is_number)
        return FLOW_BAD_PORT;
    if ((config & mask) != config_of(version, config & mask))
        return FLOW_BAD_PORT_CONFIG;
    return features_to_wire(version, mod->advertise) == advertise
               ? FLOW_OK
               : FLOW_BAD_PORT_ADVERTISE;
}
