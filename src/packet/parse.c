/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/parse.h"

#include <netinet/in.h>
#include <stddef.h>

#include "packet/ipv6.h"
#include "packet/wire.h"

enum {
    IPV4_FRAGMENT_OFFSET = 0x1fff,
    IPV4_FRAGMENT_MORE = 0x2000,
    TCP_FLAGS = 0x0fff,
    ARP_SIZE = 28, /* for IPv4 over Ethernet */
    ARP_HARDWARE_ETHERNET = 1,
    ND_SOLICITATION = 135,
    ND_ADVERTISEMENT = 136,
    ND_OPTION_UNIT = 8,
    ND_OPTION_SOURCE = 1,
    ND_OPTION_TARGET = 2,
    MPLS_COUNTED = 3,
};

/*
 * The plain words are put together in registers and stored whole, for they are
 * hashed at once and a wide load behind narrow stores would wait for them.
 * 'raw' is the value as it is to stand in memory.
 */
static inline uint64_t place(uint64_t raw, size_t offset, size_t size)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    (void)size;
    return raw << 8 * (offset % 8);
#else
    return raw << 8 * (8 - offset % 8 - size);
#endif
}

#define PLACE(member, raw)                                                     \
    place(raw, offsetof(struct flow_key, member),                              \
          sizeof(((struct flow_key *)0)->member))

/* Six bytes of the eight at 'bytes', where they begin a word. */
static inline uint64_t place_address(const uint8_t *bytes)
{
    uint64_t raw = wire_raw64(bytes);

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return raw & 0x0000ffffffffffffu;
#else
    return raw & 0xffffffffffff0000u;
#endif
}

struct link_layer {
    uint64_t word0, word5; /* already in place */
    uint32_t next;         /* offset of what follows */
    uint16_t ethertype;    /* raw */
};

/* What goes over IP, as it is for IPv4 and IPv6; numbers are raw. */
struct transport {
    uint32_t ports;
    uint16_t tcp_flags;
    bool is_there; /* its whole header, or a protocol without one here */
};

static inline uint32_t type_and_code(const uint8_t *icmp)
{
    const uint8_t ports[4] = {0, icmp[0], 0, icmp[1]};

    return wire_raw32(ports);
}

static inline struct transport
read_transport(uint8_t proto, const uint8_t *bytes, uint32_t size)
{
    struct transport t = {.is_there = true};
    uint32_t header_size;

    if (proto == IPPROTO_TCP) {
        header_size = size < TCP_SIZE ? 0 : (bytes[12] >> 4) * 4u;
        t.is_there = header_size >= TCP_SIZE && header_size <= size;
        if (t.is_there) {
            t.ports = wire_raw32(bytes);
            t.tcp_flags = wire_raw16(bytes + 12) & htons(TCP_FLAGS);
        }
    } else if (proto == IPPROTO_UDP) {
        t.is_there = size >= UDP_SIZE;
        if (t.is_there)
            t.ports = wire_raw32(bytes);
    } else if (proto == IPPROTO_SCTP) {
        t.is_there = size >= SCTP_SIZE;
        if (t.is_there)
            t.ports = wire_raw32(bytes);
    }
    return t;
}

/* Writes the plain words of a frame without IP or ARP. */
static unsigned int write_bare(const struct frame *f,
                               const struct link_layer *link,
                               struct flow_key *key)
{
    key->word[0] = link->word0;
    key->word[1] = place_address(f->data);
    key->word[2] = place_address(f->data + ETH_ALEN);
    key->word[3] = 0;
    key->word[4] = 0;
    key->word[5] = link->word5;
    return KEY_PLAIN_WORDS;
}

static inline unsigned int
parse_ipv4(struct frame *f, const struct link_layer *link, struct flow_key *key)
{
    const uint8_t *ip = f->data + link->next;
    uint32_t left = f->size - link->next, header_size, size;
    struct transport t = {0};
    uint16_t fragment;
    uint64_t frag = 0;

    if (left < IPV4_SIZE)
        return write_bare(f, link, key);
    header_size = (ip[0] & 0xfu) * 4;
    size = wire_get16(ip + 2);
    if (ip[0] >> 4 != 4 || header_size < IPV4_SIZE || size < header_size ||
        size > left)
        return write_bare(f, link, key);

    f->l3 = (uint16_t)link->next;
    fragment = wire_get16(ip + 6) & (IPV4_FRAGMENT_OFFSET | IPV4_FRAGMENT_MORE);
    if (fragment)
        frag =
            fragment & IPV4_FRAGMENT_OFFSET ? FRAG_ANY | FRAG_LATER : FRAG_ANY;
    if (!(frag & FRAG_LATER)) {
        const uint8_t *next = ip + header_size;

        t = read_transport(ip[9], next, size - header_size);
        if (ip[9] == IPPROTO_ICMP) {
            t.is_there = size - header_size >= ICMP_SIZE;
            if (t.is_there)
                t.ports = type_and_code(next);
        }
        if (t.is_there)
            f->l4 = (uint16_t)(link->next + header_size);
    }
    key->word[0] = link->word0;
    key->word[1] =
        place_address(f->data) | PLACE(ip_frag, frag) | PLACE(ip_proto, ip[9]);
    key->word[2] = place_address(f->data + ETH_ALEN) |
                   PLACE(ip_dscp, ip[1] >> 2) | PLACE(ip_ecn, ip[1] & 3u);
    key->word[3] = wire_raw64(ip + 12);
    key->word[4] = place(t.ports, 0, 4) | PLACE(tcp_flags, t.tcp_flags);
    key->word[5] = link->word5 | PLACE(ip_ttl, ip[8]);
    return KEY_PLAIN_WORDS;
}

