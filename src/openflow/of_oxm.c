/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_oxm.h"

#include <string.h>

#include "flow/port_no.h"
#include "openflow/of.h"
#include "openflow/of_port_number.h"

enum {
    CLASS_NXM_0 = 0x0000,
    CLASS_NXM_1 = 0x0001,
    CLASS_BASIC = 0x8000,
    CLASS_EXPERIMENTER = 0xffff,

    NXM_VLAN_TCI = CLASS_NXM_0 << 16 | 4 << 9,
    NXM_COOKIE = CLASS_NXM_1 << 16 | 30 << 9,

    MASK_BIT = 1 << 8,
    EXPERIMENTER_ID_SIZE = 4,
    TOS_SHIFT = 2,
    VID_BITS = 13, /* with the bit that says that there is a tag */
    PLAIN_VID_BITS = 12,
    PCP_BITS = 3,
};

bool of_oxm_is_onf(const struct field *f)
{
    return f->id == FIELD_TCP_FLAGS || f->id == FIELD_ACTSET_OUTPUT;
}

static const struct field *field_of_onf(uint32_t header)
{
    unsigned number = header >> 9 & 0x7f;
    const struct field *f =
        field_by_header((uint32_t)CLASS_BASIC << 16 | number << 9);

    return f && of_oxm_is_onf(f) ? f : NULL;
}

/* Fills in a header whose class is not an experimenter's. */
static void look_up(struct of_oxm *o, uint32_t header)
{
    uint32_t type = header & ~0x1ffu;
    unsigned size = o->has_mask ? o->length / 2u : o->length;

    o->field = field_by_header(type);
    o->form = o->field ? OXM_PLAIN : OXM_UNKNOWN;
    o->size = o->field ? o->field->size : 0;
    if (type == NXM_VLAN_TCI) {
        o->form = OXM_TCI;
        o->size = 2;
    } else if (type == NXM_COOKIE && size == 8) {
        /* MPLS_TTL has the same number and one byte. */
        o->form = OXM_COOKIE;
        o->size = 8;
        o->field = NULL;
    } else if (o->field && type == (o->field->nxm & ~0x1ffu)) {
        o->size = o->field->nxm & 0xff;
        if (o->field->id == FIELD_IN_PORT)
            o->form = OXM_PORT16;
        else if (o->field->id == FIELD_IP_DSCP)
            o->form = OXM_TOS;
    }
}

struct of_oxm of_oxm_read_header(struct reader *r)
{
    uint32_t header = read_u32(r);
    struct of_oxm o = {.has_mask = (header & MASK_BIT) != 0,
                       .length = header & 0xff};

    if (header >> 16 != CLASS_EXPERIMENTER) {
        look_up(&o, header);
        return o;
    }
    if (o.length < EXPERIMENTER_ID_SIZE) {
        reader_fail(r);
        return o;
    }
    o.length = (uint8_t)(o.length - EXPERIMENTER_ID_SIZE);
    if (read_u32(r) == OF_VENDOR_ONF)
        o.field = field_of_onf(header);
    if (o.field) {
        o.form = OXM_PLAIN;
        o.size = o.field->size;
    }
    return o;
}

bool of_oxm_fits(const struct of_oxm *o)
{
    return o->length == (o->has_mask ? 2 * o->size : o->size);
}

/* NXM's header; 0 if it has none.  The parts of a VLAN tag are one field. */
static uint32_t nxm_of(const struct field *f)
{
    if (f->id == FIELD_VLAN_VID || f->id == FIELD_VLAN_PCP)
        return NXM_VLAN_TCI | 2;
    return f->nxm;
}

/* How a version writes a field. */
enum way { IN_NXM, IN_OXM, IN_ONF };

static enum way way_of(enum of_version version, const struct field *f)
{
    bool is_onf = of_oxm_is_onf(f);

    if (is_onf && version < OF15 && (version >= OF13 || !f->nxm))
        return IN_ONF;
    if (!nxm_of(f))
        return IN_OXM;
    if (!f->oxm || version < OF12)
        return IN_NXM;
    /* Standard only since then. */
    if ((is_onf && version < OF15) ||
        (f->id == FIELD_TUNNEL_ID && version < OF13))
        return IN_NXM;
    return IN_OXM;
}

void of_oxm_put_header(struct of_buffer *b, enum of_version version,
                       const struct field *f, bool has_mask)
{
    bool is_onf = way_of(version, f) == IN_ONF;
    uint32_t header = way_of(version, f) == IN_NXM ? nxm_of(f) : f->oxm;
    uint32_t length = header & 0xff;

    if (has_mask)
        length *= 2;
    if (is_onf) {
        header |= (uint32_t)CLASS_EXPERIMENTER << 16;
        length += EXPERIMENTER_ID_SIZE;
    }
    of_put_u32(b, (header & ~0x1ffu) | (has_mask ? MASK_BIT : 0) | length);
    if (is_onf)
        of_put_u32(b, OF_VENDOR_ONF);
}

void of_oxm_put_value(struct of_buffer *b, enum of_version version,
                      const struct field *f, const uint8_t *value)
{
    if (way_of(version, f) == IN_NXM && f->id == FIELD_IN_PORT) {
        struct reader r = reader_over(value, f->size);

        of_put_u16(b, of_port_number_to10(read_u32(&r)));
    } else {
        uint8_t copy[16];

        memcpy(copy, value, f->size);
        copy[0] = (uint8_t)(copy[0] << of_oxm_shift(version, f));
        of_put(b, copy, f->size);
    }
}

bool of_oxm_find_bits(const struct of_oxm *o, unsigned start, unsigned count,
                      struct of_oxm_bits *bits)
{
    unsigned from = 0, to = o->field ? o->field->bits : 0; /* on the wire */
    unsigned end = to;
    const struct field *f = o->field;

    switch (o->form) {
    case OXM_PLAIN:
        /* Whether there is a tag is no number to load or to copy, as in Open
         * vSwitch; NXM's tag has it. */
        if (f && f->id == FIELD_VLAN_VID)
            end = to = PLAIN_VID_BITS;
        break;
    case OXM_PORT16:
        end = to = 16;
        break;
    case OXM_TOS:
        from = TOS_SHIFT;
        end = to += TOS_SHIFT;
        break;
    case OXM_TCI:
        from = start < VID_BITS ? 0 : VID_BITS;
        end = VID_BITS + PCP_BITS;
        to = start < VID_BITS ? VID_BITS : end;
        f = field_by_id(start < VID_BITS ? FIELD_VLAN_VID : FIELD_VLAN_PCP);
        break;
    case OXM_COOKIE:
    case OXM_UNKNOWN:
        return false;
    }
    if (!count || start < from || count > end || start > end - count)
        return false;
    *bits = (struct of_oxm_bits){f, start - from, count};
    if (count > to - start)
        bits->count = to - start;
    return true;
}

unsigned of_oxm_shift(enum of_version version, const struct field *f)
{
    if (way_of(version, f) != IN_NXM)
        return 0;
    if (f->id == FIELD_VLAN_PCP)
        return VID_BITS;
    return f->id == FIELD_IP_DSCP ? TOS_SHIFT : 0;
}
