/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/field.h"

#include <assert.h>
#include <endian.h>
#include <pthread.h>

#include "base/array.h"
#include "flow/ethertype.h"

_Static_assert((int)FIELD_REG15 == (int)FIELD_REG0 + 15 &&
                   (int)FIELD_XREG7 == (int)FIELD_XREG0 + 7 &&
                   (int)FIELD_XXREG3 == (int)FIELD_XXREG0 + 3,
               "registers are numbered in a row");

/*
 * Fields share bytes where no frame has both: ICMP's type and code are the low
 * bytes of the L4 ports, ARP's protocol addresses are IPv4's, the link-layer
 * addresses of neighbour discovery are ARP's.  Prerequisites keep them apart,
 * so that a byte of a match always has one meaning.
 */
#define AT(member)  offsetof(struct flow_key, member)
#define LOW(member) (offsetof(struct flow_key, member) + 1)

#define OXM(number, size)     (0x80000000u | (number) << 9 | (size))
#define OXM_REG(number, size) (0x80010000u | (number) << 9 | (size))
#define NXM_OF(number, size)  ((number) << 9 | (size))
#define NXM_NX(number, size)  (0x00010000u | (number) << 9 | (size))

enum {
    PLAIN = 0,
    MASKABLE = 1,
    SETTABLE = 2,
    BOTH = MASKABLE | SETTABLE,
    CONTEXT = 4,
};

/* The last two are where it stands in a match, on the wire and in a text; there
 * is room between them. */
#define ROW(id, name, oxm_name, place, size, bits, can, needs, format, o, n,   \
            wire, text)                                                        \
    [FIELD_##id] = {FIELD_##id,                                                \
                    name,                                                      \
                    oxm_name,                                                  \
                    place,                                                     \
                    size,                                                      \
                    bits,                                                      \
                    ((can)&MASKABLE) != 0,                                     \
                    ((can)&SETTABLE) != 0,                                     \
                    ((can)&CONTEXT) != 0,                                      \
                    NEEDS_##needs,                                             \
                    FORMAT_##format,                                           \
                    o,                                                         \
                    n,                                                         \
                    wire,                                                      \
                    text}