/* The words behind the plain ones, which a plain frame leaves alone. */
static void begin_extended(const struct frame *f, const struct link_layer *link,
                           struct flow_key *key)
{
    write_bare(f, link, key);
    memset(&key->word[KEY_PLAIN_WORDS], 0,
           (KEY_FRAME_WORDS - KEY_PLAIN_WORDS) * sizeof(key->word[0]));
}

/*
 * A message that gives an address twice says nothing that could be relied on:
 * then none of its fields is there, as in Open vSwitch.  An option that is cut
 * short ends the list.
 */
static void parse_nd(const uint8_t *nd, uint32_t size, struct flow_key *key)
{
    static const uint8_t none[ETH_ALEN];
    uint32_t at = ND_SIZE;

    if (size < ND_SIZE)
        return;
    memcpy(key->nd_target, nd + 8, sizeof(key->nd_target));
    while (size - at >= ND_OPTION_UNIT) {
        uint32_t length = nd[at + 1] * (uint32_t)ND_OPTION_UNIT;
        uint8_t *address = nd[at] == ND_OPTION_SOURCE   ? key->arp_sha
                           : nd[at] == ND_OPTION_TARGET ? key->arp_tha
                                                        : NULL;

        if (length == 0 || length > size - at)
            return;
        if (address && length == ND_OPTION_UNIT) {
            if (memcmp(address, none, ETH_ALEN) != 0)
                goto contradictory;
            memcpy(address, nd + at + 2, ETH_ALEN);
        }
        at += length;
    }
    return;

contradictory:
    memset(key->nd_target, 0, sizeof(key->nd_target));
    memset(key->arp_sha, 0, sizeof(key->arp_sha));
    memset(key->arp_tha, 0, sizeof(key->arp_tha));
}

static bool parse_icmpv6(const uint8_t *icmp, uint32_t size,
                         struct flow_key *key)
{
    uint32_t ports;

    if (size < ICMP_SIZE)
        return false;
    ports = type_and_code(icmp);
    memcpy(&key->tp_src, &ports, sizeof(ports));
    if ((icmp[0] == ND_SOLICITATION || icmp[0] == ND_ADVERTISEMENT) &&
        icmp[1] == 0)
        parse_nd(icmp, size, key);
    return true;
}

static unsigned int parse_ipv6(struct frame *f, const struct link_layer *link,
                               struct flow_key *key)
{
    const uint8_t *ip = f->data + link->next, *next;
    uint32_t left = f->size - link->next, size, version_class_flow;
    struct transport t;
    struct ipv6_end end;

    if (left < IPV6_SIZE)
        return write_bare(f, link, key);
    size = IPV6_SIZE + wire_get16(ip + 4);
    version_class_flow = wire_get32(ip);
    if (version_class_flow >> 28 != 6 || size > left)
        return write_bare(f, link, key);

    begin_extended(f, link, key);
    f->l3 = (uint16_t)link->next;
    end = ipv6_walk(ip, size);
    key->ip_proto = end.proto;
    key->ip_frag = end.frag;
    key->ipv6_exthdr = htons(end.exthdr);
    key->ip_dscp = version_class_flow >> 22 & 0x3f;
    key->ip_ecn = version_class_flow >> 20 & 3;
    key->ip_ttl = ip[7];
    key->ipv6_flabel = htonl(version_class_flow & 0xfffff);
    memcpy(key->ipv6_src, ip + 8, sizeof(key->ipv6_src));
    memcpy(key->ipv6_dst, ip + 24, sizeof(key->ipv6_dst));
    if (end.is_bad || end.frag & FRAG_LATER)
        return KEY_FRAME_WORDS;

    next = ip + end.offset;
    t = read_transport(end.proto, next, size - end.offset);
    if (end.proto == IPPROTO_ICMPV6)
        t.is_there = parse_icmpv6(next, size - end.offset, key);
    else
        memcpy(&key->tp_src, &t.ports, sizeof(t.ports));
    key->tcp_flags = t.tcp_flags;
    if (t.is_there)
        f->l4 = (uint16_t)(link->next + end.offset);
    return KEY_FRAME_WORDS;
}

