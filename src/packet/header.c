/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/header.h"

#include "packet/ipv6.h"
#include "packet/parse.h"
#include "packet/wire.h"

enum { TYPE_AT = 2 * ETH_ALEN };

bool header_is_tagged(const struct frame *f)
{
    return f->size >= FRAME_HEADER_SIZE + VLAN_TAG_SIZE &&
           ethertype_is_vlan(wire_get16(f->data + TYPE_AT));
}

uint32_t header_ethertype_at(const struct frame *f)
{
    uint32_t at = TYPE_AT;

    if (header_is_tagged(f))
        at += VLAN_TAG_SIZE;
    if (wire_get16(f->data + at) < ETHERTYPE_MIN &&
        f->size >= at + 2 + SNAP_SIZE && wire_is_snap(f->data + at + 2))
        at += SNAP_SIZE;
    return at;
}

uint32_t header_mpls_at(const struct frame *f)
{
    uint32_t at = header_ethertype_at(f);

    if (!ethertype_is_mpls(wire_get16(f->data + at)) ||
        f->size < at + 2 + MPLS_LABEL_SIZE)
        return FRAME_NO_OFFSET;
    return at + 2;
}

uint32_t header_pbb_at(const struct frame *f)
{
    uint32_t at = header_ethertype_at(f);

    if (wire_get16(f->data + at) != ETH_P_8021AH ||
        f->size < at + 2 + PBB_TAG_SIZE)
        return FRAME_NO_OFFSET;
    return at + 2;
}

unsigned int header_ip_version(const struct frame *f)
{
    unsigned int version;

    if (f->l3 == FRAME_NO_OFFSET)
        return 0;
    version = f->data[f->l3] >> 4;
    return version == 4 || version == 6 ? version : 0;
}

uint32_t header_ip_end(const struct frame *f)
{
    const uint8_t *ip = f->data + f->l3;

    return header_ip_version(f) == 4
               ? f->l3 + wire_get16(ip + 2)
               : f->l3 + (uint32_t)IPV6_SIZE + wire_get16(ip + 4);
}

uint8_t header_ip_proto(const struct frame *f)
{
    const uint8_t *ip = f->data + f->l3;

    if (header_ip_version(f) == 4)
        return ip[9];
    if (f->l4 == f->l3 + IPV6_SIZE)
        return ip[6];
    return ipv6_walk(ip, header_ip_end(f) - f->l3).proto;
}

uint8_t header_ip_dscp(const struct frame *f)
{
    unsigned int version = header_ip_version(f);
    const uint8_t *ip = f->data + f->l3;

    /* One behind a second tag is not looked at. */
    if (!version || f->l3 != header_ethertype_at(f) + 2)
        return 0;
    return version == 4 ? ip[1] >> 2 : wire_get16(ip) >> 6 & 0x3f;
}

void header_locate(struct frame *f)
{
    struct flow_key key;

    frame_parse(f, 0, &key);
}
