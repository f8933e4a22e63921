/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/edit.h"

#include <netinet/in.h>

#include "packet/checksum.h"
#include "packet/header.h"
#include "packet/rewrite.h"
#include "packet/wire.h"

enum {
    TYPE_AT = 2 * ETH_ALEN,
    VLAN_PCP_SHIFT = 13,
    VLAN_VID_AND_PCP = 0xefff, /* all of a tag but drop-eligible */
    MPLS_BOTTOM = 1 << 8,
    MPLS_TTL_AT = 3,
    PBB_SIZE = 2 + PBB_TAG_SIZE + 2 * ETH_ALEN, /* type, tag, addresses */
    PBB_PCP_SHIFT = 5,
};

static uint16_t tag_of(const struct frame *f)
{
    return header_is_tagged(f) ? wire_get16(f->data + FRAME_HEADER_SIZE) : 0;
}

static enum edit_result push_vlan(struct frame *f, const struct flow_action *a)
{
    if (!ethertype_is_vlan(a->ethertype))
        return EDIT_NOT_APPLICABLE;
    return frame_push_vlan(f, (uint16_t)a->ethertype,
                           tag_of(f) & VLAN_VID_AND_PCP)
               ? EDIT_DONE
               : EDIT_NO_ROOM;
}

static enum edit_result pop_vlan(struct frame *f, const struct flow_action *a)
{
    (void)a;
    if (!header_is_tagged(f))
        return EDIT_NOT_APPLICABLE;
    frame_pop_vlan(f);
    if (f->l3 == FRAME_NO_OFFSET)
        header_locate(f);
    return EDIT_DONE;
}

static enum edit_result strip_vlan(struct frame *f, const struct flow_action *a)
{
    return header_is_tagged(f) ? pop_vlan(f, a) : EDIT_DONE;
}

static enum edit_result set_tag(struct frame *f, enum field_id id,
                                uint32_t value)
{
    uint8_t bytes[2];

    if (!header_is_tagged(f) && !frame_push_vlan(f, ETH_P_8021Q, 0))
        return EDIT_NO_ROOM;
    wire_put16(bytes, (uint16_t)value);
    return edit_field_set(f, id, bytes + sizeof(bytes) - field_by_id(id)->size,
                          NULL);
}

static enum edit_result mod_vlan_vid(struct frame *f,
                                     const struct flow_action *a)
{
    return set_tag(f, FIELD_VLAN_VID, a->vlan_vid);
}

static enum edit_result mod_vlan_pcp(struct frame *f,
                                     const struct flow_action *a)
{
    return set_tag(f, FIELD_VLAN_PCP, a->vlan_pcp);
}

/* An 802.3 frame says how much follows; SNAP can have labels behind it. */
static void change_length(struct frame *f, uint32_t ethertype_at, int by)
{
    uint8_t *length = f->data + ethertype_at - SNAP_SIZE;

    if (ethertype_at >= TYPE_AT + SNAP_SIZE)
        wire_put16(length, (uint16_t)(wire_get16(length) + by));
}

/* The first label over a packet that has none: only the TTL comes from it. */
static uint32_t first_label(const struct frame *f)
{
    unsigned int version = header_ip_version(f);
    uint8_t ttl = 0;

    if (version != 0)
        ttl = f->data[f->l3 + (version == 4 ? 8 : 7)];
    return MPLS_BOTTOM | ttl;
}

static enum edit_result push_mpls(struct frame *f, const struct flow_action *a)
{
    uint32_t at = header_ethertype_at(f), label_at = header_mpls_at(f), label;

    if (!ethertype_is_mpls(a->ethertype))
        return EDIT_NOT_APPLICABLE;
    label = label_at != FRAME_NO_OFFSET
                ? wire_get32(f->data + label_at) & ~(uint32_t)MPLS_BOTTOM
                : first_label(f);
    if (!frame_insert(f, (uint16_t)(at + 2), MPLS_LABEL_SIZE))
        return EDIT_NO_ROOM;
    wire_put16(f->data + at, (uint16_t)a->ethertype);
    wire_put32(f->data + at + 2, label);
    change_length(f, at, MPLS_LABEL_SIZE);
    f->l3 = f->l4 = FRAME_NO_OFFSET;
    return EDIT_DONE;
}

