/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame as the reference model knows it: what is in it, not its bytes.  The
 * model edits this; the bytes are made from it anew each time, checksums and
 * all, so that no edit of bytes is ever made here.
 */
#ifndef RANDOM_PACKET_H
#define RANDOM_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PACKET_TAGS_MAX = 24,
    PACKET_BYTES_MAX = 512,

    TYPE_IPV4 = 0x0800,
    TYPE_ARP = 0x0806,
    TYPE_VLAN = 0x8100,
    TYPE_IPV6 = 0x86dd,
    TYPE_OTHER = 0x88b5, /* IEEE local experimental */

    PROTO_ICMP = 1,
    PROTO_TCP = 6,
    PROTO_UDP = 17,
    PROTO_FRAGMENT = 44, /* what is behind it is in the first one */
    PROTO_ICMPV6 = 58,

    ND_SOLICITATION = 135,
    ND_ADVERTISEMENT = 136,

    /* Extension headers of IPv6. */
    EXTENSIONS_MAX = 3,
    EXTENSION_HOP = 0,
    EXTENSION_ROUTE = 43,
    EXTENSION_DEST = 60,
};

/* The addresses of IPv6 here differ in their last 64 bits. */
#define IPV6_PREFIX 0x20010db800000000u

enum piece {
    PIECE_ALL, /* no fragment */
    PIECE_FIRST,
    PIECE_LATER,
};

/* The fields that the model's rules speak of, all numbers in host order. */
enum model_field {
    MF_IN_PORT,
    MF_METADATA,
    MF_ETH_DST,
    MF_ETH_SRC,
    MF_ETH_TYPE,
    MF_VLAN_VID, /* with 0x1000 for "there is a tag" */
    MF_VLAN_PCP,
    MF_IP_DSCP,
    MF_IP_PROTO,
    MF_IP_SRC,
    MF_IP_DST,
    MF_TP_SRC, /* ICMP's and ICMPv6's type and code, too */
    MF_TP_DST,
    MF_IP_ECN,
    MF_IP6_SRC, /* without the prefix */
    MF_IP6_DST,
    MF_IP6_LABEL,
    MF_IP6_EXTENSIONS,
    MF_ND_TARGET, /* without the prefix */
    MF_ND_SOURCE,
    MF_ND_LINK, /* the target's address */
    MF_ARP_OP,
    MF_ARP_SPA,
    MF_ARP_TPA,
    MF_ARP_SHA,
    MF_ARP_THA,
    MF_COUNT,
};

struct packet {
    uint64_t eth_dst, eth_src;
    unsigned int tag_count; /* the outermost is tags[0] */
    struct {
        uint16_t tpid, tci;
    } tags[PACKET_TAGS_MAX];
    uint16_t type; /* behind the tags */
    /* Of IPv4, IPv6 and, the addresses, ARP: */
    uint64_t ip_src, ip_dst;
    uint8_t dscp, ecn, ttl, proto;
    enum piece piece;
    uint32_t flow_label;
    unsigned int extension_count;
    uint8_t extensions[EXTENSIONS_MAX];
    uint16_t op; /* of ARP */
    /* Of ARP, and of neighbour discovery: its options, 0: not there. */
    uint64_t sender, target;
    uint64_t nd_target;
    bool has_nd; /* a body of neighbour discovery, whatever the type says */
    /* What rules see of the DSCP: the switch decides about a frame as a whole
     * before a meter can remark it. */
    uint8_t shown_dscp;
    uint16_t tp_src, tp_dst;
    uint32_t number; /* in the payload: no two alike */
    uint32_t size;
};

/* True if the switch sees an IP header: it looks behind one tag. */
bool packet_shows_ip(const struct packet *p);
/* How long such a frame is at least. */
uint32_t packet_needs(const struct packet *p);

/* What is in the frame. */
void packet_fields(const struct packet *p, uint64_t fields[MF_COUNT]);

/* packet_bytes.c.  Returns how many bytes it wrote: p->size. */
size_t packet_write(const struct packet *p, uint8_t bytes[PACKET_BYTES_MAX]);

/* Where a checksum is to be put, and from where to the end of the frame. */
struct packet_check {
    uint16_t start, offset; /* of it, from 'start' on */
};
/* The same for a frame of TCP or UDP whose checksum whoever sends it has left
 * to others: it has the sum of the pseudo-header there. */
size_t packet_write_unchecked(const struct packet *p,
                              uint8_t bytes[PACKET_BYTES_MAX],
                              struct packet_check *check);
/* A checksum of TCP that is 0 may be written as 0xffff, which is the same: then
 * 'bytes', which has the frame, becomes as 'is' is. */
void packet_take_check(const struct packet *p, uint8_t *bytes,
                       const uint8_t *is, size_t size);
/* Puts in what is missing. */
void packet_put_check(uint8_t *bytes, size_t size,
                      const struct packet_check *check);

/* Edits.  False: the frame has no such field and stays as it is. */
bool packet_set(struct packet *p, enum model_field f, uint64_t value);
void packet_push(struct packet *p, uint16_t tpid);
bool packet_pop(struct packet *p);

#endif
