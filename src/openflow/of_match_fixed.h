/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the match structures of OpenFlow 1.0 and 1.1 have in common: a place for
 * every field, whatever the frame, and wildcards that say which of them count.
 * of_match10 and of_match11 read and write the bytes.
 */
#ifndef OPENFLOW_OF_MATCH_FIXED_H
#define OPENFLOW_OF_MATCH_FIXED_H

#include "flow/match.h"

enum {
    FIXED_VLAN_NONE = 0xffff, /* frames without a tag */
    FIXED_VLAN_ANY = 0xfffe,  /* frames with a tag; 1.1 */
    FIXED_NOT_ETH_TYPE = 0x05ff,
};

/* Numbers in host order; of masks the ones count. */
struct of_match_fixed {
    bool has_in_port, has_vlan, has_vlan_pcp, has_eth_type, has_tos;
    bool has_proto, has_tp_src, has_tp_dst, has_mpls_label, has_mpls_tc;
    uint32_t in_port;
    uint8_t eth_src[6], eth_src_mask[6];
    uint8_t eth_dst[6], eth_dst_mask[6];
    uint16_t vlan;
    uint8_t vlan_pcp;
    uint16_t eth_type;
    uint8_t tos;   /* DSCP in the upper six bits */
    uint8_t proto; /* or the low byte of ARP's opcode */
    uint32_t nw_src, nw_src_mask, nw_dst, nw_dst_mask;
    uint16_t tp_src, tp_dst; /* or type and code of ICMP */
    uint32_t mpls_label;
    uint8_t mpls_tc;
    uint64_t metadata, metadata_mask;
};

/* Fields whose prerequisite is not there are ignored.  An ICMP type or code of
 * more than 8 bits matches no frame and is kept.  FLOW_OK, or FLOW_BAD_VALUE
 * for a VLAN that cannot be. */
enum flow_error of_match_fixed_to(const struct of_match_fixed *fixed,
                                  struct flow_match *m);

/* The name of the first field in which two matches differ. */
const char *of_match_fixed_lacks(const struct flow_match *m,
                                 const struct flow_match *said);

/* Leaves out what has no place. */
struct of_match_fixed of_match_fixed_from(const struct flow_match *m);

#endif