static unsigned int parse_arp(struct frame *f, const struct link_layer *link,
                              struct flow_key *key)
{
    const uint8_t *arp = f->data + link->next;

    if (f->size - link->next < ARP_SIZE ||
        wire_get16(arp) != ARP_HARDWARE_ETHERNET ||
        wire_get16(arp + 2) != ETH_P_IP || arp[4] != ETH_ALEN || arp[5] != 4)
        return write_bare(f, link, key);
    begin_extended(f, link, key);
    f->l3 = (uint16_t)link->next;
    key->arp_op = wire_raw16(arp + 6);
    memcpy(key->arp_sha, arp + 8, sizeof(key->arp_sha));
    key->ip_src = wire_raw32(arp + 14);
    memcpy(key->arp_tha, arp + 18, sizeof(key->arp_tha));
    key->ip_dst = wire_raw32(arp + 24);
    return KEY_FRAME_WORDS;
}

static unsigned int parse_mpls(struct frame *f, const struct link_layer *link,
                               struct flow_key *key)
{
    const uint8_t *label = f->data + link->next;
    uint32_t left = f->size - link->next, top;
    uint16_t count = 1;

    if (left < MPLS_LABEL_SIZE)
        return write_bare(f, link, key);
    begin_extended(f, link, key);
    top = wire_get32(label);
    key->mpls_label = htonl(top >> 12);
    key->mpls_tc = top >> 9 & 7;
    key->mpls_bos = top >> 8 & 1;
    key->mpls_ttl = top & 0xff;
    while (count < MPLS_COUNTED && !(label[2] & 1) &&
           left >= (count + 1u) * MPLS_LABEL_SIZE) {
        label += MPLS_LABEL_SIZE;
        count++;
    }
    key->mpls_count = htons(count);
    return KEY_FRAME_WORDS;
}

static unsigned int parse_pbb(struct frame *f, const struct link_layer *link,
                              struct flow_key *key)
{
    const uint8_t *tag = f->data + link->next;

    if (f->size - link->next < PBB_TAG_SIZE)
        return write_bare(f, link, key);
    begin_extended(f, link, key);
    key->pbb_uca = tag[0] >> 3 & 1;
    memcpy(key->pbb_isid, tag + 1, sizeof(key->pbb_isid));
    return KEY_FRAME_WORDS;
}

static unsigned int parse_other(struct frame *f, const struct link_layer *link,
                                struct flow_key *key)
{
    switch (ntohs(link->ethertype)) {
    case ETH_P_IPV6:
        return parse_ipv6(f, link, key);
    case ETH_P_ARP:
        return parse_arp(f, link, key);
    case ETH_P_MPLS_UC:
    case ETH_P_MPLS_MC:
        return parse_mpls(f, link, key);
    case ETH_P_8021AH:
        return parse_pbb(f, link, key);
    default:
        return write_bare(f, link, key);
    }
}

/* A VLAN tag and the headers of 802.3; neither changes most frames. */
static void parse_tag_and_length(const struct frame *f, struct link_layer *link)
{
    const uint8_t *type = f->data + link->next - 2;

    if (ethertype_is_vlan(ntohs(link->ethertype)) &&
        f->size >= link->next + VLAN_TAG_SIZE) {
        uint16_t tci = wire_get16(type + 2);

        link->word5 =
            PLACE(vlan_tpid, link->ethertype) | PLACE(vlan_pcp, tci >> 13);
        link->word0 = PLACE(vlan_vid, htons((tci & 0x0fff) | VLAN_PRESENT));
        type += VLAN_TAG_SIZE;
        link->next += VLAN_TAG_SIZE;
        link->ethertype = wire_raw16(type);
    }
    if (ntohs(link->ethertype) >= ETHERTYPE_MIN)
        return;
    link->ethertype = htons(ETHERTYPE_NONE);
    if (f->size >= link->next + SNAP_SIZE && wire_is_snap(type + 2)) {
        link->next += SNAP_SIZE;
        link->ethertype = wire_raw16(type + SNAP_SIZE);
    }
}

unsigned int frame_parse(struct frame *f, uint32_t in_port,
                         struct flow_key *key)
{
    struct link_layer link = {
        .next = FRAME_HEADER_SIZE,
        .ethertype = wire_raw16(f->data + FRAME_HEADER_SIZE - 2),
    };

    f->l3 = f->l4 = FRAME_NO_OFFSET;
    if (link.ethertype != htons(ETH_P_IP))
        parse_tag_and_length(f, &link);
    link.word0 |= PLACE(in_port, in_port) | PLACE(eth_type, link.ethertype);
    if (link.ethertype == htons(ETH_P_IP))
        return parse_ipv4(f, &link, key);
    return parse_other(f, &link, key);
}