#define REG(n)                                                                 \
    ROW(REG##n, "reg" #n, "reg" #n, AT(reg[n]), 4, 32, BOTH | CONTEXT,         \
        NOTHING, HEX, 0, NXM_NX(n##u, 4), 470 + (n), 110 + (n))

#define XREG(n)                                                                \
    ROW(XREG##n, "xreg" #n, "pkt_reg" #n, AT(reg[2 * (n)]), 8, 64, BOTH,       \
        NOTHING, HEX, OXM_REG(n##u, 8), 0, 0, 0)
#define XXREG(n)                                                               \
    ROW(XXREG##n, "xxreg" #n, "xxreg" #n, AT(reg[4 * (n)]), 16, 128, BOTH,     \
        NOTHING, HEX, 0, NXM_NX(111u + (n), 16), 0, 0)

static const struct field rows[] = {
    ROW(IN_PORT, "in_port", "in_port", AT(in_port), 4, 32, PLAIN, NOTHING, PORT,
        OXM(0u, 4), NXM_OF(0u, 2), 20, 150),
    ROW(IN_PHY_PORT, "in_phy_port", "in_phy_port", AT(in_phy_port), 4, 32,
        PLAIN, NOTHING, PORT, OXM(1u, 4), 0, 30, 160),
    ROW(METADATA, "metadata", "metadata", AT(metadata), 8, 64,
        MASKABLE | CONTEXT, NOTHING, HEX, OXM(2u, 8), 0, 500, 140),
    ROW(ETH_DST, "dl_dst", "eth_dst", AT(eth_dst), 6, 48, BOTH, NOTHING,
        ETHERNET, OXM(3u, 6), NXM_OF(1u, 6), 60, 200),
    ROW(ETH_SRC, "dl_src", "eth_src", AT(eth_src), 6, 48, BOTH, NOTHING,
        ETHERNET, OXM(4u, 6), NXM_OF(2u, 6), 50, 190),
    ROW(ETH_TYPE, "dl_type", "eth_type", AT(eth_type), 2, 16, SETTABLE, NOTHING,
        HEX, OXM(5u, 2), NXM_OF(3u, 2), 70, 210),
    ROW(VLAN_VID, "dl_vlan", "vlan_vid", AT(vlan_vid), 2, 13, BOTH, NOTHING,
        DECIMAL, OXM(6u, 2), 0, 80, 170),
    ROW(VLAN_PCP, "dl_vlan_pcp", "vlan_pcp", AT(vlan_pcp), 1, 3, SETTABLE, VLAN,
        DECIMAL, OXM(7u, 1), 0, 90, 180),
    ROW(IP_DSCP, "nw_tos", "ip_dscp", AT(ip_dscp), 1, 6, SETTABLE, IP, DECIMAL,
        OXM(8u, 1), NXM_OF(5u, 1), 210, 360),
    ROW(IP_ECN, "nw_ecn", "ip_ecn", AT(ip_ecn), 1, 2, SETTABLE, IP, DECIMAL,
        OXM(9u, 1), NXM_NX(28u, 1), 220, 370),
    ROW(IP_PROTO, "nw_proto", "ip_proto", AT(ip_proto), 1, 8, SETTABLE, IP,
        DECIMAL, OXM(10u, 1), NXM_OF(6u, 1), 260, 320),
    ROW(IPV4_SRC, "nw_src", "ipv4_src", AT(ip_src), 4, 32, BOTH, IPV4, IPV4,
        OXM(11u, 4), NXM_OF(7u, 4), 160, 280),
    ROW(IPV4_DST, "nw_dst", "ipv4_dst", AT(ip_dst), 4, 32, BOTH, IPV4, IPV4,
        OXM(12u, 4), NXM_OF(8u, 4), 170, 290),
    ROW(TCP_SRC, "tp_src", "tcp_src", AT(tp_src), 2, 16, BOTH, TCP, DECIMAL,
        OXM(13u, 2), NXM_OF(9u, 2), 270, 510),
    ROW(TCP_DST, "tp_dst", "tcp_dst", AT(tp_dst), 2, 16, BOTH, TCP, DECIMAL,
        OXM(14u, 2), NXM_OF(10u, 2), 280, 540),
    ROW(UDP_SRC, "tp_src", "udp_src", AT(tp_src), 2, 16, BOTH, UDP, DECIMAL,
        OXM(15u, 2), NXM_OF(11u, 2), 300, 520),
    ROW(UDP_DST, "tp_dst", "udp_dst", AT(tp_dst), 2, 16, BOTH, UDP, DECIMAL,
        OXM(16u, 2), NXM_OF(12u, 2), 310, 550),
    ROW(SCTP_SRC, "tp_src", "sctp_src", AT(tp_src), 2, 16, BOTH, SCTP, DECIMAL,
        OXM(17u, 2), 0, 320, 530),
    ROW(SCTP_DST, "tp_dst", "sctp_dst", AT(tp_dst), 2, 16, BOTH, SCTP, DECIMAL,
        OXM(18u, 2), 0, 330, 560),
    ROW(ICMPV4_TYPE, "icmp_type", "icmpv4_type", LOW(tp_src), 1, 8, SETTABLE,
        ICMPV4, DECIMAL, OXM(19u, 1), NXM_OF(13u, 1), 340, 440),
    ROW(ICMPV4_CODE, "icmp_code", "icmpv4_code", LOW(tp_dst), 1, 8, SETTABLE,
        ICMPV4, DECIMAL, OXM(20u, 1), NXM_OF(14u, 1), 350, 450),
    ROW(ARP_OP, "arp_op", "arp_op", AT(arp_op), 2, 16, SETTABLE, ARP, DECIMAL,
        OXM(21u, 2), NXM_OF(15u, 2), 410, 330),
    ROW(ARP_SPA, "arp_spa", "arp_spa", AT(ip_src), 4, 32, BOTH, ARP, IPV4,
        OXM(22u, 4), NXM_OF(16u, 4), 420, 300),
    ROW(ARP_TPA, "arp_tpa", "arp_tpa", AT(ip_dst), 4, 32, BOTH, ARP, IPV4,
        OXM(23u, 4), NXM_OF(17u, 4), 430, 310),
    ROW(ARP_SHA, "arp_sha", "arp_sha", AT(arp_sha), 6, 48, BOTH, ARP, ETHERNET,
        OXM(24u, 6), NXM_NX(17u, 6), 440, 340),
    ROW(ARP_THA, "arp_tha", "arp_tha", AT(arp_tha), 6, 48, BOTH, ARP, ETHERNET,
        OXM(25u, 6), NXM_NX(18u, 6), 450, 350),
    ROW(IPV6_SRC, "ipv6_src", "ipv6_src", AT(ipv6_src), 16, 128, BOTH, IPV6,
        IPV6, OXM(26u, 16), NXM_NX(19u, 16), 180, 240),
    ROW(IPV6_DST, "ipv6_dst", "ipv6_dst", AT(ipv6_dst), 16, 128, BOTH, IPV6,
        IPV6, OXM(27u, 16), NXM_NX(20u, 16), 190, 250),
    ROW(IPV6_FLABEL, "ipv6_label", "ipv6_flabel", AT(ipv6_flabel), 4, 20, BOTH,
        IPV6, HEX, OXM(28u, 4), NXM_NX(27u, 4), 240, 260),
    ROW(ICMPV6_TYPE, "icmp_type", "icmpv6_type", LOW(tp_src), 1, 8, SETTABLE,
        ICMPV6, DECIMAL, OXM(29u, 1), NXM_NX(21u, 1), 360, 460),
    ROW(ICMPV6_CODE, "icmp_code", "icmpv6_code", LOW(tp_dst), 1, 8, SETTABLE,
        ICMPV6, DECIMAL, OXM(30u, 1), NXM_NX(22u, 1), 370, 470),
    ROW(IPV6_ND_TARGET, "nd_target", "ipv6_nd_target", AT(nd_target), 16, 128,
        BOTH, ND, IPV6, OXM(31u, 16), NXM_NX(23u, 16), 380, 480),
    ROW(IPV6_ND_SLL, "nd_sll", "ipv6_nd_sll", AT(arp_sha), 6, 48, BOTH, ND_SOL,
        ETHERNET, OXM(32u, 6), NXM_NX(24u, 6), 390, 490),
    ROW(IPV6_ND_TLL, "nd_tll", "ipv6_nd_tll", AT(arp_tha), 6, 48, BOTH, ND_ADV,
        ETHERNET, OXM(33u, 6), NXM_NX(25u, 6), 400, 500),
    ROW(MPLS_LABEL, "mpls_label", "mpls_label", AT(mpls_label), 4, 20, SETTABLE,
        MPLS, DECIMAL, OXM(34u, 4), 0, 130, 390),
    ROW(MPLS_TC, "mpls_tc", "mpls_tc", AT(mpls_tc), 1, 3, SETTABLE, MPLS,
        DECIMAL, OXM(35u, 1), 0, 100, 400),
    ROW(MPLS_BOS, "mpls_bos", "mpls_bos", AT(mpls_bos), 1, 1, SETTABLE, MPLS,
        DECIMAL, OXM(36u, 1), 0, 110, 420),
    ROW(PBB_ISID, "pbb_isid", "pbb_isid", AT(pbb_isid), 3, 24, BOTH, PBB,
        DECIMAL, OXM(37u, 3), 0, 140, 220),
    ROW(TUNNEL_ID, "tun_id", "tunnel_id", AT(tunnel_id), 8, 64, BOTH | CONTEXT,
        NOTHING, HEX, OXM(38u, 8), NXM_NX(16u, 8), 460, 130),
    ROW(IPV6_EXTHDR, "ipv6_exthdr", "ipv6_exthdr", AT(ipv6_exthdr), 2, 9,
        MASKABLE, IPV6, HEX, OXM(39u, 2), 0, 250, 270),
    ROW(PBB_UCA, "pbb_uca", "pbb_uca", AT(pbb_uca), 1, 1, SETTABLE, PBB,
        DECIMAL, OXM(41u, 1), 0, 150, 230),
    ROW(TCP_FLAGS, "tcp_flags", "tcp_flags", AT(tcp_flags), 2, 12, MASKABLE,
        TCP, TCP_FLAGS, OXM(42u, 2), NXM_NX(34u, 2), 290, 570),
    ROW(ACTSET_OUTPUT, "actset_output", "actset_output", AT(actset_output), 4,
        32, PLAIN, NOTHING, PORT, OXM(43u, 4), 0, 40, 20),
    ROW(PACKET_TYPE, "packet_type", "packet_type", AT(packet_type), 4, 32,
        PLAIN, NOTHING, PACKET_TYPE, OXM(44u, 4), 0, 10, 30),
    ROW(IP_TTL, "nw_ttl", "ip_ttl", AT(ip_ttl), 1, 8, SETTABLE, IP, DECIMAL, 0,
        NXM_NX(29u, 1), 230, 380),
    ROW(IP_FRAG, "nw_frag", "ip_frag", AT(ip_frag), 1, 2, MASKABLE, IP, FRAG, 0,
        NXM_NX(26u, 1), 200, 430),
    ROW(MPLS_TTL, "mpls_ttl", "mpls_ttl", AT(mpls_ttl), 1, 8, SETTABLE, MPLS,
        DECIMAL, 0, NXM_NX(30u, 1), 120, 410),
    ROW(PKT_MARK, "pkt_mark", "pkt_mark", AT(pkt_mark), 4, 32, BOTH | CONTEXT,
        NOTHING, HEX, 0, NXM_NX(33u, 4), 490, 10),
    REG(0),
    REG(1),
    REG(2),
    REG(3),
    REG(4),
    REG(5),
    REG(6),
    REG(7),
    REG(8),
    REG(9),
    REG(10),
    REG(11),
    REG(12),
    REG(13),
    REG(14),
    REG(15),
    XREG(0),
    XREG(1),
    XREG(2),
    XREG(3),
    XREG(4),
    XREG(5),
    XREG(6),
    XREG(7),
    XXREG(0),
    XXREG(1),
    XXREG(2),
    XXREG(3),
};

static_assert(ARRAY_SIZE(rows) == FIELD_ALL_COUNT, "a row for each field");
static_assert(FIELD_REG15 - FIELD_REG0 == KEY_REGISTERS - 1 &&
                  FIELD_XREG7 - FIELD_XREG0 == KEY_REGISTERS / 2 - 1 &&
                  FIELD_XXREG3 - FIELD_XXREG0 == KEY_REGISTERS / 4 - 1,
              "registers have ids in a row, as the key has them in a row");

/* What Open vSwitch calls some fields beside the two names of their rows. */
static const struct {
    const char *name;
    enum field_id id;
} aliases[] = {
    /* clang-format off */
    {"ip_src",      FIELD_IPV4_SRC},
    {"ip_dst",      FIELD_IPV4_DST},
    {"nw_frag",     FIELD_IP_FRAG },
    {"in_port_oxm", FIELD_IN_PORT },
    /* clang-format on */
};

enum {
    NAME_SLOTS = 256, /* a power of two, well above the count of names */
    NUMBERS = 128,    /* of one OXM class */
    CLASSES = 4,
};

static_assert(FIELD_ALL_COUNT < UINT8_MAX, "an id plus 1 is a byte");
static_assert(2 * FIELD_ALL_COUNT + ARRAY_SIZE(aliases) < NAME_SLOTS,
              "there is a slot for each name, and one that ends a search");

/* Made from the rows at the first question: a field's id plus 1; 0 is free. */
static struct {
    struct field_orders orders;
    uint8_t by_name[NAME_SLOTS];
    const char *name[NAME_SLOTS];
    uint8_t by_number[CLASSES][NUMBERS];
} known;

static uint32_t hash_of(const char *name, size_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)name[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The slot that holds the name, or the free one where it would go. */
static uint32_t slot_of(const char *name, size_t length)
{
    uint32_t slot = hash_of(name, length) % NAME_SLOTS;

    while (known.name[slot] && (strncmp(known.name[slot], name, length) != 0 ||
                                known.name[slot][length] != '\0'))
        slot = (slot + 1) % NAME_SLOTS;
    return slot;
}

/* A name that several fields have stays with the first of them. */
static void remember_name(const char *name, enum field_id id)
{
    uint32_t slot = slot_of(name, strlen(name));

    if (known.name[slot])
        return;
    known.name[slot] = name;
    known.by_name[slot] = (uint8_t)(id + 1);
}

/* Where a class stands in known.by_number; CLASSES if nobody knows it. */
static unsigned class_index(uint32_t header)
{
    switch (header >> 16) {
    case 0x8000:
        return 0;
    case 0x0000:
        return 1;
    case 0x0001:
        return 2;
    case 0x8001:
        return 3;
    default:
        return CLASSES;
    }
}

static void remember_header(uint32_t header, enum field_id id)
{
    unsigned class = class_index(header);
    unsigned number = header >> 9 & 0x7f;

    if (header)
        known.by_number[class][number] = (uint8_t)(id + 1);
}

static unsigned int place_on_wire(uint8_t id)
{
    return rows[id].wire_order;
}

static unsigned int place_in_text(uint8_t id)
{
    return rows[id].text_order;
}

static void sort_by(unsigned int (*place)(uint8_t id), uint8_t *ids)
{
    for (uint8_t id = 0; id < FIELD_COUNT; id++) {
        int at = id;

        for (; at > 0 && place(ids[at - 1]) > place(id); at--)
            ids[at] = ids[at - 1];
        ids[at] = id;
    }
}

static void remember_rows(void)
{
    sort_by(place_on_wire, known.orders.wire);
    sort_by(place_in_text, known.orders.text);
    for (int id = 0; id < FIELD_ALL_COUNT; id++) {
        remember_name(rows[id].name, rows[id].id);
        remember_name(rows[id].oxm_name, rows[id].id);
        remember_header(rows[id].oxm, rows[id].id);
        remember_header(rows[id].nxm, rows[id].id);
    }
    for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
        remember_name(aliases[i].name, aliases[i].id);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

const struct field *field_by_id(enum field_id id)
{
    return &rows[id];
}

const struct field_orders *field_orders(void)
{
    pthread_once(&once, remember_rows);
    return &known.orders;
}

const struct field *field_by_name(const char *name, size_t length)
{
    uint8_t found;

    pthread_once(&once, remember_rows);
    found = known.by_name[slot_of(name, length)];
    return found ? &rows[found - 1] : NULL;
}

const struct field *field_by_header(uint32_t header)
{
    unsigned class = class_index(header);
    unsigned number = header >> 9 & 0x7f;
    uint8_t found;

    if (class == CLASSES || number >= NUMBERS)
        return NULL;
    pthread_once(&once, remember_rows);
    found = known.by_number[class][number];
    return found ? &rows[found - 1] : NULL;
}

void field_fill(const struct field *f, uint8_t *mask)
{
    unsigned spare = f->size * 8u - f->bits;

    memset(mask, 0xff, f->size);
    for (size_t i = 0; spare; i++) {
        unsigned here = spare < 8 ? spare : 8;

        mask[i] = (uint8_t)(0xff >> here);
        spare -= here;
    }
}

static bool is_l4(const struct flow_key *key, uint8_t ip_proto)
{
    return key->ip_proto == ip_proto && !(key->ip_frag & FRAG_LATER) &&
           ethertype_is_ip(be16toh(key->eth_type));
}

static bool is_icmpv6(const struct flow_key *key)
{
    return key->ip_proto == 58 && key->eth_type == htobe16(ETH_P_IPV6) &&
           !(key->ip_frag & FRAG_LATER);
}

/* Neighbour discovery's messages, RFC 4861 4.3 and 4.4. */
enum { ND_SOLICIT = 135, ND_ADVERTISE = 136 };

bool field_needs_are_met(enum field_needs needs, const struct flow_key *key)
{
    uint16_t eth_type = be16toh(key->eth_type);
    uint16_t icmp_type = be16toh(key->tp_src);

    switch (needs) {
    case NEEDS_NOTHING:
        return true;
    case NEEDS_VLAN:
        return (key->vlan_vid & htobe16(VLAN_PRESENT)) != 0;
    case NEEDS_ARP:
        return ethertype_is_arp(eth_type);
    case NEEDS_IPV4:
        return eth_type == ETH_P_IP;
    case NEEDS_IPV6:
        return eth_type == ETH_P_IPV6;
    case NEEDS_IP:
        return ethertype_is_ip(eth_type);
    case NEEDS_MPLS:
        return ethertype_is_mpls(eth_type);
    case NEEDS_PBB:
        return ethertype_is_pbb(eth_type);
    case NEEDS_TCP:
        return is_l4(key, 6);
    case NEEDS_UDP:
        return is_l4(key, 17);
    case NEEDS_SCTP:
        return is_l4(key, 132);
    case NEEDS_ICMPV4:
        return eth_type == ETH_P_IP && is_l4(key, 1);
    case NEEDS_ICMPV6:
        return is_icmpv6(key);
    case NEEDS_ND:
        return is_icmpv6(key) &&
               (icmp_type == ND_SOLICIT || icmp_type == ND_ADVERTISE);
    case NEEDS_ND_SOL:
        return is_icmpv6(key) && icmp_type == ND_SOLICIT;
    case NEEDS_ND_ADV:
        return is_icmpv6(key) && icmp_type == ND_ADVERTISE;
    }
    return false;
}

bool field_is_in(const struct field *f, const struct flow_key *key)
{
    return field_needs_are_met(f->needs, key);
}
