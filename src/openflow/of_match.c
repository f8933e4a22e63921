/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_match.h"

#include <endian.h>

#include "openflow/of_match10.h"
#include "openflow/of_match11.h"
#include "openflow/of_oxm.h"
#include "openflow/of_port_number.h"

enum {
    MATCH_STANDARD = 0, /* 1.1's structure */
    MATCH_OXM = 1,
    MATCH_HEADER_SIZE = 4, /* type and length */
    NXM_VLAN_TCI = 4 << 9 | 2,
    NXM_VLAN_TCI_MASKED = 4 << 9 | 1 << 8 | 4,
    NXM_COOKIE = 0x00010000 | 30 << 9 | 8,
    NXM_COOKIE_MASKED = 0x00010000 | 30 << 9 | 1 << 8 | 16,
    VALUE_MAX = 16,
};

static size_t padding_to_8(size_t size)
{
    return (8 - size % 8) % 8;
}

static uint16_t u16_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* A VID without the bit that says that there is a tag matches no frame, unless
 * that bit does not count (1.3.5 table 13). */
static bool is_sound_vid(uint16_t vid, uint16_t mask)
{
    return !(mask & VLAN_PRESENT) || vid & VLAN_PRESENT || !(vid & 0xfff);
}

static enum flow_error add_tci(struct flow_match *m, uint16_t tci,
                               uint16_t mask)
{
    bool is_untagged = mask & VLAN_PRESENT && !(tci & VLAN_PRESENT);

    return is_untagged && tci & mask ? FLOW_BAD_VALUE
                                     : match_add_tci(m, tci, mask);
}

static enum flow_error add_port16(struct flow_match *m, const uint8_t *value)
{
    uint32_t number;

    of_port_number_from10(u16_at(value), &number);
    number = htobe32(number);
    return match_add(m, field_by_id(FIELD_IN_PORT), (const uint8_t *)&number,
                     NULL);
}

static enum flow_error add_tos(struct flow_match *m, uint8_t tos, uint8_t mask)
{
    uint8_t dscp = tos >> 2, dscp_mask = mask >> 2;

    if (tos & 3)
        return FLOW_BAD_VALUE;
    return match_add(m, field_by_id(FIELD_IP_DSCP), &dscp, &dscp_mask);
}

static enum flow_error add_plain(struct flow_match *m, const struct field *f,
                                 const uint8_t *value, const uint8_t *mask)
{
    if (f->id == FIELD_VLAN_VID &&
        !is_sound_vid(u16_at(value), mask ? u16_at(mask) : UINT16_MAX))
        return FLOW_BAD_VALUE;
    return match_add(m, f, value, mask);
}

static uint64_t u64_at(const uint8_t *bytes)
{
    struct reader r = reader_over(bytes, 8);

    return read_u64(&r);
}

static enum flow_error set_cookie(struct of_match_cookie *cookie,
                                  const uint8_t *value, const uint8_t *mask)
{
    if (!cookie)
        return FLOW_BAD_FIELD;
    if (cookie->mask)
        return FLOW_DUPLICATE_FIELD;
    cookie->cookie = u64_at(value);
    cookie->mask = u64_at(mask);
    return cookie->cookie & ~cookie->mask ? FLOW_BAD_WILDCARDS : FLOW_OK;
}

static enum flow_error read_field(struct reader *r, struct flow_match *m,
                                  struct of_match_cookie *cookie)
{
    static const uint8_t ones[VALUE_MAX] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                            0xff, 0xff, 0xff, 0xff};
    struct of_oxm o = of_oxm_read_header(r);
    const uint8_t *value, *mask = ones;

    if (r->bad)
        return FLOW_BAD_MATCH_LENGTH;
    if (o.form == OXM_UNKNOWN)
        return FLOW_BAD_FIELD;
    if (!of_oxm_fits(&o))
        return FLOW_BAD_MATCH_LENGTH;
    value = read_bytes(r, o.size);
    if (o.has_mask)
        mask = read_bytes(r, o.size);
    if (r->bad)
        return FLOW_BAD_MATCH_LENGTH;
    switch (o.form) {
    case OXM_PLAIN:
        return add_plain(m, o.field, value, o.has_mask ? mask : NULL);
    case OXM_PORT16:
        return o.has_mask ? FLOW_BAD_MASK : add_port16(m, value);
    case OXM_TOS:
        return add_tos(m, value[0], mask[0]);
    case OXM_TCI:
        return add_tci(m, u16_at(value), u16_at(mask));
    default:
        return set_cookie(cookie, value, mask);
    }
}

static enum flow_error read_list(struct reader *fields, struct flow_match *m,
                                 struct of_match_cookie *cookie)
{
    enum flow_error error = FLOW_OK;

    *m = (struct flow_match){0};
    while (fields->left > 0 && !error)
        error = read_field(fields, m, cookie);
    return error;
}

enum flow_error of_match_fields_read(struct reader *r, size_t size,
                                     struct flow_match *m,
                                     struct of_match_cookie *cookie)
{
    struct reader fields = read_slice(r, size);

    read_bytes(r, padding_to_8(size));
    if (cookie)
        *cookie = (struct of_match_cookie){0};
    return r->bad ? FLOW_BAD_MATCH_LENGTH : read_list(&fields, m, cookie);
}

