/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The headers of a super-frame, from Ethernet to the transport header behind
 * which it is to be cut: behind VLAN tags, MPLS labels and PBB tags, and
 * through tunnels.
 *
 * A vnet header does not say that there is a tunnel.  Its gso_type speaks of
 * the innermost packet, and so does its csum_start, which stands at the
 * transport header of that packet (Linux, skb_checksum_start_offset).
 */
#ifndef PACKET_LAYERS_H
#define PACKET_LAYERS_H

#include "packet/frame.h"

enum { LAYERS_MAX = 8 };

/* A header that depends on the size of what it carries. */
enum layer_kind {
    LAYER_IPV4,
    LAYER_IPV6,
    LAYER_UDP, /* a tunnel's */
    LAYER_GRE, /* that has a checksum */
};

struct layer {
    enum layer_kind kind;
    uint32_t at;
};

struct layers {
    struct layer layer[LAYERS_MAX]; /* outermost first; the last one is IP */
    unsigned int count;
    uint32_t l4, end;  /* the transport header, and where its packet ends */
    uint32_t proto_at; /* the byte that names the transport */
    uint8_t proto;
    bool has_route; /* the last destination address is in a routing header */
    bool is_plain;  /* VLAN tags and one IP header are all there is before l4 */
};

/* False if the frame is no super-frame, or its headers contradict one another
 * or its vnet header. */
bool layers_find(struct layers *l, const struct frame *f);

#endif
