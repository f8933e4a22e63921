/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registry of match fields: one row a field, and everything that speaks of
 * fields (OXM, NXM, the text notation, prerequisites, masks, set-field) reads
 * it.  OpenFlow 1.3.5 7.2.3, 1.5.1 7.2.3; nicira-ext for NXM.
 */
#ifndef FLOW_FIELD_H
#define FLOW_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/key.h"

/* How a value is written: the notation of ovs-fields(7). */
enum field_format {
    FORMAT_DECIMAL,
    FORMAT_HEX,
    FORMAT_ETHERNET,
    FORMAT_IPV4,
    FORMAT_IPV6,
    FORMAT_PORT,
    FORMAT_FRAG,
    FORMAT_TCP_FLAGS,
    FORMAT_PACKET_TYPE,
};

/* Which frames have the field at all. */
enum field_needs {
    NEEDS_NOTHING,
    NEEDS_VLAN,
    NEEDS_ARP,
    NEEDS_IPV4,
    NEEDS_IPV6,
    NEEDS_IP, /* either */
    NEEDS_MPLS,
    NEEDS_PBB,
    NEEDS_TCP,
    NEEDS_UDP,
    NEEDS_SCTP,
    NEEDS_ICMPV4,
    NEEDS_ICMPV6,
    NEEDS_ND,     /* solicitation or advertisement */
    NEEDS_ND_SOL, /* solicitation */
    NEEDS_ND_ADV, /* advertisement */
};

/* It would stagger the list. */
/* clang-format off */
#define FIELDS(X)                                                              \
    X(IN_PORT) X(IN_PHY_PORT) X(METADATA) X(ETH_DST) X(ETH_SRC) X(ETH_TYPE)    \
    X(VLAN_VID) X(VLAN_PCP) X(IP_DSCP) X(IP_ECN) X(IP_PROTO) X(IPV4_SRC)       \
    X(IPV4_DST) X(TCP_SRC) X(TCP_DST) X(UDP_SRC) X(UDP_DST) X(SCTP_SRC)        \
    X(SCTP_DST) X(ICMPV4_TYPE) X(ICMPV4_CODE) X(ARP_OP) X(ARP_SPA) X(ARP_TPA)  \
    X(ARP_SHA) X(ARP_THA) X(IPV6_SRC) X(IPV6_DST) X(IPV6_FLABEL)               \
    X(ICMPV6_TYPE) X(ICMPV6_CODE) X(IPV6_ND_TARGET) X(IPV6_ND_SLL)             \
    X(IPV6_ND_TLL) X(MPLS_LABEL) X(MPLS_TC) X(MPLS_BOS) X(PBB_ISID)            \
    X(TUNNEL_ID) X(IPV6_EXTHDR) X(PBB_UCA) X(TCP_FLAGS) X(ACTSET_OUTPUT)       \
    X(PACKET_TYPE) X(IP_TTL) X(IP_FRAG) X(MPLS_TTL) X(PKT_MARK) X(REG0)        \
    X(REG1) X(REG2) X(REG3) X(REG4) X(REG5) X(REG6) X(REG7) X(REG8) X(REG9)    \
    X(REG10) X(REG11) X(REG12) X(REG13) X(REG14) X(REG15)
/* clang-format on */

/* Registers taken together, which actions and texts name as one field.  A match
 * has them as the registers that they are made of. */
/* clang-format off */
#define WIDE_FIELDS(X)                                                         \
    X(XREG0) X(XREG1) X(XREG2) X(XREG3) X(XREG4) X(XREG5) X(XREG6) X(XREG7)    \
    X(XXREG0) X(XXREG1) X(XXREG2) X(XXREG3)
/* clang-format on */

#define X(name) FIELD_##name,
enum field_id {
    FIELDS(X) FIELD_COUNT, /* those that matches are made of */
    FIELD_BEFORE_WIDE = FIELD_COUNT - 1,
    WIDE_FIELDS(X) FIELD_ALL_COUNT
};
#undef X

struct field {
    enum field_id id;
    const char *name;     /* ovs-ofctl writes this one: "dl_src", "nw_tos" */
    const char *oxm_name; /* the specification's: "eth_src"; both are read */
    uint16_t offset;      /* of the first byte in struct flow_key */
    uint8_t size;         /* bytes in the key and in OXM */
    uint8_t bits;         /* of these, from the right, count */
    bool is_maskable;     /* takes an arbitrary mask */
    bool is_settable;     /* by set-field */
    bool is_context;      /* a packet-in tells it where it is not 0 */
    enum field_needs needs;
    enum field_format format;
    uint32_t oxm; /* class << 16 | field << 9 | size; 0: none */
    /* The same for Nicira's header; 0: none.  Two of them hold another form of
     * the value: NXM_OF_IN_PORT has 2 bytes, NXM_OF_IP_TOS has DSCP << 2. */
    uint32_t nxm;
    uint16_t wire_order, text_order; /* 0: no part of a match; field_orders */
};

/* The text order's place of the word for the kind of packet ("tcp"). */
enum { FIELD_TEXT_KIND = 100 };

/* The fields that matches are made of, each once, enum field_id. */
struct field_orders {
    /* As Open vSwitch writes them: prerequisites first. */
    uint8_t wire[FIELD_COUNT];
    uint8_t text[FIELD_COUNT]; /* as ovs-ofctl writes them */
};

const struct field_orders *field_orders(void);

const struct field *field_by_id(enum field_id id);

/* Finds by either name, case as written; NULL if there is none.  Of fields that
 * have one name (tp_src, icmp_type) the first. */
const struct field *field_by_name(const char *name, size_t length);

/* Finds by an OXM or NXM header with the mask bit and the length left out
 * (class << 16 | field << 9); NULL if there is none. */
const struct field *field_by_header(uint32_t header);

static inline const uint8_t *field_get(const struct field *f,
                                       const struct flow_key *key)
{
    return (const uint8_t *)key + f->offset;
}

static inline uint8_t *field_at(const struct field *f, struct flow_key *key)
{
    return (uint8_t *)key + f->offset;
}

/* Writes f->size bytes with all bits of the field set: its exact mask. */
void field_fill(const struct field *f, uint8_t *mask);

/* True if a frame (or a match) with this key is of those that are needed. */
bool field_needs_are_met(enum field_needs needs, const struct flow_key *key);

/* True if a frame (or a match) with this key has the field. */
bool field_is_in(const struct field *f, const struct flow_key *key);

#endif
