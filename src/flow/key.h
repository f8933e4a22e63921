/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the switch knows of a frame on its way through the tables.
 *
 * Numbers stand in network byte order, as on the wire, so that parsing and OXM
 * copy bytes and a mask works on any of them.  Fields with no place in the
 * frame are zero.  As 64-bit words:
 *
 *     0 .. 5    plain: all that IPv4 with TCP, UDP or ICMP needs
 *     6 .. 15   extended: MPLS, PBB, ARP and IPv6 addresses
 *     16 .. 27  pipeline: registers, metadata; all zero when a frame arrives
 *
 * Fields that cannot be in one frame at once share their bytes (see field.c).
 */
#ifndef FLOW_KEY_H
#define FLOW_KEY_H

#include <stdint.h>
#include <string.h>

enum {
    KEY_PLAIN_WORDS = 6,
    KEY_FRAME_WORDS = 16,
    KEY_WORDS = 28,
    KEY_REGISTERS = 16,
};

/* vlan_vid: the VID with this bit for a frame that has a tag; 0 without. */
#define VLAN_PRESENT 0x1000

/* ip_frag, as Open vSwitch's nw_frag. */
enum { FRAG_ANY = 1, FRAG_LATER = 2 };

/* ipv6_exthdr, OpenFlow 1.3.5 7.2.3.8. */
enum {
    EXTHDR_NO_NEXT = 1 << 0,
    EXTHDR_ESP = 1 << 1,
    EXTHDR_AUTH = 1 << 2,
    EXTHDR_DEST = 1 << 3,
    EXTHDR_FRAG = 1 << 4,
    EXTHDR_ROUTER = 1 << 5,
    EXTHDR_HOP = 1 << 6,
    EXTHDR_UNREP = 1 << 7,
    EXTHDR_UNSEQ = 1 << 8,
};

struct flow_key {
    union {
        struct {
            /* 0 */
            uint32_t in_port;
            uint16_t eth_type; /* after the first VLAN tag; 0x05ff: 802.3 */
            uint16_t vlan_vid; /* with VLAN_PRESENT */
            /* 1 */
            uint8_t eth_dst[6];
            uint8_t ip_frag; /* who asks for ports asks for both of these */
            uint8_t ip_proto;
            /* 2 */
            uint8_t eth_src[6];
            uint8_t ip_dscp; /* 0 to 63 */
            uint8_t ip_ecn;  /* 0 to 3 */
            /* 3 */
            uint32_t ip_src, ip_dst; /* IPv4, and ARP's SPA and TPA */
            /* 4 */
            uint16_t tp_src, tp_dst; /* ICMP's and ICMPv6's type and code */
            uint16_t tcp_flags;
            uint16_t ipv6_exthdr;
            /* 5 */
            uint8_t ip_ttl;
            uint8_t vlan_pcp; /* 0 to 7 */
            uint16_t arp_op;
            uint16_t vlan_tpid;
            uint16_t mpls_count; /* labels on the stack, up to 3 counted */
            /* 6 */
            uint32_t mpls_label; /* 20 bits */
            uint8_t mpls_tc, mpls_bos, mpls_ttl;
            uint8_t pbb_uca;
            /* 7 */
            uint8_t pbb_isid[3];
            uint8_t pad;
            uint32_t ipv6_flabel; /* 20 bits */
            /* 8 .. 13 */
            uint8_t ipv6_src[16], ipv6_dst[16], nd_target[16];
            /* 14 */
            uint8_t arp_sha[6]; /* also ND's source link-layer address */
            uint8_t pad2[2];
            /* 15 */
            uint8_t arp_tha[6]; /* also ND's target link-layer address */
            uint8_t pad3[2];
            /* 16 .. 27 */
            uint64_t metadata;
            uint64_t tunnel_id;
            uint32_t reg[KEY_REGISTERS];
            uint32_t in_phy_port;
            uint32_t actset_output;
            uint32_t packet_type;
            uint32_t pkt_mark;
        };
        uint64_t word[KEY_WORDS];
    };
};

_Static_assert(sizeof(struct flow_key) == KEY_WORDS * 8, "no holes");

#endif
