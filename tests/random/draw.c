/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/draw.h"

#include <string.h>

uint64_t draw_mac(struct dice *d)
{
    return 0x020000000001 + dice_below(d, DRAW_HOSTS);
}

static uint64_t draw_destination(struct dice *d)
{
    static const uint64_t others[] = {
        0xffffffffffff, 0x01005e000001, 0x0180c2000000, 0x0180c200000e,
        0x01000ccccccd, 0x01000cccccc8, 0x00e02b000004, 0x00e02b000005,
    };

    return dice_percent(d, 80) ? draw_mac(d) : PICK(d, others);
}

uint16_t draw_vid(struct dice *d)
{
    static const uint16_t vids[] = {10, 10, 20, 20, 30, 0};

    return PICK(d, vids);
}

uint64_t draw_address(struct dice *d, uint16_t type)
{
    return (type == TYPE_IPV6 ? 1 : 0x0a000001) + dice_below(d, 4);
}

uint8_t draw_dscp(struct dice *d)
{
    static const uint8_t dscps[] = {0, 10, 12, 46};

    return PICK(d, dscps);
}

static uint8_t draw_proto(struct dice *d, uint16_t type)
{
    uint32_t kind = dice_below(d, 100);

    if (kind < 40)
        return PROTO_UDP;
    if (kind < 65)
        return PROTO_TCP;
    return type == TYPE_IPV6 ? PROTO_ICMPV6 : PROTO_ICMP;
}

static void draw_tags(struct dice *d, struct packet *p)
{
    uint32_t kind = dice_below(d, 10);

    p->tag_count = kind < 5 ? 0 : kind < 9 ? 1 : 2;
    for (unsigned int i = 0; i < p->tag_count; i++) {
        p->tags[i].tpid = dice_percent(d, 80) ? TYPE_VLAN : 0x88a8;
        p->tags[i].tci = (uint16_t)(draw_vid(d) | dice_below(d, 3) << 14);
    }
}

/* Neighbours that look for each other. */
static void draw_neighbour(struct dice *d, struct packet *p)
{
    bool is_solicitation = dice_percent(d, 50);

    p->has_nd = true;
    p->tp_src = is_solicitation ? ND_SOLICITATION : ND_ADVERTISEMENT;
    p->tp_dst = 0;
    p->nd_target = 1 + dice_below(d, 4);
    if (dice_percent(d, 80))
        *(is_solicitation ? &p->sender : &p->target) = draw_mac(d);
}

static void draw_ip(struct dice *d, struct packet *p)
{
    static const uint8_t ttls[] = {64, 64, 64, 2, 1};

    p->dscp = p->shown_dscp = draw_dscp(d);
    p->ecn = (uint8_t)dice_below(d, 3);
    p->ttl = PICK(d, ttls);
    p->proto = draw_proto(d, p->type);
    p->tp_src = (uint16_t)(1 + dice_below(d, 3));
    p->tp_dst = (uint16_t)(1 + dice_below(d, 3));
    if (dice_percent(d, 15))
        p->piece = dice_percent(d, 50) ? PIECE_FIRST : PIECE_LATER;
    if (p->proto == PROTO_ICMPV6 && dice_percent(d, 80))
        draw_neighbour(d, p);
}

/* In the order that is preferred: others are not a switch's business. */
static void draw_extensions(struct dice *d, struct packet *p)
{
    static const uint8_t order[] = {EXTENSION_HOP, EXTENSION_DEST,
                                    EXTENSION_ROUTE};

    p->flow_label = dice_below(d, 3);
    if (dice_percent(d, 70))
        return;
    for (unsigned int i = 0; i < EXTENSIONS_MAX; i++)
        if (dice_percent(d, 40))
            p->extensions[p->extension_count++] = order[i];
}

static uint16_t draw_type(struct dice *d)
{
    uint32_t kind = dice_below(d, 100);

    return kind < 50   ? TYPE_IPV4
           : kind < 75 ? TYPE_IPV6
           : kind < 88 ? TYPE_ARP
                       : TYPE_OTHER;
}

struct packet draw_packet(struct dice *d)
{
    static const uint32_t extra[] = {0, 0, 4, 40};
    struct packet p = {
        .eth_dst = draw_destination(d),
        .eth_src = draw_mac(d),
        .type = draw_type(d),
        .number = (uint32_t)dice_next(d),
    };
    uint32_t needed;

    draw_tags(d, &p);
    p.ip_src = draw_address(d, p.type);
    p.ip_dst = draw_address(d, p.type);
    if (p.type == TYPE_IPV6)
        draw_extensions(d, &p);
    if (p.type == TYPE_IPV4 || p.type == TYPE_IPV6)
        draw_ip(d, &p);
    if (p.type == TYPE_ARP) {
        p.op = (uint16_t)(1 + dice_below(d, 2));
        p.sender = draw_mac(d);
        p.target = draw_mac(d);
    }
    needed = packet_needs(&p);
    p.size = (needed < 60 ? 60 : needed) + PICK(d, extra);
    return p;
}

