/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of Ethertypes, in host order.  The numbers are ETH_P_* of
 * linux/if_ether.h: 8021Q and 8021AD for VLAN tags, 8021AH for PBB (IEEE
 * 802.1ah), MPLS_UC and MPLS_MC for labels (RFC 5332).
 */
#ifndef FLOW_ETHERTYPE_H
#define FLOW_ETHERTYPE_H

#include <linux/if_ether.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    ETHERTYPE_MIN = ETH_P_802_3_MIN, /* below, the field is a length: 802.3 */
    ETHERTYPE_NONE = 0x05ff,         /* what eth_type says of such a frame */
};

static inline bool ethertype_is_vlan(uint32_t type)
{
    return type == ETH_P_8021Q || type == ETH_P_8021AD;
}

static inline bool ethertype_is_mpls(uint32_t type)
{
    return type == ETH_P_MPLS_UC || type == ETH_P_MPLS_MC;
}

static inline bool ethertype_is_pbb(uint32_t type)
{
    return type == ETH_P_8021AH;
}

static inline bool ethertype_is_ip(uint32_t type)
{
    return type == ETH_P_IP || type == ETH_P_IPV6;
}

static inline bool ethertype_is_arp(uint32_t type)
{
    return type == ETH_P_ARP || type == ETH_P_RARP;
}

#endif
