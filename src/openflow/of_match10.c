/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_match10.h"

#include "openflow/of_match_fixed.h"
#include "openflow/of_port_number.h"
#include "openflow/of_read.h"

/* OFPFW_*: ones say that a field does not count. */
enum {
    WILD_IN_PORT = 1 << 0,
    WILD_VLAN = 1 << 1,
    WILD_ETH_SRC = 1 << 2,
    WILD_ETH_DST = 1 << 3,
    WILD_ETH_TYPE = 1 << 4,
    WILD_PROTO = 1 << 5,
    WILD_TP_SRC = 1 << 6,
    WILD_TP_DST = 1 << 7,
    WILD_VLAN_PCP = 1 << 20,
    WILD_TOS = 1 << 21,
    WILD_ALL = (1 << 22) - 1,

    /* Six bits say how many bits of an address, from the right, do not. */
    WILD_NW_SRC_SHIFT = 8,
    WILD_NW_DST_SHIFT = 14,
    WILD_NW_MASK = 0x3f,
    WILD_NW_ALL = 32,
};

static uint32_t nw_mask(uint32_t wild, unsigned shift)
{
    unsigned count = wild >> shift & WILD_NW_MASK;

    return count >= WILD_NW_ALL ? 0 : UINT32_MAX << count;
}

static uint32_t nw_wild(uint32_t mask, unsigned shift)
{
    uint32_t rest = ~mask;
    uint32_t count = 0;

    for (; rest; rest >>= 1)
        count++;
    return count << shift;
}

enum flow_error of_match10_read(struct reader *r, struct flow_match *m,
                                bool *is_exact)
{
    uint32_t wild = read_u32(r) & WILD_ALL;
    struct of_match_fixed f = {
        .has_in_port = !(wild & WILD_IN_PORT),
        .has_vlan = !(wild & WILD_VLAN),
        .has_vlan_pcp = !(wild & WILD_VLAN_PCP),
        .has_eth_type = !(wild & WILD_ETH_TYPE),
        .has_tos = !(wild & WILD_TOS),
        .has_proto = !(wild & WILD_PROTO),
        .has_tp_src = !(wild & WILD_TP_SRC),
        .has_tp_dst = !(wild & WILD_TP_DST),
        .nw_src_mask = nw_mask(wild, WILD_NW_SRC_SHIFT),
        .nw_dst_mask = nw_mask(wild, WILD_NW_DST_SHIFT),
    };

    of_port_number_from10(read_u16(r), &f.in_port);
    of_read_into(r, f.eth_src, 6);
    of_read_into(r, f.eth_dst, 6);
    f.vlan = read_u16(r);
    f.vlan_pcp = read_u8(r);
    read_bytes(r, 1);
    f.eth_type = read_u16(r);
    f.tos = read_u8(r);
    f.proto = read_u8(r);
    read_bytes(r, 2);
    f.nw_src = read_u32(r);
    f.nw_dst = read_u32(r);
    f.tp_src = read_u16(r);
    f.tp_dst = read_u16(r);
    if (r->bad)
        return FLOW_BAD_LENGTH;
    /* 1.0 has no value for "any tag", and 12 bits of a VLAN. */
    if (f.vlan != FIXED_VLAN_NONE)
        f.vlan &= 0xfff;
    memset(f.eth_src_mask, wild & WILD_ETH_SRC ? 0 : 0xff, 6);
    memset(f.eth_dst_mask, wild & WILD_ETH_DST ? 0 : 0xff, 6);
    if (is_exact)
        *is_exact = wild == 0;
    return of_match_fixed_to(&f, m);
}

/* An address under a mask that is not all ones cannot be written. */
static bool is_whole(const uint8_t *mask)
{
    static const uint8_t ones[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    return memcmp(mask, ones, sizeof(ones)) == 0;
}

static uint32_t wildcards_of(const struct of_match_fixed *f)
{
    bool has_vlan = f->has_vlan && f->vlan != FIXED_VLAN_ANY;

    return (f->has_in_port ? 0u : WILD_IN_PORT) | (has_vlan ? 0u : WILD_VLAN) |
           (is_whole(f->eth_src_mask) ? 0u : WILD_ETH_SRC) |
           (is_whole(f->eth_dst_mask) ? 0u : WILD_ETH_DST) |
           (f->has_eth_type ? 0u : WILD_ETH_TYPE) |
           (f->has_proto ? 0u : WILD_PROTO) |
           (f->has_tp_src ? 0u : WILD_TP_SRC) |
           (f->has_tp_dst ? 0u : WILD_TP_DST) |
           (f->has_vlan_pcp ? 0u : WILD_VLAN_PCP) |
           (f->has_tos ? 0u : WILD_TOS) |
           nw_wild(f->nw_src_mask, WILD_NW_SRC_SHIFT) |
           nw_wild(f->nw_dst_mask, WILD_NW_DST_SHIFT);
}

/* The written match must be read as the same one. */
static void check_said(struct of_buffer *b, size_t start,
                       const struct flow_match *m)
{
    struct reader r = reader_over(b->data + start, b->size - start);
    struct flow_match said;

    if (of_match10_read(&r, &said, NULL) || !match_is_equal(m, &said))
        of_leave_out(b, of_match_fixed_lacks(m, &said));
}

void of_match10_write(struct of_buffer *b, const struct flow_match *m,
                      bool is_exact)
{
    static const uint8_t no_address[6];
    struct of_match_fixed f = of_match_fixed_from(m);
    uint32_t wild = is_exact ? 0 : wildcards_of(&f);
    size_t start = b->size;

    of_put_u32(b, wild);
    of_put_u16(b, f.has_in_port ? of_port_number_to10(f.in_port) : 0);
    of_put(b, wild & WILD_ETH_SRC ? no_address : f.eth_src, 6);
    of_put(b, wild & WILD_ETH_DST ? no_address : f.eth_dst, 6);
    of_put_u16(b, wild & WILD_VLAN ? 0 : f.vlan);
    of_put_u8(b, f.vlan_pcp);
    of_put_zeros(b, 1);
    of_put_u16(b, f.eth_type);
    of_put_u8(b, f.tos);
    of_put_u8(b, f.proto);
    of_put_zeros(b, 2);
    of_put_u32(b, f.nw_src & nw_mask(wild, WILD_NW_SRC_SHIFT));
    of_put_u32(b, f.nw_dst & nw_mask(wild, WILD_NW_DST_SHIFT));
    of_put_u16(b, f.tp_src);
    of_put_u16(b, f.tp_dst);
    if (!b->is_bad && !is_exact)
        check_said(b, start, m);
}