struct packet draw_like(struct dice *d, const struct packet *p)
{
    struct packet like = *p, other = draw_packet(d);

    like.number = other.number;
    switch (dice_below(d, 14)) {
    case 0:
        like.eth_dst = other.eth_dst;
        break;
    case 1:
        like.eth_src = other.eth_src;
        break;
    case 2:
        if (like.tag_count)
            like.tags[0].tci = (uint16_t)(draw_vid(d) | dice_below(d, 3) << 14);
        break;
    case 3: /* with a tag or without */
        if (like.tag_count)
            packet_pop(&like);
        else
            packet_push(&like, TYPE_VLAN);
        break;
    case 4:
        like.dscp = like.shown_dscp = draw_dscp(d);
        break;
    case 5:
        like.ttl = (uint8_t)(1 + dice_below(d, 3));
        break;
    case 6:
        like.ip_dst = draw_address(d, like.type);
        like.tp_dst = (uint16_t)dice_below(d, 4);
        break;
    case 7:
        like.flow_label = dice_below(d, 3);
        like.op = (uint16_t)(1 + dice_below(d, 2));
        break;
    default:
        break;
    }
    return like;
}

uint32_t draw_port_number(struct dice *d)
{
    uint32_t n = dice_below(d, 14);

    return n < 6 ? 1 + n : n < 12 ? 5 + n : n == 12 ? OUT_LOCAL : 11;
}

static void want(struct pattern *p, enum model_field f, uint64_t value,
                 uint64_t mask)
{
    p->value[f] = value & mask;
    p->mask[f] = mask;
}

static uint64_t draw_mac_mask(struct dice *d, uint8_t version)
{
    static const uint64_t masks[] = {0x010000000000, 0xffffffffff00,
                                     0x000000000001};

    return version == 1 || dice_percent(d, 70) ? 0xffffffffffff
                                               : PICK(d, masks);
}

static uint64_t draw_ip_mask(struct dice *d)
{
    static const uint64_t masks[] = {0, 0, 1, 7};

    return ~PICK(d, masks);
}

/* Ports, or type and code. */
static void draw_ports(struct dice *d, struct pattern *p,
                       const uint64_t f[MF_COUNT], uint8_t version)
{
    uint64_t proto = f[MF_IP_PROTO];
    bool is_icmp = proto == PROTO_ICMP || proto == PROTO_ICMPV6;
    uint64_t all = is_icmp ? 0xff : 0xffff;
    bool has_nd;

    want(p, MF_IP_PROTO, proto, 0xff);
    if (proto == PROTO_FRAGMENT)
        return;
    if (dice_percent(d, 40))
        want(p, MF_TP_SRC, f[MF_TP_SRC], all);
    if (dice_percent(d, 40))
        want(p, MF_TP_DST, f[MF_TP_DST], all);
    has_nd = version != 1 && proto == PROTO_ICMPV6 && p->mask[MF_TP_SRC] &&
             f[MF_ND_TARGET];
    if (has_nd && dice_percent(d, 60))
        want(p, MF_ND_TARGET, f[MF_ND_TARGET], draw_ip_mask(d));
    if (has_nd && f[MF_ND_SOURCE] && dice_percent(d, 60))
        want(p, MF_ND_SOURCE, f[MF_ND_SOURCE], 0xffffffffffff);
    if (has_nd && f[MF_ND_LINK] && dice_percent(d, 60))
        want(p, MF_ND_LINK, f[MF_ND_LINK], 0xffffffffffff);
}

static void draw_arp(struct dice *d, struct pattern *p,
                     const uint64_t f[MF_COUNT], uint8_t version)
{
    if (dice_percent(d, 40))
        want(p, MF_ARP_OP, f[MF_ARP_OP], 0xffff);
    if (dice_percent(d, 30))
        want(p, MF_ARP_SPA, f[MF_ARP_SPA], 0xffffffff & draw_ip_mask(d));
    if (dice_percent(d, 30))
        want(p, MF_ARP_TPA, f[MF_ARP_TPA], 0xffffffff & draw_ip_mask(d));
    if (version != 1 && dice_percent(d, 20))
        want(p, MF_ARP_SHA, f[MF_ARP_SHA], draw_mac_mask(d, version));
    if (version != 1 && dice_percent(d, 20))
        want(p, MF_ARP_THA, f[MF_ARP_THA], draw_mac_mask(d, version));
}

static void draw_ipv6(struct dice *d, struct pattern *p,
                      const uint64_t f[MF_COUNT])
{
    static const uint64_t extensions[] = {0x1ff, 0x10, 0x40, 0x28};

    if (dice_percent(d, 30))
        want(p, MF_IP6_SRC, f[MF_IP6_SRC], draw_ip_mask(d));
    if (dice_percent(d, 30))
        want(p, MF_IP6_DST, f[MF_IP6_DST], draw_ip_mask(d));
    if (dice_percent(d, 15))
        want(p, MF_IP6_LABEL, f[MF_IP6_LABEL], 0xfffff);
    if (dice_percent(d, 20))
        want(p, MF_IP6_EXTENSIONS, f[MF_IP6_EXTENSIONS], PICK(d, extensions));
}

