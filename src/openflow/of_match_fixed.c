/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_match_fixed.h"

#include <endian.h>
#include <netinet/in.h>

#include "base/array.h"
#include "flow/ethertype.h"

enum {
    TOS_MASK = 0xfc,
    VID_MASK = 0x0fff,
};

/* Numbers are added from host order.  What has been checked before cannot be
 * refused, so most callers have no use for the result. */
static enum flow_error add(struct flow_match *m, enum field_id id,
                           uint64_t value, uint64_t mask)
{
    const struct field *f = field_by_id(id);
    uint64_t v = htobe64(value & mask), k = htobe64(mask);
    size_t skip = 8u - f->size;

    return match_add(m, f, (const uint8_t *)&v + skip,
                     (const uint8_t *)&k + skip);
}

static void add_ethernet(struct flow_match *m, enum field_id id,
                         const uint8_t *value, const uint8_t *mask)
{
    uint8_t under[6];

    for (size_t i = 0; i < sizeof(under); i++)
        under[i] = value[i] & mask[i];
    match_add(m, field_by_id(id), under, mask);
}

static enum flow_error add_vlan(struct flow_match *m,
                                const struct of_match_fixed *fixed)
{
    if (fixed->has_vlan && fixed->vlan == FIXED_VLAN_NONE)
        return add(m, FIELD_VLAN_VID, 0, 0x1fff);
    if (fixed->has_vlan && fixed->vlan != FIXED_VLAN_ANY) {
        if (fixed->vlan > VID_MASK)
            return FLOW_BAD_VALUE;
        add(m, FIELD_VLAN_VID, VLAN_PRESENT | fixed->vlan, 0x1fff);
    } else if (fixed->has_vlan || fixed->has_vlan_pcp) {
        add(m, FIELD_VLAN_VID, VLAN_PRESENT, VLAN_PRESENT);
    }
    if (fixed->has_vlan_pcp)
        add(m, FIELD_VLAN_PCP, fixed->vlan_pcp & 7, 7);
    return FLOW_OK;
}

/* A type or code that no frame has is kept as it was sent, in the 16 bits that
 * 1.0 and 1.1 have for it: ICMP's byte is the lower half of a port. */
static void add_icmp(struct flow_match *m, enum field_id id, uint16_t value)
{
    const struct field *f = field_by_id(id);
    uint16_t number = htobe16(value), all = UINT16_MAX;

    add(m, id, value & UINT8_MAX, UINT8_MAX);
    if (value <= UINT8_MAX)
        return;
    memcpy(field_at(f, &m->key) - 1, &number, sizeof(number));
    memcpy(field_at(f, &m->mask) - 1, &all, sizeof(all));
}

/* What the two fields for ports are for each protocol; the Ethertype is 0 for
 * IPv4 and IPv6.  1.0 has no word of IPv6, but as in Open vSwitch the fields of
 * IPv4 but for addresses mean those of IPv6 where the Ethertype says so. */
static const struct transport {
    uint16_t eth_type;
    uint8_t proto;
    bool is_icmp;
    enum field_id src, dst;
} transports[] = {
    /* clang-format off */
    {0,             IPPROTO_TCP,    false, FIELD_TCP_SRC,     FIELD_TCP_DST    },
    {0,             IPPROTO_UDP,    false, FIELD_UDP_SRC,     FIELD_UDP_DST    },
    {0,             IPPROTO_SCTP,   false, FIELD_SCTP_SRC,    FIELD_SCTP_DST   },
    {ETH_P_IP,   IPPROTO_ICMP,   true,  FIELD_ICMPV4_TYPE, FIELD_ICMPV4_CODE},
    {ETH_P_IPV6, IPPROTO_ICMPV6, true,  FIELD_ICMPV6_TYPE, FIELD_ICMPV6_CODE},
    /* clang-format on */
};

enum { TRANSPORTS = ARRAY_SIZE(transports) };

static void add_port(struct flow_match *m, const struct transport *t,
                     enum field_id id, uint16_t value)
{
    if (t->is_icmp)
        add_icmp(m, id, value);
    else
        add(m, id, value, UINT16_MAX);
}

