/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "tests/random/packet.h"

enum {
    ADDRESSES = 12,
    IP_HEADER = 20,
    IP6_HEADER = 40,
    ARP_BODY = 28,
    EXTENSION = 8,
    LATER_BODY = 8,
};

static uint8_t *put(uint8_t *at, uint64_t value, unsigned int size)
{
    for (unsigned int i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    return at + size;
}

static uint8_t *put_ip6(uint8_t *at, uint64_t value)
{
    return put(put(at, IPV6_PREFIX, 8), value, 8);
}

static uint32_t sum(const uint8_t *at, size_t size, uint32_t so_far)
{
    for (size_t i = 0; i < size; i++)
        so_far += i % 2 ? at[i] : (uint32_t)at[i] << 8;
    while (so_far >> 16)
        so_far = (so_far & 0xffff) + (so_far >> 16);
    return so_far;
}

static uint32_t l4_size(const struct packet *p)
{
    if (p->piece == PIECE_LATER)
        return LATER_BODY;
    switch (p->proto) {
    case PROTO_UDP:
        return 8 + 4;
    case PROTO_TCP:
        return 20 + 4;
    default:
        return p->has_nd ? 8 + 16 + 8 * (p->sender != 0) + 8 * (p->target != 0)
                         : 8;
    }
}

static uint32_t l3_size(const struct packet *p)
{
    switch (p->type) {
    case TYPE_IPV4:
        return IP_HEADER + l4_size(p);
    case TYPE_IPV6:
        return IP6_HEADER +
               EXTENSION * (p->extension_count + (p->piece != PIECE_ALL)) +
               l4_size(p);
    case TYPE_ARP:
        return ARP_BODY + 4;
    default:
        return 4;
    }
}

uint32_t packet_needs(const struct packet *p)
{
    return ADDRESSES + 4 * p->tag_count + 2 + l3_size(p);
}

static void put_udp(const struct packet *p, uint8_t *at)
{
    put(at, p->tp_src, 2);
    put(at + 2, p->tp_dst, 2);
    put(at + 4, l4_size(p), 2);
    put(at + 8, p->number, 4);
}

static void put_tcp(const struct packet *p, uint8_t *at)
{
    put(at, p->tp_src, 2);
    put(at + 2, p->tp_dst, 2);
    put(at + 12, 0x5010, 2);
    put(at + 20, p->number, 4);
}

static void put_icmp(const struct packet *p, uint8_t *at)
{
    put(at, p->tp_src, 1);
    put(at + 1, p->tp_dst, 1);
    at = put(at + 4, p->number, 4);
    if (!p->has_nd)
        return;
    at = put_ip6(at, p->nd_target);
    if (p->sender)
        at = put(put(at, 0x0101, 2), p->sender, 6);
    if (p->target)
        put(put(at, 0x0201, 2), p->target, 6);
}

/* 'pseudo' is the sum of the pseudo-header.  That of a first fragment goes by
 * what is in it: what is not is none of a switch's business. */
static void put_l4(const struct packet *p, uint8_t *at, uint32_t pseudo)
{
    uint8_t *check_at = at + 2;
    uint16_t check;

    if (p->piece == PIECE_LATER) {
        put(at, p->number, 4);
        return;
    }
    if (p->proto == PROTO_UDP) {
        put_udp(p, at);
        check_at = at + 6;
    } else if (p->proto == PROTO_TCP) {
        put_tcp(p, at);
        check_at = at + 16;
    } else {
        put_icmp(p, at);
        if (p->proto == PROTO_ICMP)
            pseudo = 0;
    }
    check = (uint16_t)~sum(at, l4_size(p), pseudo);
    put(check_at, p->proto == PROTO_UDP && !check ? 0xffff : check, 2);
}

static void put_ipv4(const struct packet *p, uint8_t *at)
{
    static const uint16_t pieces[] = {0, 0x2000, 0x0010};

    put(at, 0x45, 1);
    put(at + 1, (uint64_t)(p->dscp << 2 | p->ecn), 1);
    put(at + 2, l3_size(p), 2);
    put(at + 6, pieces[p->piece], 2);
    put(at + 8, p->ttl, 1);
    put(at + 9, p->proto, 1);
    put(at + 12, p->ip_src, 4);
    put(at + 16, p->ip_dst, 4);
    put(at + 10, (uint16_t)~sum(at, IP_HEADER, 0), 2);
    put_l4(p, at + IP_HEADER, sum(at + 12, 8, (uint32_t)p->proto + l4_size(p)));
}

/* Headers that say nothing, but for the one of a fragment; each says what comes
 * behind it. */
static void put_ipv6(const struct packet *p, uint8_t *at)
{
    static const uint16_t pieces[] = {0, 0x0001, 0x0010};
    uint8_t *next = at + 6, *end = at + IP6_HEADER;
    uint64_t class = (uint64_t)(p->dscp << 2 | p->ecn);

    put(at, (uint64_t)6 << 28 | class << 20 | p->flow_label, 4);
    put(at + 4, l3_size(p) - IP6_HEADER, 2);
    put(at + 7, p->ttl, 1);
    put_ip6(at + 8, p->ip_src);
    put_ip6(at + 24, p->ip_dst);
    for (unsigned int i = 0; i < p->extension_count; i++) {
        *next = p->extensions[i];
        next = end;
        if (p->extensions[i] != EXTENSION_ROUTE)
            put(end + 2, 0x0104, 2); /* padding */
        end += EXTENSION;
    }
    if (p->piece != PIECE_ALL) {
        *next = PROTO_FRAGMENT;
        next = end;
        put(end + 2, pieces[p->piece], 2);
        end += EXTENSION;
    }
    *next = p->proto;
    put_l4(p, end, sum(at + 8, 32, (uint32_t)p->proto + l4_size(p)));
}

static void put_arp(const struct packet *p, uint8_t *at)
{
    at = put(at, 0x0001080006040000 | p->op, 8);
    at = put(at, p->sender, 6);
    at = put(at, p->ip_src, 4);
    at = put(at, p->target, 6);
    at = put(at, p->ip_dst, 4);
    put(at, p->number, 4);
}

size_t packet_write(const struct packet *p, uint8_t bytes[PACKET_BYTES_MAX])
{
    uint8_t *at;

    memset(bytes, 0, p->size);
    at = put(bytes, p->eth_dst, 6);
    at = put(at, p->eth_src, 6);
    for (unsigned int i = 0; i < p->tag_count; i++) {
        at = put(at, p->tags[i].tpid, 2);
        at = put(at, p->tags[i].tci, 2);
    }
    at = put(at, p->type, 2);
    switch (p->type) {
    case TYPE_IPV4:
        put_ipv4(p, at);
        break;
    case TYPE_IPV6:
        put_ipv6(p, at);
        break;
    case TYPE_ARP:
        put_arp(p, at);
        break;
    default:
        put(at, p->number, 4);
        break;
    }
    return p->size;
}

enum { UDP_CHECK = 6, TCP_CHECK = 16 };

static uint32_t l4_at(const struct packet *p)
{
    return packet_needs(p) - l4_size(p);
}

void packet_take_check(const struct packet *p, uint8_t *bytes,
                       const uint8_t *is, size_t size)
{
    uint32_t at = l4_at(p) + TCP_CHECK;
    bool is_ip = p->type == TYPE_IPV4 || p->type == TYPE_IPV6;

    if (is_ip && p->proto == PROTO_TCP && p->piece == PIECE_ALL &&
        at + 2 <= size && !bytes[at] && !bytes[at + 1] && is[at] == 0xff &&
        is[at + 1] == 0xff)
        put(bytes + at, 0xffff, 2);
}

size_t packet_write_unchecked(const struct packet *p,
                              uint8_t bytes[PACKET_BYTES_MAX],
                              struct packet_check *check)
{
    uint32_t l3 = ADDRESSES + 4 * p->tag_count + 2, l4 = l4_at(p);
    uint32_t pseudo = (uint32_t)p->proto + l4_size(p);

    packet_write(p, bytes);
    pseudo = p->type == TYPE_IPV4 ? sum(bytes + l3 + 12, 8, pseudo)
                                  : sum(bytes + l3 + 8, 32, pseudo);
    check->start = (uint16_t)l4;
    check->offset = p->proto == PROTO_UDP ? UDP_CHECK : TCP_CHECK;
    put(bytes + l4 + check->offset, pseudo, 2);
    return p->size;
}

void packet_put_check(uint8_t *bytes, size_t size,
                      const struct packet_check *check)
{
    uint16_t value =
        (uint16_t)~sum(bytes + check->start, size - check->start, 0);

    put(bytes + check->start + check->offset,
        check->offset == UDP_CHECK && !value ? 0xffff : value, 2);
}