static void draw_layer_3(struct dice *d, struct pattern *p,
                         const uint64_t f[MF_COUNT], uint8_t version)
{
    uint64_t type = f[MF_ETH_TYPE];

    if (type == TYPE_ARP)
        draw_arp(d, p, f, version);
    if (type != TYPE_IPV4 && type != TYPE_IPV6)
        return;
    if (type == TYPE_IPV6 && version != 1)
        draw_ipv6(d, p, f);
    if (type == TYPE_IPV4 && dice_percent(d, 30))
        want(p, MF_IP_SRC, f[MF_IP_SRC], 0xffffffff & draw_ip_mask(d));
    if (type == TYPE_IPV4 && dice_percent(d, 30))
        want(p, MF_IP_DST, f[MF_IP_DST], 0xffffffff & draw_ip_mask(d));
    if (dice_percent(d, 20))
        want(p, MF_IP_DSCP, f[MF_IP_DSCP], 0x3f);
    if (version != 1 && dice_percent(d, 10))
        want(p, MF_IP_ECN, f[MF_IP_ECN], 3);
    if (dice_percent(d, 50))
        draw_ports(d, p, f, version);
}

struct pattern draw_pattern(struct dice *d, uint8_t version, int table)
{
    struct packet sample = draw_packet(d);
    struct pattern p = {.value = {0}};
    uint64_t f[MF_COUNT];

    packet_fields(&sample, f);
    if (dice_percent(d, 40))
        want(&p, MF_IN_PORT, draw_port_number(d), 0xffffffff);
    if (p.value[MF_IN_PORT] == OUT_LOCAL && version == 1)
        want(&p, MF_IN_PORT, 1, 0xffffffff);
    if (table && version != 1 && dice_percent(d, 40))
        want(&p, MF_METADATA, dice_below(d, 8), 1 + dice_below(d, 7));
    if (dice_percent(d, 30))
        want(&p, MF_ETH_DST, f[MF_ETH_DST], draw_mac_mask(d, version));
    if (dice_percent(d, 30))
        want(&p, MF_ETH_SRC, f[MF_ETH_SRC], draw_mac_mask(d, version));
    if (dice_percent(d, 30)) {
        bool is_any = version != 1 && f[MF_VLAN_VID] && dice_percent(d, 30);

        want(&p, MF_VLAN_VID, f[MF_VLAN_VID], is_any ? 0x1000 : 0x1fff);
        if (f[MF_VLAN_VID] && dice_percent(d, 30))
            want(&p, MF_VLAN_PCP, f[MF_VLAN_PCP], 7);
    }
    if (dice_percent(d, 65)) {
        want(&p, MF_ETH_TYPE, f[MF_ETH_TYPE], 0xffff);
        draw_layer_3(d, &p, f, version);
    }
    return p;
}

struct pattern draw_exact(struct dice *d)
{
    struct packet sample = draw_packet(d);
    struct pattern p = {.value = {0}};
    uint64_t f[MF_COUNT], ports;

    packet_fields(&sample, f);
    want(&p, MF_IN_PORT, 1 + dice_below(d, DRAW_HOSTS), 0xffffffff);
    want(&p, MF_ETH_DST, f[MF_ETH_DST], 0xffffffffffff);
    want(&p, MF_ETH_SRC, f[MF_ETH_SRC], 0xffffffffffff);
    want(&p, MF_ETH_TYPE, f[MF_ETH_TYPE], 0xffff);
    want(&p, MF_VLAN_VID, f[MF_VLAN_VID], 0x1fff);
    if (f[MF_VLAN_VID])
        want(&p, MF_VLAN_PCP, f[MF_VLAN_PCP], 7);
    if (f[MF_ETH_TYPE] == TYPE_ARP) {
        want(&p, MF_ARP_OP, f[MF_ARP_OP], 0xffff);
        want(&p, MF_ARP_SPA, f[MF_ARP_SPA], 0xffffffff);
        want(&p, MF_ARP_TPA, f[MF_ARP_TPA], 0xffffffff);
    }
    if (f[MF_ETH_TYPE] != TYPE_IPV4 && f[MF_ETH_TYPE] != TYPE_IPV6)
        return p;
    want(&p, MF_IP_DSCP, f[MF_IP_DSCP], 0x3f);
    want(&p, MF_IP_PROTO, f[MF_IP_PROTO], 0xff);
    if (f[MF_ETH_TYPE] == TYPE_IPV4) {
        want(&p, MF_IP_SRC, f[MF_IP_SRC], 0xffffffff);
        want(&p, MF_IP_DST, f[MF_IP_DST], 0xffffffff);
    }
    if (f[MF_IP_PROTO] == PROTO_FRAGMENT)
        return p;
    ports = f[MF_IP_PROTO] == PROTO_ICMP || f[MF_IP_PROTO] == PROTO_ICMPV6
                ? 0xff
                : 0xffff;
    want(&p, MF_TP_SRC, f[MF_TP_SRC], ports);
    want(&p, MF_TP_DST, f[MF_TP_DST], ports);
    return p;
}