static enum edit_result pop_mpls(struct frame *f, const struct flow_action *a)
{
    uint32_t at = header_ethertype_at(f);

    if (header_mpls_at(f) == FRAME_NO_OFFSET)
        return EDIT_NOT_APPLICABLE;
    frame_remove(f, (uint16_t)(at + 2), MPLS_LABEL_SIZE);
    wire_put16(f->data + at, (uint16_t)a->ethertype);
    change_length(f, at, -MPLS_LABEL_SIZE);
    header_locate(f);
    return EDIT_DONE;
}

static enum edit_result push_pbb(struct frame *f, const struct flow_action *a)
{
    uint32_t tag_at = header_pbb_at(f);
    uint32_t isid =
        tag_at != FRAME_NO_OFFSET ? wire_get32(f->data + tag_at) & 0xffffff : 0;
    uint32_t pcp = tag_of(f) >> VLAN_PCP_SHIFT;
    uint8_t *tag;

    if (!ethertype_is_pbb(a->ethertype))
        return EDIT_NOT_APPLICABLE;
    if (!frame_insert(f, TYPE_AT, PBB_SIZE))
        return EDIT_NO_ROOM;
    wire_put16(f->data + TYPE_AT, ETH_P_8021AH);
    tag = f->data + FRAME_HEADER_SIZE;
    wire_put32(tag, pcp << PBB_PCP_SHIFT << 24 | isid);
    memcpy(tag + PBB_TAG_SIZE, f->data, (size_t)2 * ETH_ALEN);
    f->l3 = f->l4 = FRAME_NO_OFFSET;
    return EDIT_DONE;
}

static enum edit_result pop_pbb(struct frame *f, const struct flow_action *a)
{
    uint32_t at = header_ethertype_at(f);

    (void)a;
    if (header_pbb_at(f) == FRAME_NO_OFFSET || f->size < at + PBB_SIZE + 2)
        return EDIT_NOT_APPLICABLE;
    memcpy(f->data, f->data + at + 2 + PBB_TAG_SIZE, (size_t)2 * ETH_ALEN);
    frame_remove(f, (uint16_t)at, PBB_SIZE);
    header_locate(f);
    return EDIT_DONE;
}

/* A time to live, and where its checksum is; 0 if it has none. */
struct ttl {
    uint32_t at, sum_at;
};

static bool ttl_of_ip(const struct frame *f, uint32_t ip, struct ttl *ttl)
{
    if (ip + IPV4_SIZE <= f->size && f->data[ip] >> 4 == 4)
        *ttl = (struct ttl){.at = ip + 8, .sum_at = ip + 10};
    else if (ip + IPV6_SIZE <= f->size && f->data[ip] >> 4 == 6)
        *ttl = (struct ttl){.at = ip + 7};
    else
        return false;
    return true;
}

static bool outer_ttl(const struct frame *f, struct ttl *ttl)
{
    uint32_t label_at = header_mpls_at(f);

    if (label_at != FRAME_NO_OFFSET) {
        *ttl = (struct ttl){.at = label_at + MPLS_TTL_AT};
        return true;
    }
    return header_ip_version(f) != 0 && ttl_of_ip(f, f->l3, ttl);
}

/* Of the label or the IP header right under the outermost one. */
static bool inner_ttl(const struct frame *f, struct ttl *ttl)
{
    uint32_t label_at = header_mpls_at(f);
    uint8_t proto;

    if (label_at != FRAME_NO_OFFSET) {
        uint32_t next = label_at + MPLS_LABEL_SIZE;

        if (wire_get32(f->data + label_at) & MPLS_BOTTOM)
            return ttl_of_ip(f, next, ttl);
        *ttl = (struct ttl){.at = next + MPLS_TTL_AT};
        return next + MPLS_LABEL_SIZE <= f->size;
    }
    if (header_ip_version(f) == 0 || f->l4 == FRAME_NO_OFFSET)
        return false;
    proto = header_ip_proto(f);
    return (proto == IPPROTO_IPIP || proto == IPPROTO_IPV6) &&
           ttl_of_ip(f, f->l4, ttl);
}

