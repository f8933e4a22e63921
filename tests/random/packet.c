/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/packet.h"

#include <string.h>

enum { SHORTEST = 60 };

static bool shows(const struct packet *p, uint16_t type)
{
    return p->tag_count <= 1 && p->type == type;
}

bool packet_shows_ip(const struct packet *p)
{
    return shows(p, TYPE_IPV4) || shows(p, TYPE_IPV6);
}

static bool shows_nd(const struct packet *p)
{
    return shows(p, TYPE_IPV6) && p->piece != PIECE_LATER && p->has_nd &&
           p->proto == PROTO_ICMPV6 && !p->tp_dst &&
           (p->tp_src == ND_SOLICITATION || p->tp_src == ND_ADVERTISEMENT);
}

static bool shows_ports(const struct packet *p)
{
    return packet_shows_ip(p) && p->piece != PIECE_LATER;
}

/* OpenFlow 1.3.5 7.2.3.8. */
static uint64_t extensions_of(const struct packet *p)
{
    uint64_t bits = p->piece == PIECE_ALL ? 0 : 1 << 4;

    for (unsigned int i = 0; i < p->extension_count; i++)
        bits |= p->extensions[i] == EXTENSION_HOP     ? 1 << 6
                : p->extensions[i] == EXTENSION_ROUTE ? 1 << 5
                                                      : 1 << 3;
    return bits;
}

static void ip_fields(const struct packet *p, uint64_t fields[MF_COUNT])
{
    fields[MF_IP_DSCP] = p->shown_dscp;
    fields[MF_IP_ECN] = p->ecn;
    fields[MF_IP_PROTO] = p->proto;
    if (shows_ports(p)) {
        fields[MF_TP_SRC] = p->tp_src;
        fields[MF_TP_DST] = p->tp_dst;
    }
    if (p->type == TYPE_IPV4) {
        fields[MF_IP_SRC] = p->ip_src;
        fields[MF_IP_DST] = p->ip_dst;
        return;
    }
    if (p->piece == PIECE_LATER)
        fields[MF_IP_PROTO] = PROTO_FRAGMENT;
    fields[MF_IP6_SRC] = p->ip_src;
    fields[MF_IP6_DST] = p->ip_dst;
    fields[MF_IP6_LABEL] = p->flow_label;
    fields[MF_IP6_EXTENSIONS] = extensions_of(p);
    if (!shows_nd(p))
        return;
    fields[MF_ND_TARGET] = p->nd_target;
    fields[MF_ND_SOURCE] = p->sender;
    fields[MF_ND_LINK] = p->target;
}

static void arp_fields(const struct packet *p, uint64_t fields[MF_COUNT])
{
    fields[MF_ARP_OP] = p->op;
    fields[MF_ARP_SPA] = p->ip_src;
    fields[MF_ARP_TPA] = p->ip_dst;
    fields[MF_ARP_SHA] = p->sender;
    fields[MF_ARP_THA] = p->target;
}

void packet_fields(const struct packet *p, uint64_t fields[MF_COUNT])
{
    memset(fields, 0, MF_COUNT * sizeof(fields[0]));
    fields[MF_ETH_DST] = p->eth_dst;
    fields[MF_ETH_SRC] = p->eth_src;
    fields[MF_ETH_TYPE] = p->tag_count > 1 ? p->tags[1].tpid : p->type;
    if (p->tag_count) {
        fields[MF_VLAN_VID] = 0x1000 | (p->tags[0].tci & 0xfff);
        fields[MF_VLAN_PCP] = p->tags[0].tci >> 13;
    }
    if (packet_shows_ip(p))
        ip_fields(p, fields);
    if (shows(p, TYPE_ARP))
        arp_fields(p, fields);
}

static bool set_tag(struct packet *p, uint16_t mask, uint64_t value)
{
    if (p->tag_count)
        p->tags[0].tci =
            (uint16_t)((p->tags[0].tci & ~mask) | ((uint16_t)value & mask));
    return p->tag_count > 0;
}

