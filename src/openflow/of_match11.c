/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_match11.h"

#include <linux/if_ether.h>
#include <netinet/in.h>

#include "openflow/of_match_fixed.h"
#include "openflow/of_read.h"

/* OFPFW_*: ones say that a field does not count.  The others have masks. */
enum {
    WILD_IN_PORT = 1 << 0,
    WILD_VLAN = 1 << 1,
    WILD_VLAN_PCP = 1 << 2,
    WILD_ETH_TYPE = 1 << 3,
    WILD_TOS = 1 << 4,
    WILD_PROTO = 1 << 5,
    WILD_TP_SRC = 1 << 6,
    WILD_TP_DST = 1 << 7,
    WILD_MPLS_LABEL = 1 << 8,
    WILD_MPLS_TC = 1 << 9,
};

/* In masks of 1.1 the ones say what does not count, too. */
static void read_ethernet(struct reader *r, uint8_t *address, uint8_t *mask)
{
    of_read_into(r, address, 6);
    of_read_into(r, mask, 6);
    for (size_t i = 0; i < 6; i++)
        mask[i] = (uint8_t)~mask[i];
}

static void put_ethernet(struct of_buffer *b, const uint8_t *address,
                         const uint8_t *mask)
{
    of_put(b, address, 6);
    for (size_t i = 0; i < 6; i++)
        of_put_u8(b, (uint8_t)~mask[i]);
}

/* 1.1 refuses values that 1.0 accepts, as Open vSwitch does. */
static bool is_icmp_that_cannot_be(const struct of_match_fixed *f)
{
    return f->has_eth_type && f->eth_type == ETH_P_IP && f->has_proto &&
           f->proto == IPPROTO_ICMP &&
           ((f->has_tp_src && f->tp_src > UINT8_MAX) ||
            (f->has_tp_dst && f->tp_dst > UINT8_MAX));
}

enum flow_error of_match11_read(struct reader *r, struct flow_match *m)
{
    struct of_match_fixed f = {.in_port = read_u32(r)};
    uint32_t wild = read_u32(r);

    f.has_in_port = !(wild & WILD_IN_PORT);
    f.has_vlan = !(wild & WILD_VLAN);
    f.has_vlan_pcp = !(wild & WILD_VLAN_PCP);
    f.has_eth_type = !(wild & WILD_ETH_TYPE);
    f.has_tos = !(wild & WILD_TOS);
    f.has_proto = !(wild & WILD_PROTO);
    f.has_tp_src = !(wild & WILD_TP_SRC);
    f.has_tp_dst = !(wild & WILD_TP_DST);
    f.has_mpls_label = !(wild & WILD_MPLS_LABEL);
    f.has_mpls_tc = !(wild & WILD_MPLS_TC);
    read_ethernet(r, f.eth_src, f.eth_src_mask);
    read_ethernet(r, f.eth_dst, f.eth_dst_mask);
    f.vlan = read_u16(r);
    f.vlan_pcp = read_u8(r);
    read_bytes(r, 1);
    f.eth_type = read_u16(r);
    f.tos = read_u8(r);
    f.proto = read_u8(r);
    f.nw_src = read_u32(r);
    f.nw_src_mask = ~read_u32(r);
    f.nw_dst = read_u32(r);
    f.nw_dst_mask = ~read_u32(r);
    f.tp_src = read_u16(r);
    f.tp_dst = read_u16(r);
    f.mpls_label = read_u32(r);
    f.mpls_tc = read_u8(r);
    read_bytes(r, 3);
    f.metadata = read_u64(r);
    f.metadata_mask = ~read_u64(r);
    if (r->bad)
        return FLOW_BAD_MATCH_LENGTH;
    return is_icmp_that_cannot_be(&f) ? FLOW_BAD_VALUE
                                      : of_match_fixed_to(&f, m);
}

static uint32_t wildcards_of(const struct of_match_fixed *f)
{
    return (f->has_in_port ? 0u : WILD_IN_PORT) |
           (f->has_vlan ? 0u : WILD_VLAN) |
           (f->has_vlan_pcp ? 0u : WILD_VLAN_PCP) |
           (f->has_eth_type ? 0u : WILD_ETH_TYPE) |
           (f->has_tos ? 0u : WILD_TOS) | (f->has_proto ? 0u : WILD_PROTO) |
           (f->has_tp_src ? 0u : WILD_TP_SRC) |
           (f->has_tp_dst ? 0u : WILD_TP_DST) |
           (f->has_mpls_label ? 0u : WILD_MPLS_LABEL) |
           (f->has_mpls_tc ? 0u : WILD_MPLS_TC);
}

void of_match11_write(struct of_buffer *b, const struct flow_match *m)
{
    struct of_match_fixed f = of_match_fixed_from(m);

    of_put_u32(b, f.in_port);
    of_put_u32(b, wildcards_of(&f));
    put_ethernet(b, f.eth_src, f.eth_src_mask);
    put_ethernet(b, f.eth_dst, f.eth_dst_mask);
    of_put_u16(b, f.vlan);
    of_put_u8(b, f.vlan_pcp);
    of_put_zeros(b, 1);
    of_put_u16(b, f.eth_type);
    of_put_u8(b, f.tos);
    of_put_u8(b, f.proto);
    of_put_u32(b, f.nw_src);
    of_put_u32(b, ~f.nw_src_mask);
    of_put_u32(b, f.nw_dst);
    of_put_u32(b, ~f.nw_dst_mask);
    of_put_u16(b, f.tp_src);
    of_put_u16(b, f.tp_dst);
    of_put_u32(b, f.mpls_label);
    of_put_u8(b, f.mpls_tc);
    of_put_zeros(b, 3);
    of_put_u64(b, f.metadata);
    of_put_u64(b, ~f.metadata_mask);
}
