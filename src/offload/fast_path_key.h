/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key of a plain frame, as packet/parse makes it: IPv4 without options that
 * is no fragment and carries TCP, UDP or ICMP, whole.  Compiled for the kernel
 * and for the switch.
 */
#ifndef OFFLOAD_FAST_PATH_KEY_H
#define OFFLOAD_FAST_PATH_KEY_H

#include <asm/byteorder.h>
#include <linux/if_ether.h>
#include <linux/types.h>

enum { FAST_KEY_WORDS = 6 };

/* The plain words of struct flow_key, in its layout. */
union fast_key {
    struct {
        __u32 in_port;
        __u16 eth_type, vlan_vid;
        __u8 eth_dst[6], ip_frag, ip_proto;
        __u8 eth_src[6], ip_dscp, ip_ecn;
        __u32 ip_src, ip_dst;
        __u16 tp_src, tp_dst, tcp_flags, ipv6_exthdr;
        __u8 ip_ttl, vlan_pcp;
        __u16 arp_op, vlan_tpid, mpls_count;
    };
    __u64 word[FAST_KEY_WORDS];
};

enum {
    FAST_PROTO_ICMP = 1,
    FAST_PROTO_TCP = 6,
    FAST_PROTO_UDP = 17,
    FAST_VLAN_PRESENT = 0x1000,
    FAST_ETHERNET = 14,
    FAST_IPV4 = 20,
    FAST_TCP = 20,
    FAST_SHORT_L4 = 8, /* what is looked at of UDP and ICMP */
    FAST_HEAD = FAST_ETHERNET + FAST_IPV4 + FAST_TCP,
};

/* A frame without its VLAN tag. */
struct fast_head {
    __u32 size;         /* of the frame, of which FAST_HEAD bytes are there */
    __u32 in_port;      /* network byte order */
    __u16 has_tag, tci; /* of 802.1Q */
};

/* Of what follows IPv4: how many bytes fast_key_of will look at; 0: the frame
 * is not plain.  'b' has Ethernet's and IPv4's header. */
static inline __u32 fast_key_l4(const __u8 *b)
{
    const __u8 *ip = b + FAST_ETHERNET;

    if (b[12] != (ETH_P_IP >> 8) || b[13] != (ETH_P_IP & 0xff) ||
        ip[0] != 0x45 || (ip[6] & 0x3f) || ip[7])
        return 0;
    if (ip[9] == FAST_PROTO_TCP)
        return FAST_TCP;
    return ip[9] == FAST_PROTO_UDP || ip[9] == FAST_PROTO_ICMP ? FAST_SHORT_L4
                                                               : 0;
}

/* The key of a frame for which fast_key_l4 has said that it is plain and whose
 * bytes are there; false: its sizes contradict each other. */
static inline int fast_key_of(const struct fast_head *head, const __u8 *b,
                              union fast_key *k)
{
    const __u8 *ip = b + FAST_ETHERNET, *l4 = ip + FAST_IPV4;
    __u32 size = (__u32)ip[2] << 8 | ip[3], l4_size;

    if (size < FAST_IPV4 || size > head->size - FAST_ETHERNET)
        return 0;
    l4_size = size - FAST_IPV4;
    for (int i = 0; i < FAST_KEY_WORDS; i++)
        k->word[i] = 0;
    k->in_port = head->in_port;
    k->eth_type = __cpu_to_be16(ETH_P_IP);
    if (head->has_tag) {
        k->vlan_vid = __cpu_to_be16((head->tci & 0x0fff) | FAST_VLAN_PRESENT);
        k->vlan_pcp = (__u8)(head->tci >> 13);
        k->vlan_tpid = __cpu_to_be16(ETH_P_8021Q);
    }
    __builtin_memcpy(k->eth_dst, b, ETH_ALEN);
    __builtin_memcpy(k->eth_src, b + ETH_ALEN, ETH_ALEN);
    k->ip_proto = ip[9];
    k->ip_dscp = ip[1] >> 2;
    k->ip_ecn = ip[1] & 3;
    k->ip_ttl = ip[8];
    __builtin_memcpy(&k->ip_src, ip + 12, 4);
    __builtin_memcpy(&k->ip_dst, ip + 16, 4);
    if (ip[9] == FAST_PROTO_ICMP) {
        k->tp_src = __cpu_to_be16(l4[0]);
        k->tp_dst = __cpu_to_be16(l4[1]);
        return l4_size >= FAST_SHORT_L4;
    }
    __builtin_memcpy(&k->tp_src, l4, 2);
    __builtin_memcpy(&k->tp_dst, l4 + 2, 2);
    if (ip[9] == FAST_PROTO_UDP)
        return l4_size >= FAST_SHORT_L4;
    k->tcp_flags = __cpu_to_be16((__u16)((l4[12] & 0xf) << 8 | l4[13]));
    return l4_size >= FAST_TCP && (l4[12] >> 4) * 4u >= FAST_TCP &&
           (l4[12] >> 4) * 4u <= l4_size;
}

/* The bits of a key that count. */
static inline __u64 fast_key_mask(const union fast_key *k,
                                  const union fast_key *mask,
                                  union fast_key *masked, __u64 seed)
{
    for (int i = 0; i < FAST_KEY_WORDS; i++) {
        masked->word[i] = k->word[i] & mask->word[i];
        seed = (seed ^ masked->word[i]) * 0x9e3779b97f4a7c15ull;
        seed ^= seed >> 32;
    }
    return seed;
}

#endif