static void add_transport(struct flow_match *m,
                          const struct of_match_fixed *fixed)
{
    for (size_t i = 0; fixed->has_proto && i < TRANSPORTS; i++) {
        const struct transport *t = &transports[i];

        if (t->proto != fixed->proto ||
            (t->eth_type && t->eth_type != fixed->eth_type))
            continue;
        if (fixed->has_tp_src)
            add_port(m, t, t->src, fixed->tp_src);
        if (fixed->has_tp_dst)
            add_port(m, t, t->dst, fixed->tp_dst);
    }
}

static void add_ip(struct flow_match *m, const struct of_match_fixed *fixed)
{
    if (fixed->has_tos)
        add(m, FIELD_IP_DSCP, fixed->tos >> 2, 0x3f);
    if (fixed->has_proto)
        add(m, FIELD_IP_PROTO, fixed->proto, UINT8_MAX);
    add_transport(m, fixed);
}

static void add_ipv4(struct flow_match *m, const struct of_match_fixed *fixed)
{
    add_ip(m, fixed);
    add(m, FIELD_IPV4_SRC, fixed->nw_src, fixed->nw_src_mask);
    add(m, FIELD_IPV4_DST, fixed->nw_dst, fixed->nw_dst_mask);
}

static void add_arp(struct flow_match *m, const struct of_match_fixed *fixed)
{
    if (fixed->has_proto)
        add(m, FIELD_ARP_OP, fixed->proto, UINT16_MAX);
    add(m, FIELD_ARP_SPA, fixed->nw_src, fixed->nw_src_mask);
    add(m, FIELD_ARP_TPA, fixed->nw_dst, fixed->nw_dst_mask);
}

static void add_mpls(struct flow_match *m, const struct of_match_fixed *fixed)
{
    if (fixed->has_mpls_label)
        add(m, FIELD_MPLS_LABEL, fixed->mpls_label, 0xfffff);
    if (fixed->has_mpls_tc)
        add(m, FIELD_MPLS_TC, fixed->mpls_tc, 7);
}

enum flow_error of_match_fixed_to(const struct of_match_fixed *fixed,
                                  struct flow_match *m)
{
    enum flow_error error;
    uint16_t eth_type = fixed->eth_type;

    *m = (struct flow_match){0};
    if (fixed->has_in_port)
        add(m, FIELD_IN_PORT, fixed->in_port, UINT32_MAX);
    add(m, FIELD_METADATA, fixed->metadata, fixed->metadata_mask);
    add_ethernet(m, FIELD_ETH_SRC, fixed->eth_src, fixed->eth_src_mask);
    add_ethernet(m, FIELD_ETH_DST, fixed->eth_dst, fixed->eth_dst_mask);
    error = add_vlan(m, fixed);
    if (error || !fixed->has_eth_type)
        return error;
    if (eth_type < ETHERTYPE_MIN)
        eth_type = FIXED_NOT_ETH_TYPE;
    add(m, FIELD_ETH_TYPE, eth_type, UINT16_MAX);
    switch (eth_type) {
    case ETH_P_IP:
        add_ipv4(m, fixed);
        return FLOW_OK;
    case ETH_P_IPV6:
        add_ip(m, fixed);
        return FLOW_OK;
    case ETH_P_ARP:
    case ETH_P_RARP:
        add_arp(m, fixed);
        return FLOW_OK;
    case ETH_P_MPLS_UC:
    case ETH_P_MPLS_MC:
        add_mpls(m, fixed);
        return FLOW_OK;
    default:
        return FLOW_OK;
    }
}

/* Up to 8 bytes of the key or the mask, in host order. */
static uint64_t number(const struct field *f, const struct flow_key *key)
{
    uint64_t n = 0;

    memcpy((uint8_t *)&n + 8 - f->size, field_get(f, key), f->size);
    return be64toh(n);
}

/* The value of a field that all bits of count. */
static bool take(const struct flow_match *m, enum field_id id, uint64_t *value)
{
    const struct field *f = field_by_id(id);

    if (!match_has(m, f) || number(f, &m->mask) != UINT64_MAX >> (64 - f->bits))
        return false;
    *value = number(f, &m->key);
    return true;
}

