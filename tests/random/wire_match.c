/* SPDX-License-Identifier: BSD-2-Clause */
/* Matches on the wire. */
#include "tests/random/wire_parts.h"

#include "base/array.h"

enum {
    /* OFPFW_* of 1.0. */
    WILD_IN_PORT = 1 << 0,
    WILD_VLAN = 1 << 1,
    WILD_SRC = 1 << 2,
    WILD_DST = 1 << 3,
    WILD_TYPE = 1 << 4,
    WILD_PROTO = 1 << 5,
    WILD_TP_SRC = 1 << 6,
    WILD_TP_DST = 1 << 7,
    WILD_NW_SRC = 8,
    WILD_NW_DST = 14,
    WILD_PCP = 1 << 20,
    WILD_TOS = 1 << 21,

    NO_VLAN_10 = 0xffff,
};

static uint32_t wild_unless(uint64_t mask, uint32_t bit)
{
    return mask ? 0 : bit;
}

static uint32_t wild_address(uint64_t mask, unsigned int shift)
{
    uint32_t count = 0;

    while (count < 32 && !(mask >> count & 1))
        count++;
    return count << shift;
}

/* Of ARP the operation and the addresses stand where IP has its own. */
void wire_put_match_10(struct wire *w, const struct rule_mod *mod)
{
    const uint64_t *v = mod->match.value, *m = mod->match.mask;
    uint32_t wild = wild_unless(m[MF_IN_PORT], WILD_IN_PORT) |
                    wild_unless(m[MF_VLAN_VID], WILD_VLAN) |
                    wild_unless(m[MF_ETH_SRC], WILD_SRC) |
                    wild_unless(m[MF_ETH_DST], WILD_DST) |
                    wild_unless(m[MF_ETH_TYPE], WILD_TYPE) |
                    wild_unless(m[MF_IP_PROTO] | m[MF_ARP_OP], WILD_PROTO) |
                    wild_unless(m[MF_TP_SRC], WILD_TP_SRC) |
                    wild_unless(m[MF_TP_DST], WILD_TP_DST) |
                    wild_unless(m[MF_VLAN_PCP], WILD_PCP) |
                    wild_unless(m[MF_IP_DSCP], WILD_TOS) |
                    wild_address(m[MF_IP_SRC] | m[MF_ARP_SPA], WILD_NW_SRC) |
                    wild_address(m[MF_IP_DST] | m[MF_ARP_TPA], WILD_NW_DST);
    uint64_t vid = v[MF_VLAN_VID];

    wire_put(w, mod->is_exact ? 0 : wild, 4);
    wire_put(w, v[MF_IN_PORT], 2);
    wire_put(w, v[MF_ETH_SRC], 6);
    wire_put(w, v[MF_ETH_DST], 6);
    wire_put(w, vid & 0x1000 ? vid & 0xfff : NO_VLAN_10, 2);
    wire_put(w, v[MF_VLAN_PCP], 1);
    wire_put(w, 0, 1);
    wire_put(w, v[MF_ETH_TYPE], 2);
    wire_put(w, v[MF_IP_DSCP] << 2, 1);
    wire_put(w, v[MF_IP_PROTO] | v[MF_ARP_OP], 1);
    wire_put(w, 0, 2);
    wire_put(w, v[MF_IP_SRC] | v[MF_ARP_SPA], 4);
    wire_put(w, v[MF_IP_DST] | v[MF_ARP_TPA], 4);
    wire_put(w, v[MF_TP_SRC], 2);
    wire_put(w, v[MF_TP_DST], 2);
}

/* OXM numbers of the basic class, and sizes; prerequisites stand before what
 * needs them. */
