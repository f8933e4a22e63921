/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/edit_field.h"

#include <netinet/in.h>

#include "packet/header.h"
#include "packet/ipv6.h"
#include "packet/rewrite.h"
#include "packet/wire.h"

enum {
    ND_SOLICITATION = 135,
    ND_ADVERTISEMENT = 136,
    ND_OPTION_UNIT = 8,
    ND_OPTION_SOURCE = 1,
    ND_OPTION_TARGET = 2,
};

/*
 * Where a field stands: 'base' finds the header, the rest says where in it.  A
 * number of up to four bytes may be some bits of these, 'shift' from the right.
 */
struct spot {
    uint32_t (*base)(const struct frame *f, const struct spot *spot);
    uint8_t offset, size;
    uint8_t shift, bits;     /* bits 0: all bytes, as they are */
    uint8_t proto;           /* for what is over IP */
    uint8_t sums;            /* enum rewrite_sums */
    bool moves;              /* l3 and l4 hang on it */
    uint8_t nd_type, option; /* for options of neighbour discovery */
};

/* Finders of offsets; FRAME_NO_OFFSET says that there is no such header. */
static uint32_t at_start(const struct frame *f, const struct spot *spot)
{
    (void)f;
    return spot->offset;
}

static uint32_t at_ethertype(const struct frame *f, const struct spot *spot)
{
    return header_ethertype_at(f) + spot->offset;
}

static uint32_t at_vlan(const struct frame *f, const struct spot *spot)
{
    if (!header_is_tagged(f))
        return FRAME_NO_OFFSET;
    return FRAME_HEADER_SIZE + spot->offset;
}

static uint32_t at_mpls(const struct frame *f, const struct spot *spot)
{
    uint32_t at = header_mpls_at(f);

    return at == FRAME_NO_OFFSET ? at : at + spot->offset;
}

static uint32_t at_pbb(const struct frame *f, const struct spot *spot)
{
    uint32_t at = header_pbb_at(f);

    return at == FRAME_NO_OFFSET ? at : at + spot->offset;
}

static uint32_t at_ipv4(const struct frame *f, const struct spot *spot)
{
    return header_ip_version(f) == 4 ? (uint32_t)f->l3 + spot->offset
                                     : FRAME_NO_OFFSET;
}

static uint32_t at_ipv6(const struct frame *f, const struct spot *spot)
{
    return header_ip_version(f) == 6 ? (uint32_t)f->l3 + spot->offset
                                     : FRAME_NO_OFFSET;
}

/* The destination, if it is not the last one: that one is in a routing header,
 * and is what the pseudo-header has (RFC 8200 8.1). */
static uint32_t at_next_stop(const struct frame *f, const struct spot *spot)
{
    uint32_t at = at_ipv6(f, spot);

    if (at == FRAME_NO_OFFSET ||
        !ipv6_walk(f->data + f->l3, header_ip_end(f) - f->l3).has_route)
        return FRAME_NO_OFFSET;
    return at;
}

/* The byte that names what is behind all extension headers. */
static uint32_t at_ipv6_proto(const struct frame *f, const struct spot *spot)
{
    struct ipv6_end end;

    (void)spot;
    if (header_ip_version(f) != 6)
        return FRAME_NO_OFFSET;
    end = ipv6_walk(f->data + f->l3, header_ip_end(f) - f->l3);
    return end.is_bad ? FRAME_NO_OFFSET : f->l3 + end.proto_at;
}

static uint32_t at_arp(const struct frame *f, const struct spot *spot)
{
    return f->l3 != FRAME_NO_OFFSET && header_ip_version(f) == 0
               ? (uint32_t)f->l3 + spot->offset
               : FRAME_NO_OFFSET;
}

/* A parser has seen its whole header, or there is no l4. */
static uint32_t at_transport(const struct frame *f, const struct spot *spot)
{
    if (f->l4 == FRAME_NO_OFFSET || header_ip_version(f) == 0 ||
        header_ip_proto(f) != spot->proto)
        return FRAME_NO_OFFSET;
    return (uint32_t)f->l4 + spot->offset;
}

/* Each version of IP has its own. */
static uint32_t at_icmp(const struct frame *f, const struct spot *spot)
{
    if (header_ip_version(f) != (spot->proto == IPPROTO_ICMP ? 4 : 6))
        return FRAME_NO_OFFSET;
    return at_transport(f, spot);
}