static void write_ttl(struct frame *f, const struct ttl *ttl, uint8_t value)
{
    if (ttl->sum_at) {
        uint8_t *field = f->data + ttl->sum_at;
        uint16_t sum = checksum_replace(wire_raw16(field), f->data + ttl->at,
                                        &value, 1, false);

        memcpy(field, &sum, sizeof(sum));
    }
    f->data[ttl->at] = value;
}

static enum edit_result decrement(struct frame *f, const struct ttl *ttl)
{
    uint8_t value = f->data[ttl->at];

    if (value <= 1)
        return EDIT_TTL_EXPIRED;
    write_ttl(f, ttl, value - 1);
    return EDIT_DONE;
}

static enum edit_result set_mpls_ttl(struct frame *f,
                                     const struct flow_action *a)
{
    struct ttl ttl;

    if (header_mpls_at(f) == FRAME_NO_OFFSET || !outer_ttl(f, &ttl))
        return EDIT_NOT_APPLICABLE;
    write_ttl(f, &ttl, (uint8_t)a->ttl);
    return EDIT_DONE;
}

static enum edit_result dec_mpls_ttl(struct frame *f,
                                     const struct flow_action *a)
{
    struct ttl ttl;

    (void)a;
    if (header_mpls_at(f) == FRAME_NO_OFFSET || !outer_ttl(f, &ttl))
        return EDIT_NOT_APPLICABLE;
    return decrement(f, &ttl);
}

static enum edit_result mod_nw_ttl(struct frame *f, const struct flow_action *a)
{
    struct ttl ttl;

    if (header_ip_version(f) == 0 || !ttl_of_ip(f, f->l3, &ttl))
        return EDIT_NOT_APPLICABLE;
    write_ttl(f, &ttl, (uint8_t)a->ttl);
    return EDIT_DONE;
}

static enum edit_result dec_ttl(struct frame *f, const struct flow_action *a)
{
    struct ttl ttl;

    (void)a;
    if (header_ip_version(f) == 0 || !ttl_of_ip(f, f->l3, &ttl))
        return EDIT_NOT_APPLICABLE;
    return decrement(f, &ttl);
}

static enum edit_result copy_ttl_out(struct frame *f,
                                     const struct flow_action *a)
{
    struct ttl outer, inner;

    (void)a;
    if (!outer_ttl(f, &outer) || !inner_ttl(f, &inner))
        return EDIT_NOT_APPLICABLE;
    write_ttl(f, &outer, f->data[inner.at]);
    return EDIT_DONE;
}

static enum edit_result copy_ttl_in(struct frame *f,
                                    const struct flow_action *a)
{
    struct ttl outer, inner;

    (void)a;
    if (!outer_ttl(f, &outer) || !inner_ttl(f, &inner))
        return EDIT_NOT_APPLICABLE;
    write_ttl(f, &inner, f->data[outer.at]);
    return EDIT_DONE;
}

static enum edit_result set_field(struct frame *f, const struct flow_action *a)
{
    return edit_field_set(f, (enum field_id)a->field, action_value(a),
                          a->extra > 1 ? action_mask(a) : NULL);
}

#define EDIT(type, word, ...) [ACTION_##type] = word,

enum edit_result edit_apply(struct frame *f, const struct flow_action *a)
{
    static enum edit_result (*const edits[ACTION_TYPE_COUNT])(
        struct frame *,
        const struct flow_action *) = {ACTIONS(EDIT, ACTION_ELSEWHERE)};

    return edits[a->type] ? edits[a->type](f, a) : EDIT_NOT_APPLICABLE;
}