static void put_field(struct of_buffer *b, enum of_version version,
                      const struct field *f, const struct flow_match *m)
{
    const uint8_t *mask = field_get(f, &m->mask);
    uint8_t exact[VALUE_MAX];
    bool has_mask;

    field_fill(f, exact);
    has_mask = memcmp(mask, exact, f->size) != 0;
    of_oxm_put_header(b, version, f, has_mask);
    of_oxm_put_value(b, version, f, field_get(f, &m->key));
    if (has_mask)
        of_oxm_put_value(b, version, f, mask);
}

static void put_tci(struct of_buffer *b, const struct flow_match *m)
{
    uint16_t tci = (uint16_t)(be16toh(m->key.vlan_vid) | m->key.vlan_pcp << 13);
    uint16_t mask =
        (uint16_t)(be16toh(m->mask.vlan_vid) | m->mask.vlan_pcp << 13);

    /* Without a tag the whole field is 0. */
    if (!tci && mask == 0x1fff)
        mask = UINT16_MAX;
    of_put_u32(b, mask == UINT16_MAX ? NXM_VLAN_TCI : NXM_VLAN_TCI_MASKED);
    of_put_u16(b, tci);
    if (mask != UINT16_MAX)
        of_put_u16(b, mask);
}

/* 'version' OF10: NXM, whose field for the VLAN tag later versions take as well
 * where their own two do not say it. */
static void put_fields(struct of_buffer *b, enum of_version version,
                       const struct flow_match *m)
{
    bool has_vlan = m->mask.vlan_vid || m->mask.vlan_pcp;
    bool is_tci = has_vlan && (version < OF12 || !match_has_plain_vlan(m));
    const uint8_t *order = field_orders()->wire;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *f = field_by_id(order[i]);

        if (is_tci && (f->id == FIELD_VLAN_VID || f->id == FIELD_VLAN_PCP)) {
            if (f->id == FIELD_VLAN_VID)
                put_tci(b, m);
        } else if (match_has(m, f)) {
            put_field(b, version, f, m);
        }
    }
}

size_t of_match_nxm_write(struct of_buffer *b, const struct flow_match *m,
                          const struct of_match_cookie *cookie)
{
    size_t start = b->size, size;

    put_fields(b, OF10, m);
    if (cookie && cookie->mask) {
        bool has_mask = cookie->mask != UINT64_MAX;

        of_put_u32(b, has_mask ? NXM_COOKIE_MASKED : NXM_COOKIE);
        of_put_u64(b, cookie->cookie);
        if (has_mask)
            of_put_u64(b, cookie->mask);
    }
    size = b->size - start;
    of_pad_to_8(b, start);
    return size;
}

static void write_oxm(enum of_version version, struct of_buffer *b,
                      const struct flow_match *m)
{
    size_t start = b->size;

    of_put_u16(b, MATCH_OXM);
    of_put_u16(b, 0);
    put_fields(b, version, m);
    of_set_u16(b, start + 2, (uint16_t)(b->size - start));
    of_pad_to_8(b, start);
}

/* Its length counts the header but not the padding, which is there so that all
 * of it is a multiple of 8. */
static enum flow_error read_oxm(struct reader *r, size_t length,
                                struct flow_match *m)
{
    struct reader fields;

    if (length < MATCH_HEADER_SIZE)
        return FLOW_BAD_MATCH_LENGTH;
    fields = read_slice(r, length - MATCH_HEADER_SIZE);
    read_bytes(r, padding_to_8(length));
    return r->bad ? FLOW_BAD_MATCH_LENGTH : read_list(&fields, m, NULL);
}

enum flow_error of_match_read(enum of_version version, struct reader *r,
                              struct flow_match *m)
{
    uint16_t type, length;

    if (version == OF10)
        return of_match10_read(r, m, NULL);
    type = read_u16(r);
    length = read_u16(r);
    if (r->bad)
        return FLOW_BAD_MATCH_LENGTH;
    switch (type) {
    case MATCH_STANDARD:
        return length == OF_MATCH11_SIZE ? of_match11_read(r, m)
                                         : FLOW_BAD_MATCH_LENGTH;
    case MATCH_OXM:
        return read_oxm(r, length, m);
    default:
        return FLOW_BAD_MATCH_TYPE;
    }
}

/* 1.1's match says itself what it is, so that there may be another kind where
 * its own has no room.  False, and nothing is written: it has none. */
static bool write_11(struct of_buffer *b, const struct flow_match *m)
{
    size_t start = b->size;
    struct flow_match said;
    struct reader r;

    of_put_u16(b, MATCH_STANDARD);
    of_put_u16(b, OF_MATCH11_SIZE);
    of_match11_write(b, m);
    if (b->is_bad)
        return true;
    r = reader_over(b->data + start, b->size - start);
    if (!of_match_read(OF11, &r, &said) && match_is_equal(m, &said))
        return true;
    b->size = start;
    return false;
}

void of_match_write(enum of_version version, struct of_buffer *b,
                    const struct flow_match *m)
{
    if (version == OF10) {
        of_match10_write(b, m, false);
    } else if (version != OF11 || !write_11(b, m)) {
        write_oxm(version, b, m);
    }
}