static uint32_t at_nd(const struct frame *f, const struct spot *spot)
{
    uint32_t at = at_icmp(f, spot);
    const uint8_t *nd;

    if (at == FRAME_NO_OFFSET || (uint32_t)f->l4 + ND_SIZE > header_ip_end(f))
        return FRAME_NO_OFFSET;
    nd = f->data + f->l4;
    if (nd[1] != 0)
        return FRAME_NO_OFFSET;
    if (spot->nd_type ? nd[0] != spot->nd_type
                      : nd[0] != ND_SOLICITATION && nd[0] != ND_ADVERTISEMENT)
        return FRAME_NO_OFFSET;
    return at;
}

/* The address in the first option of the wanted sort. */
static uint32_t at_nd_option(const struct frame *f, const struct spot *spot)
{
    uint32_t at, end;

    if (at_nd(f, spot) == FRAME_NO_OFFSET)
        return FRAME_NO_OFFSET;
    end = header_ip_end(f);
    for (at = f->l4 + ND_SIZE; end - at >= ND_OPTION_UNIT;) {
        uint32_t length = f->data[at + 1] * (uint32_t)ND_OPTION_UNIT;

        if (length == 0 || length > end - at)
            break;
        if (f->data[at] == spot->option && length == ND_OPTION_UNIT)
            return at + spot->offset;
        at += length;
    }
    return FRAME_NO_OFFSET;
}

#define BYTES(find, at, count, ...)                                            \
    {                                                                          \
        .base = (find), .offset = (at), .size = (count), __VA_ARGS__           \
    }
#define BITS(find, at, count, wide, from, ...)                                 \
    {                                                                          \
        .base = (find), .offset = (at), .size = (count), .bits = (wide),       \
        .shift = (from), __VA_ARGS__                                           \
    }
#define L4(of, at, count)                                                      \
    {                                                                          \
        .base = at_transport, .offset = (at), .size = (count), .proto = (of),  \
        .sums = SUM_L4                                                         \
    }
#define ICMP(of, at)                                                           \
    {                                                                          \
        .base = at_icmp, .offset = (at), .size = 1, .proto = (of),             \
        .sums = SUM_L4                                                         \
    }
#define ND(find, at, count, ...)                                               \
    {                                                                          \
        .base = (find), .offset = (at), .size = (count),                       \
        .proto = IPPROTO_ICMPV6, .sums = SUM_L4, __VA_ARGS__                   \
    }

/*
 * One row a field, with two spots where version 4 and 6 of IP differ.  RFC 791,
 * 8200, 826, 4861, 3032, 9260 and IEEE 802.1Q-2018 9.6, 9.7.
 */