static const struct oxm {
    enum model_field field;
    uint8_t number, size;
    uint64_t all;
} oxms[] = {
    /* clang-format off */
    {MF_IN_PORT,        0,  4,  0xffffffff    },
    {MF_METADATA,       2,  8,  UINT64_MAX    },
    {MF_ETH_DST,        3,  6,  0xffffffffffff},
    {MF_ETH_SRC,        4,  6,  0xffffffffffff},
    {MF_ETH_TYPE,       5,  2,  0xffff        },
    {MF_VLAN_VID,       6,  2,  0x1fff        },
    {MF_VLAN_PCP,       7,  1,  7             },
    {MF_IP_PROTO,       10, 1,  0xff          },
    {MF_IP_DSCP,        8,  1,  0x3f          },
    {MF_IP_ECN,         9,  1,  3             },
    {MF_IP_SRC,         11, 4,  0xffffffff    },
    {MF_IP_DST,         12, 4,  0xffffffff    },
    {MF_TP_SRC,         13, 2,  0xffff        },
    {MF_TP_DST,         14, 2,  0xffff        },
    {MF_ARP_OP,         21, 2,  0xffff        },
    {MF_ARP_SPA,        22, 4,  0xffffffff    },
    {MF_ARP_TPA,        23, 4,  0xffffffff    },
    {MF_ARP_SHA,        24, 6,  0xffffffffffff},
    {MF_ARP_THA,        25, 6,  0xffffffffffff},
    {MF_IP6_SRC,        26, 16, UINT64_MAX    },
    {MF_IP6_DST,        27, 16, UINT64_MAX    },
    {MF_IP6_LABEL,      28, 4,  0xfffff       },
    {MF_ND_TARGET,      31, 16, UINT64_MAX    },
    {MF_ND_SOURCE,      32, 6,  0xffffffffffff},
    {MF_ND_LINK,        33, 6,  0xffffffffffff},
    {MF_IP6_EXTENSIONS, 39, 2,  0x1ff         },
    /* clang-format on */
};

enum { OXMS = ARRAY_SIZE(oxms) };

/* Ports have a number for each protocol. */
static struct oxm oxm_of(const struct oxm *row, uint64_t proto)
{
    static const struct {
        uint64_t proto;
        uint8_t number, size;
    } others[] = {
        /* clang-format off */
        {PROTO_UDP,    15, 2},
        {PROTO_ICMP,   19, 1},
        {PROTO_ICMPV6, 29, 1},
        /* clang-format on */
    };
    struct oxm o = *row;

    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if ((o.field == MF_TP_SRC || o.field == MF_TP_DST) &&
            others[i].proto == proto) {
            o.number = others[i].number + (o.field == MF_TP_DST);
            o.size = others[i].size;
            o.all = o.size == 1 ? 0xff : 0xffff;
        }
    return o;
}

/* The first half of an address of IPv6 is the same in all. */
static void put_value(struct wire *w, const struct oxm *o, uint64_t value,
                      uint64_t first)
{
    if (o->size == 16)
        wire_put(w, first, 8);
    wire_put(w, value, o->size == 16 ? 8 : o->size);
}

static void put_oxm(struct wire *w, const struct oxm *row, uint64_t value,
                    uint64_t mask, uint64_t proto)
{
    struct oxm o = oxm_of(row, proto);
    bool is_masked = mask != o.all;

    wire_put(w, 0x8000, 2);
    wire_put(w, (uint64_t)o.number << 1 | is_masked, 1);
    wire_put(w, (uint64_t)o.size << is_masked, 1);
    put_value(w, &o, value, IPV6_PREFIX);
    if (is_masked)
        put_value(w, &o, mask, UINT64_MAX);
}

void wire_put_match(struct wire *w, const struct pattern *p)
{
    size_t start = w->size;

    wire_put(w, 1, 2);
    wire_put(w, 0, 2);
    for (int i = 0; i < OXMS; i++) {
        enum model_field f = oxms[i].field;

        if (p->mask[f])
            put_oxm(w, &oxms[i], p->value[f], p->mask[f],
                    p->value[MF_IP_PROTO]);
    }
    wire_set(w, start + 2, w->size - start);
    wire_pad(w, start);
}

void wire_put_set(struct wire *w, const struct act *a)
{
    for (int i = 0; i < OXMS; i++)
        if (oxms[i].field == a->field)
            put_oxm(w, &oxms[i], a->value, oxm_of(&oxms[i], a->arg).all,
                    a->arg);
}