/* Where the value of a field stands that the frame has; NULL: it has none. */
static uint64_t *address_of(struct packet *p, enum model_field f)
{
    switch (f) {
    case MF_IP_SRC:
        return shows(p, TYPE_IPV4) ? &p->ip_src : NULL;
    case MF_IP_DST:
        return shows(p, TYPE_IPV4) ? &p->ip_dst : NULL;
    case MF_IP6_SRC:
        return shows(p, TYPE_IPV6) ? &p->ip_src : NULL;
    case MF_IP6_DST:
        return shows(p, TYPE_IPV6) ? &p->ip_dst : NULL;
    case MF_ARP_SPA:
        return shows(p, TYPE_ARP) ? &p->ip_src : NULL;
    case MF_ARP_TPA:
        return shows(p, TYPE_ARP) ? &p->ip_dst : NULL;
    case MF_ARP_SHA:
        return shows(p, TYPE_ARP) ? &p->sender : NULL;
    case MF_ARP_THA:
        return shows(p, TYPE_ARP) ? &p->target : NULL;
    case MF_ND_TARGET:
        return shows_nd(p) ? &p->nd_target : NULL;
    case MF_ND_SOURCE:
        return shows_nd(p) && p->sender ? &p->sender : NULL;
    case MF_ND_LINK:
        return shows_nd(p) && p->target ? &p->target : NULL;
    default:
        return NULL;
    }
}

static bool set_address(struct packet *p, enum model_field f, uint64_t value)
{
    uint64_t *at = f == MF_ARP_OP ? NULL : address_of(p, f);

    if (f == MF_ARP_OP && shows(p, TYPE_ARP)) {
        p->op = (uint16_t)value;
        return true;
    }
    if (at)
        *at = value;
    return at != NULL;
}

static bool set_ip(struct packet *p, enum model_field f, uint64_t value)
{
    if (f == MF_TP_SRC || f == MF_TP_DST) {
        if (!shows_ports(p))
            return false;
        *(f == MF_TP_SRC ? &p->tp_src : &p->tp_dst) = (uint16_t)value;
        return true;
    }
    if (!packet_shows_ip(p) || (f == MF_IP6_LABEL && p->type != TYPE_IPV6))
        return false;
    if (f == MF_IP_DSCP)
        p->dscp = p->shown_dscp = (uint8_t)value;
    if (f == MF_IP_ECN)
        p->ecn = (uint8_t)value;
    if (f == MF_IP6_LABEL)
        p->flow_label = (uint32_t)value;
    return f == MF_IP_DSCP || f == MF_IP_ECN || f == MF_IP6_LABEL;
}

bool packet_set(struct packet *p, enum model_field f, uint64_t value)
{
    switch (f) {
    case MF_ETH_DST:
        p->eth_dst = value;
        return true;
    case MF_ETH_SRC:
        p->eth_src = value;
        return true;
    case MF_VLAN_VID:
        return set_tag(p, 0xfff, value);
    case MF_VLAN_PCP:
        return set_tag(p, 0xe000, value << 13);
    default:
        return set_address(p, f, value) || set_ip(p, f, value);
    }
}

/* A second tag copies VID and priority of the first. */
void packet_push(struct packet *p, uint16_t tpid)
{
    uint16_t tci = p->tag_count ? p->tags[0].tci & 0xefff : 0;

    if (p->tag_count == PACKET_TAGS_MAX)
        return;
    memmove(&p->tags[1], &p->tags[0], p->tag_count * sizeof(p->tags[0]));
    p->tags[0].tpid = tpid;
    p->tags[0].tci = tci;
    p->tag_count++;
    p->size += 4;
}

/* What was long enough does not become too short: it is padded. */
bool packet_pop(struct packet *p)
{
    bool was_long = p->size >= SHORTEST;

    if (!p->tag_count)
        return false;
    p->tag_count--;
    memmove(&p->tags[0], &p->tags[1], p->tag_count * sizeof(p->tags[0]));
    p->size -= 4;
    if (was_long && p->size < SHORTEST)
        p->size = SHORTEST;
    return true;
}
