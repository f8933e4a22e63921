/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What fast_path.bpf.c asks of a frame, and how it changes one.
 */
#ifndef OFFLOAD_FAST_PATH_FRAME_BPF_H
#define OFFLOAD_FAST_PATH_FRAME_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "offload/fast_path_key.h"
#include "offload/fast_path_steps.h"

enum {
    HEADER_SIZE = 14,
    GSO_LARGEST = 65536,
    TTL_AT = HEADER_SIZE + 8,
    PROTO_AT = HEADER_SIZE + 9,
    IP_SUM_AT = HEADER_SIZE + 10,
    TCP_SUM_AT = HEADER_SIZE + FAST_IPV4 + 16,
    UDP_SUM_AT = HEADER_SIZE + FAST_IPV4 + 6,
};

/* What an interface must take for the frame, or for each that it will be cut
 * into: packet/frame.h.  More than all where that is not known. */
static __always_inline __u32 needed_mtu(struct __sk_buff *s, __u16 type)
{
    __u32 headers;
    __u8 byte;

    if (!s->gso_size)
        return s->len - HEADER_SIZE;
    if (type == bpf_htons(ETH_P_IP)) {
        __u8 ip[10];

        if (bpf_skb_load_bytes(s, HEADER_SIZE, ip, sizeof(ip)) ||
            ip[9] != IPPROTO_TCP || (ip[0] & 0xf) != 5)
            return ~0u;
        headers = 20;
    } else if (type == bpf_htons(ETH_P_IPV6)) {
        if (bpf_skb_load_bytes(s, HEADER_SIZE + 6, &byte, 1) ||
            byte != IPPROTO_TCP)
            return ~0u;
        headers = 40;
    } else {
        return ~0u;
    }
    if (bpf_skb_load_bytes(s, HEADER_SIZE + headers + 12, &byte, 1))
        return ~0u;
    headers += (byte >> 4) * 4;
    return s->len <= GSO_LARGEST ? headers + s->gso_size : ~0u;
}

/* Frames that no ring may see: port/refused.h.  Another socket has it. */
static __always_inline int is_refused(struct __sk_buff *s, __u32 mtu)
{
    __u16 type = 0, fragment;
    __u8 proto;

    if (!mtu || s->len <= HEADER_SIZE + mtu ||
        bpf_skb_load_bytes(s, 12, &type, 2))
        return 0;
    if (type == bpf_htons(ETH_P_IPV6))
        return !bpf_skb_load_bytes(s, HEADER_SIZE + 6, &proto, 1) &&
               proto == IPPROTO_UDP;
    return type == bpf_htons(ETH_P_IP) &&
           !bpf_skb_load_bytes(s, HEADER_SIZE + 6, &fragment, 2) &&
           !(fragment & bpf_htons(0x3fff)) &&
           !bpf_skb_load_bytes(s, PROTO_AT, &proto, 1) && proto == IPPROTO_UDP;
}

static __always_inline int replace(struct __sk_buff *s, __u32 at, __u32 old,
                                   __u32 fresh, __u32 size, __u32 sums)
{
    __u64 flags = size | (sums & FAST_SUM_PSEUDO ? BPF_F_PSEUDO_HDR : 0);
    __u8 proto;

    if (sums & FAST_SUM_IP &&
        bpf_l3_csum_replace(s, IP_SUM_AT, old, fresh, size))
        return 0;
    if (sums & (FAST_SUM_L4 | FAST_SUM_PSEUDO)) {
        if (bpf_skb_load_bytes(s, PROTO_AT, &proto, 1))
            return 0;
        if (proto == IPPROTO_TCP) {
            if (bpf_l4_csum_replace(s, TCP_SUM_AT, old, fresh, flags))
                return 0;
        } else if (bpf_l4_csum_replace(s, UDP_SUM_AT, old, fresh,
                                       flags | BPF_F_MARK_MANGLED_0)) {
            return 0;
        }
    }
    return !(size == 2 ? bpf_skb_store_bytes(s, at, &fresh, 2, 0)
                       : bpf_skb_store_bytes(s, at, &fresh, 4, 0));
}

static __always_inline int set_bytes(struct __sk_buff *s,
                                     const struct fast_step *step)
{
    __u32 at = step->offset, old = 0, fresh;

    if (step->size == ETH_ALEN) {
        __u64 mac = 0;

        if (bpf_skb_load_bytes(s, at, &mac, ETH_ALEN))
            return 0;
        mac = (mac & ~*(__u64 *)step->mask) | *(__u64 *)step->value;
        return !bpf_skb_store_bytes(s, at, &mac, ETH_ALEN, 0);
    }
    if (step->size == 2 ? bpf_skb_load_bytes(s, at, &old, 2)
                        : bpf_skb_load_bytes(s, at, &old, 4))
        return 0;
    fresh = (old & ~*(__u32 *)step->mask) | *(__u32 *)step->value;
    return replace(s, at, old, fresh, step->size == 2 ? 2 : 4, step->sums);
}

static __always_inline int dec_ttl(struct __sk_buff *s)
{
    __u16 old, fresh;

    if (bpf_skb_load_bytes(s, TTL_AT, &old, 2))
        return 0;
    fresh = old - bpf_htons(0x0100);
    return replace(s, TTL_AT, old, fresh, 2, FAST_SUM_IP);
}

static __always_inline __u16 number(const __u8 *b)
{
    return (__u16)(b[0] << 8 | b[1]);
}

static __always_inline int set_tag(struct __sk_buff *s,
                                   const struct fast_step *step)
{
    __u16 tci = s->vlan_tci;

    tci = (tci & ~number(step->mask)) | number(step->value);
    return !bpf_skb_vlan_pop(s) &&
           !bpf_skb_vlan_push(s, bpf_htons(ETH_P_8021Q), tci);
}

static __always_inline int edit(struct __sk_buff *s,
                                const struct fast_step *step)
{
    if (step->kind == FAST_STEP_SET)
        return set_bytes(s, step);
    if (step->kind == FAST_STEP_DEC_TTL)
        return dec_ttl(s);
    if (step->kind == FAST_STEP_PUSH_TAG)
        return !bpf_skb_vlan_push(s, bpf_htons(ETH_P_8021Q),
                                  number(step->value));
    if (step->kind == FAST_STEP_POP_TAG)
        return !bpf_skb_vlan_pop(s);
    return set_tag(s, step);
}

#endif