/* clang-format off */
static const struct spot spots[FIELD_ALL_COUNT][2] = {
    [FIELD_ETH_DST]    = {BYTES(at_start, 0, 6)},
    [FIELD_ETH_SRC]    = {BYTES(at_start, 6, 6)},
    [FIELD_ETH_TYPE]   = {BYTES(at_ethertype, 0, 2, .moves = true)},
    [FIELD_VLAN_VID]   = {BITS(at_vlan, 0, 2, 12, 0)},
    [FIELD_VLAN_PCP]   = {BITS(at_vlan, 0, 2, 3, 13)},
    [FIELD_MPLS_LABEL] = {BITS(at_mpls, 0, 4, 20, 12)},
    [FIELD_MPLS_TC]    = {BITS(at_mpls, 0, 4, 3, 9)},
    [FIELD_MPLS_BOS]   = {BITS(at_mpls, 0, 4, 1, 8)},
    [FIELD_MPLS_TTL]   = {BYTES(at_mpls, 3, 1)},
    [FIELD_PBB_ISID]   = {BYTES(at_pbb, 1, 3)},
    [FIELD_PBB_UCA]    = {BITS(at_pbb, 0, 1, 1, 3)},

    [FIELD_IP_DSCP]     = {BITS(at_ipv4, 1, 1, 6, 2, .sums = SUM_IP),
                           BITS(at_ipv6, 0, 2, 6, 6)},
    [FIELD_IP_ECN]      = {BITS(at_ipv4, 1, 1, 2, 0, .sums = SUM_IP),
                           BITS(at_ipv6, 0, 2, 2, 4)},
    [FIELD_IP_TTL]      = {BYTES(at_ipv4, 8, 1, .sums = SUM_IP),
                           BYTES(at_ipv6, 7, 1)},
    [FIELD_IP_PROTO]    = {BYTES(at_ipv4, 9, 1, .sums = SUM_IP | SUM_PSEUDO,
                                 .moves = true),
                           BYTES(at_ipv6_proto, 0, 1, .sums = SUM_PSEUDO,
                                 .moves = true)},
    [FIELD_IPV4_SRC]    = {BYTES(at_ipv4, 12, 4, .sums = SUM_IP | SUM_PSEUDO)},
    [FIELD_IPV4_DST]    = {BYTES(at_ipv4, 16, 4, .sums = SUM_IP | SUM_PSEUDO)},
    [FIELD_IPV6_SRC]    = {BYTES(at_ipv6, 8, 16, .sums = SUM_PSEUDO)},
    [FIELD_IPV6_DST]    = {BYTES(at_next_stop, 24, 16),
                           BYTES(at_ipv6, 24, 16, .sums = SUM_PSEUDO)},
    [FIELD_IPV6_FLABEL] = {BITS(at_ipv6, 0, 4, 20, 0)},

    [FIELD_TCP_SRC]        = {L4(IPPROTO_TCP, 0, 2)},
    [FIELD_TCP_DST]        = {L4(IPPROTO_TCP, 2, 2)},
    [FIELD_UDP_SRC]        = {L4(IPPROTO_UDP, 0, 2)},
    [FIELD_UDP_DST]        = {L4(IPPROTO_UDP, 2, 2)},
    [FIELD_SCTP_SRC]       = {L4(IPPROTO_SCTP, 0, 2)},
    [FIELD_SCTP_DST]       = {L4(IPPROTO_SCTP, 2, 2)},
    [FIELD_ICMPV4_TYPE]    = {ICMP(IPPROTO_ICMP, 0)},
    [FIELD_ICMPV4_CODE]    = {ICMP(IPPROTO_ICMP, 1)},
    [FIELD_ICMPV6_TYPE]    = {ICMP(IPPROTO_ICMPV6, 0)},
    [FIELD_ICMPV6_CODE]    = {ICMP(IPPROTO_ICMPV6, 1)},
    [FIELD_IPV6_ND_TARGET] = {ND(at_nd, 8, 16)},
    [FIELD_IPV6_ND_SLL]    = {ND(at_nd_option, 2, 6,
                                 .nd_type = ND_SOLICITATION,
                                 .option = ND_OPTION_SOURCE)},
    [FIELD_IPV6_ND_TLL]    = {ND(at_nd_option, 2, 6,
                                 .nd_type = ND_ADVERTISEMENT,
                                 .option = ND_OPTION_TARGET)},

    [FIELD_ARP_OP]  = {BYTES(at_arp, 6, 2)},
    [FIELD_ARP_SHA] = {BYTES(at_arp, 8, 6)},
    [FIELD_ARP_SPA] = {BYTES(at_arp, 14, 4)},
    [FIELD_ARP_THA] = {BYTES(at_arp, 18, 6)},
    [FIELD_ARP_TPA] = {BYTES(at_arp, 24, 4)},
};
/* clang-format on */

static uint32_t number(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* What the bytes at 'old' become. */
static void mix(const struct spot *spot, const uint8_t *old,
                const uint8_t *value, const uint8_t *mask, uint8_t *fresh)
{
    for (uint32_t i = 0; i < spot->size; i++)
        fresh[i] = (uint8_t)((old[i] & ~mask[i]) | (value[i] & mask[i]));
}

/* The same where the field, of 'size' bytes in a key, is part of a number. */
static void mix_bits(const struct spot *spot, const uint8_t *old,
                     const uint8_t *value, const uint8_t *mask, uint32_t size,
                     uint8_t *fresh)
{
    uint32_t bits = number(mask, size) & ((1u << spot->bits) - 1);
    uint32_t result = number(old, spot->size);

    result &= ~(bits << spot->shift);
    result |= (number(value, size) & bits) << spot->shift;
    for (uint32_t i = spot->size; i > 0; i--, result >>= 8)
        fresh[i - 1] = (uint8_t)result;
}

enum edit_result edit_field_set(struct frame *f, enum field_id id,
                                const uint8_t *value, const uint8_t *mask)
{
    static const uint8_t all[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff};
    const struct field *field = field_by_id(id);
    const struct spot *spot = spots[id];
    uint8_t fresh[sizeof(all)];
    uint32_t at;

    if (!spot->base)
        return field->is_settable ? EDIT_DONE : EDIT_NOT_APPLICABLE;
    at = spot->base(f, spot);
    if (at == FRAME_NO_OFFSET && spots[id][1].base) {
        spot = &spots[id][1];
        at = spot->base(f, spot);
    }
    if (at == FRAME_NO_OFFSET)
        return EDIT_NOT_APPLICABLE;
    if (!mask)
        mask = all;
    if (spot->bits)
        mix_bits(spot, f->data + at, value, mask, field->size, fresh);
    else
        mix(spot, f->data + at, value, mask, fresh);
    rewrite(f, at, fresh, spot->size, spot->sums);
    if (spot->moves)
        header_locate(f);
    return EDIT_DONE;
}