static void take_vlan(const struct flow_match *m, struct of_match_fixed *fixed)
{
    uint16_t vid = be16toh(m->key.vlan_vid), mask = be16toh(m->mask.vlan_vid);
    uint64_t value;

    if (mask & VLAN_PRESENT && !(vid & VLAN_PRESENT)) {
        fixed->has_vlan = fixed->has_vlan_pcp = true;
        fixed->vlan = FIXED_VLAN_NONE;
        return;
    }
    if (vid & VLAN_PRESENT) {
        fixed->has_vlan = true;
        fixed->vlan =
            (mask & VID_MASK) == VID_MASK ? vid & VID_MASK : FIXED_VLAN_ANY;
    }
    fixed->has_vlan_pcp = take(m, FIELD_VLAN_PCP, &value);
    if (fixed->has_vlan_pcp)
        fixed->vlan_pcp = (uint8_t)value;
}

static void take_transport(const struct flow_match *m,
                           struct of_match_fixed *fixed)
{
    uint64_t value;

    for (size_t i = 0; i < TRANSPORTS; i++) {
        const struct transport *t = &transports[i];

        fixed->has_tp_src = fixed->has_tp_src || take(m, t->src, &value);
        fixed->has_tp_dst = fixed->has_tp_dst || take(m, t->dst, &value);
    }
    /* All of them stand in the same place, see add_icmp. */
    if (fixed->has_tp_src)
        fixed->tp_src = be16toh(m->key.tp_src);
    if (fixed->has_tp_dst)
        fixed->tp_dst = be16toh(m->key.tp_dst);
}

/* Addresses of IPv4 and ARP stand in the same place, those of IPv6 in none. */
static void take_network(const struct flow_match *m,
                         struct of_match_fixed *fixed)
{
    uint64_t value;

    fixed->nw_src = be32toh(m->key.ip_src);
    fixed->nw_src_mask = be32toh(m->mask.ip_src);
    fixed->nw_dst = be32toh(m->key.ip_dst);
    fixed->nw_dst_mask = be32toh(m->mask.ip_dst);
    if (take(m, FIELD_IP_DSCP, &value)) {
        fixed->has_tos = true;
        fixed->tos = (uint8_t)(value << 2) & TOS_MASK;
    }
    if (take(m, FIELD_IP_PROTO, &value) ||
        (take(m, FIELD_ARP_OP, &value) && value <= UINT8_MAX)) {
        fixed->has_proto = true;
        fixed->proto = (uint8_t)value;
    }
}

struct of_match_fixed of_match_fixed_from(const struct flow_match *m)
{
    struct of_match_fixed fixed = {
        .has_in_port = m->mask.in_port != 0,
        .in_port = be32toh(m->key.in_port),
        .metadata = be64toh(m->key.metadata),
        .metadata_mask = be64toh(m->mask.metadata),
        .has_eth_type = m->mask.eth_type != 0,
        .eth_type = be16toh(m->key.eth_type),
    };
    uint64_t value;

    memcpy(fixed.eth_src, m->key.eth_src, 6);
    memcpy(fixed.eth_src_mask, m->mask.eth_src, 6);
    memcpy(fixed.eth_dst, m->key.eth_dst, 6);
    memcpy(fixed.eth_dst_mask, m->mask.eth_dst, 6);
    take_vlan(m, &fixed);
    switch (fixed.eth_type) {
    case ETH_P_IP:
    case ETH_P_IPV6:
        take_network(m, &fixed);
        take_transport(m, &fixed);
        break;
    case ETH_P_ARP:
    case ETH_P_RARP:
        take_network(m, &fixed);
        break;
    default:
        break;
    }
    fixed.has_mpls_label = take(m, FIELD_MPLS_LABEL, &value);
    if (fixed.has_mpls_label)
        fixed.mpls_label = (uint32_t)value;
    fixed.has_mpls_tc = take(m, FIELD_MPLS_TC, &value);
    if (fixed.has_mpls_tc)
        fixed.mpls_tc = (uint8_t)value;
    return fixed;
}

const char *of_match_fixed_lacks(const struct flow_match *m,
                                 const struct flow_match *said)
{
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        const struct field *f = field_by_id(id);

        if (match_has(m, f) &&
            (memcmp(field_get(f, &m->key), field_get(f, &said->key), f->size) ||
             memcmp(field_get(f, &m->mask), field_get(f, &said->mask),
                    f->size)))
            return f->name;
    }
    return "the match";
}
