/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/draw.h"

enum {
    GROUPS_LEAF = 2,   /* 1 and 2 lead to no others */
    GROUPS_COMMON = 3, /* of rules in any table; others are for the last */
};

/* What is known of the frames on the way through a list of actions. */
struct known {
    uint8_t version;
    bool has_tag;
    uint16_t type; /* 0: not known */
    uint8_t proto;
    uint16_t icmp_type;
    bool is_free; /* no check is made: an action that does not fit is skipped */
};

static struct known known_of(uint8_t version, const struct pattern *match)
{
    return (struct known){
        .version = version,
        .has_tag = match->value[MF_VLAN_VID] & 0x1000,
        .type = (uint16_t)match->value[MF_ETH_TYPE],
        .proto = (uint8_t)match->value[MF_IP_PROTO],
        .icmp_type = (uint16_t)match->value[MF_TP_SRC],
        .is_free = version == 1,
    };
}

static struct act draw_output(struct dice *d)
{
    static const uint32_t places[] = {OUT_IN_PORT, OUT_NORMAL,     OUT_NORMAL,
                                      OUT_FLOOD,   OUT_ALL,        OUT_FLOOD,
                                      OUT_NORMAL,  OUT_CONTROLLER, OUT_LOCAL};
    static const uint16_t lengths[] = {0xffff, 64, 0, 1000};
    struct act a = {.kind = ACT_OUTPUT, .arg = 1 + dice_below(d, DRAW_HOSTS)};

    if (dice_percent(d, 50))
        a.arg = dice_percent(d, 20) ? draw_port_number(d) : PICK(d, places);
    if (a.arg == OUT_CONTROLLER)
        a.max_len = PICK(d, lengths);
    return a;
}

/* What is behind the Ethertype can be set when that is known, and anything
 * where no check is made. */
static bool is_of(const struct known *k, uint16_t type)
{
    return k->type == type || k->is_free;
}

static bool is_ip(const struct known *k)
{
    return is_of(k, TYPE_IPV4) || is_of(k, TYPE_IPV6);
}

static bool draw_set_port(struct dice *d, struct known *k, struct act *a)
{
    static const uint8_t types[] = {3, 8, ND_SOLICITATION, ND_ADVERTISEMENT};
    bool is_icmp = k->proto == PROTO_ICMP || k->proto == PROTO_ICMPV6;

    /* 1.0 names no protocol: it is the match's, or else any that has ports. */
    a->arg = k->version == 1 && is_icmp ? 0 : k->proto;
    a->value = 1 + dice_below(d, 3);
    if (is_icmp && a->field == MF_TP_SRC)
        k->icmp_type = (uint16_t)(a->value = PICK(d, types));
    return k->version == 1 ||
           (is_ip(k) && !k->is_free && k->proto && k->proto != PROTO_FRAGMENT);
}

/* Fields of IPv6 and ARP. */
static bool draw_set_new(struct dice *d, const struct known *k, struct act *a)
{
    bool is_nd = k->type == TYPE_IPV6 && k->proto == PROTO_ICMPV6;
    bool is_solicitation = is_nd && k->icmp_type == ND_SOLICITATION;
    bool is_advertisement = is_nd && k->icmp_type == ND_ADVERTISEMENT;

    switch (a->field) {
    case MF_IP6_SRC:
    case MF_IP6_DST:
        a->value = draw_address(d, TYPE_IPV6);
        return is_of(k, TYPE_IPV6);
    case MF_IP6_LABEL:
        a->value = dice_below(d, 3);
        return is_of(k, TYPE_IPV6);
    case MF_ND_TARGET:
        a->value = 1 + dice_below(d, 4);
        return is_solicitation || is_advertisement;
    case MF_ND_SOURCE:
        a->value = draw_mac(d);
        return is_solicitation;
    case MF_ND_LINK:
        a->value = draw_mac(d);
        return is_advertisement;
    case MF_ARP_OP:
        a->value = 1 + dice_below(d, 2);
        return is_of(k, TYPE_ARP);
    case MF_ARP_SPA:
    case MF_ARP_TPA:
        a->value = draw_address(d, TYPE_ARP);
        return is_of(k, TYPE_ARP);
    default:
        a->value = draw_mac(d);
        return is_of(k, TYPE_ARP);
    }
}

/* Mostly one of those that frames of the type have. */
static enum model_field draw_field(struct dice *d, const struct known *k)
{
    static const enum model_field outer[] = {MF_ETH_DST, MF_ETH_SRC, MF_ETH_SRC,
                                             MF_VLAN_VID, MF_VLAN_PCP};
    static const enum model_field ipv4[] = {
        MF_IP_SRC, MF_IP_DST, MF_IP_DSCP, MF_TP_SRC, MF_TP_DST, MF_IP_ECN,
    };
    static const enum model_field ipv6[] = {
        MF_IP6_SRC, MF_IP6_DST,   MF_IP_DSCP,   MF_TP_SRC,    MF_TP_DST,
        MF_IP_ECN,  MF_IP6_LABEL, MF_ND_TARGET, MF_ND_SOURCE, MF_ND_LINK,
    };
    static const enum model_field arp[] = {
        MF_ARP_OP, MF_ARP_SPA, MF_ARP_TPA, MF_ARP_SHA, MF_ARP_THA,
    };
    uint32_t kind = dice_below(d, 100);
    bool is_free = k->is_free && k->version != 1;

    if (kind < 40)
        return PICK(d, outer);
    if (k->version == 1)
        return ipv4[dice_below(d, 5)];
    if (k->type == TYPE_IPV6 || (is_free && kind < 60))
        return PICK(d, ipv6);
    if (k->type == TYPE_ARP || (is_free && kind < 70))
        return PICK(d, arp);
    return PICK(d, ipv4);
}

/* Setting a field; false: none that is allowed was drawn. */
static bool draw_set(struct dice *d, struct known *k, struct act *a)
{
    bool is_old = k->version == 1;

    *a = (struct act){.kind = ACT_SET, .field = draw_field(d, k)};
    switch (a->field) {
    case MF_ETH_DST:
    case MF_ETH_SRC:
        a->value = draw_mac(d);
        return true;
    case MF_VLAN_VID:
        a->value = 0x1000 | draw_vid(d);
        return k->has_tag && !is_old;
    case MF_VLAN_PCP:
        a->value = dice_below(d, 8);
        return k->has_tag && !is_old;
    case MF_IP_DSCP:
        a->value = draw_dscp(d);
        return is_ip(k);
    case MF_IP_ECN:
        a->value = dice_below(d, 3);
        return is_ip(k);
    case MF_IP_SRC:
    case MF_IP_DST:
        a->value = draw_address(d, TYPE_IPV4);
        return is_of(k, TYPE_IPV4);
    case MF_TP_SRC:
    case MF_TP_DST:
        return draw_set_port(d, k, a);
    default:
        return draw_set_new(d, k, a);
    }
}

static bool draw_tag_act(struct dice *d, struct known *k, struct act *a)
{
    static const enum act_kind old[] = {ACT_STRIP_VLAN, ACT_SET_VID,
                                        ACT_SET_PCP};

    if (k->version == 1) {
        *a = (struct act){.kind = PICK(d, old)};
        a->arg = a->kind == ACT_SET_VID   ? draw_vid(d)
                 : a->kind == ACT_SET_PCP ? dice_below(d, 8)
                                          : 0;
        return true;
    }
    if ((k->has_tag || k->is_free) && dice_percent(d, 50)) {
        *a = (struct act){.kind = ACT_POP_VLAN};
        k->has_tag = false;
        return true;
    }
    *a = (struct act){.kind = ACT_PUSH_VLAN,
                      .arg = dice_percent(d, 70) ? TYPE_VLAN : 0x88a8};
    k->has_tag = true;
    return true;
}

static bool draw_edit(struct dice *d, struct known *k, struct act *a)
{
    uint32_t kind = dice_below(d, 10);

    if (kind < 6)
        return draw_set(d, k, a);
    if (kind < 9)
        return draw_tag_act(d, k, a);
    *a = (struct act){.kind = ACT_DEC_TTL};
    return k->version != 1 && is_ip(k);
}

static void add(struct acts *acts, struct act a)
{
    if (acts->count < MODEL_ACTS_MAX)
        acts->list[acts->count++] = a;
}

static void add_edits(struct dice *d, struct known *k, struct acts *acts,
                      uint32_t max)
{
    for (uint32_t i = dice_below(d, max + 1); i > 0; i--) {
        struct act a;

        if (draw_edit(d, k, &a))
            add(acts, a);
    }
}

static void add_outputs(struct dice *d, struct acts *acts)
{
    for (uint32_t i = 1 + dice_percent(d, 25); i > 0; i--)
        add(acts, draw_output(d));
}

static struct act draw_group_act(struct dice *d, int table)
{
    uint32_t groups =
        table == MODEL_TABLES - 1 ? MODEL_GROUPS : (uint32_t)GROUPS_COMMON;

    return (struct act){.kind = ACT_GROUP, .arg = 1 + dice_below(d, groups)};
}

static void draw_write(struct dice *d, struct known *k, int table,
                       struct program *p)
{
    struct act a;

    p->has_write = true;
    for (uint32_t i = dice_below(d, 3); i > 0; i--)
        if (dice_percent(d, 50) && draw_set(d, k, &a))
            add(&p->write, a);
    if (dice_percent(d, 20))
        add(&p->write, (struct act){.kind = ACT_PUSH_VLAN, .arg = TYPE_VLAN});
    if (dice_percent(d, 30))
        add(&p->write, draw_group_act(d, table));
    else
        add(&p->write, draw_output(d));
}

static void draw_rest(struct dice *d, struct known *k, int table,
                      struct program *p)
{
    p->has_clear = dice_percent(d, 10);
    if (dice_percent(d, 25))
        draw_write(d, k, table, p);
    else if (dice_percent(d, 15) && p->apply.count < MODEL_ACTS_MAX) {
        add(&p->apply, draw_group_act(d, table));
        p->has_apply = true;
    }
    if (dice_percent(d, 20)) {
        p->has_metadata = true;
        p->metadata_mask = 1 + dice_below(d, 7);
        p->metadata = dice_below(d, 8) & p->metadata_mask;
    }
    if (table + 1 < MODEL_TABLES && dice_percent(d, 40))
        p->next_table =
            table + 1 +
            (int)dice_below(d, (uint32_t)(MODEL_TABLES - 1 - table));
    if (k->version < 6 && dice_percent(d, 10))
        p->meter = 1 + dice_below(d, MODEL_METERS);
}

struct program draw_program(struct dice *d, uint8_t version, int table,
                            const struct pattern *match)
{
    struct known k = known_of(version, match);
    struct program p = {.next_table = NO_TABLE};

    if (version == 6 && dice_percent(d, 10))
        add(&p.apply, (struct act){.kind = ACT_METER,
                                   .arg = 1 + dice_below(d, MODEL_METERS)});
    if (dice_percent(d, 75)) {
        add_edits(d, &k, &p.apply, 3);
        add_outputs(d, &p.apply);
        if (dice_percent(d, 10))
            add_edits(d, &k, &p.apply, 1);
        if (dice_percent(d, 15))
            add_outputs(d, &p.apply);
    }
    p.has_apply = p.apply.count > 0;
    if (version != 1)
        draw_rest(d, &k, table, &p);
    return p;
}

struct acts draw_packet_out(struct dice *d, uint8_t version,
                            const struct packet *p)
{
    uint64_t f[MF_COUNT];
    struct known k = {.version = version, .is_free = version == 1};
    struct acts acts = {.count = 0};

    packet_fields(p, f);
    k.has_tag = p->tag_count > 0;
    k.type = (uint16_t)f[MF_ETH_TYPE];
    if (p->piece != PIECE_LATER)
        k.proto = (uint8_t)f[MF_IP_PROTO];
    k.icmp_type = (uint16_t)f[MF_TP_SRC];
    add_edits(d, &k, &acts, 3);
    if (dice_percent(d, 30))
        add(&acts, (struct act){.kind = ACT_OUTPUT, .arg = OUT_TABLE});
    else if (version != 1 && dice_percent(d, 20))
        add(&acts, draw_group_act(d, 0));
    else
        add_outputs(d, &acts);
    return acts;
}

static struct model_bucket draw_bucket(struct dice *d, uint32_t id,
                                       uint8_t kind)
{
    struct known k = {.version = 4, .is_free = true};
    struct model_bucket b = {
        .weight = kind == KIND_SELECT ? (uint16_t)(1 + dice_below(d, 3)) : 0,
        .watch_port = OUT_ANY,
    };

    if (kind == KIND_FAILOVER || (kind == KIND_SELECT && dice_percent(d, 40)))
        b.watch_port = draw_port_number(d);
    add_edits(d, &k, &b.acts, 3);
    if (id > GROUPS_LEAF && dice_percent(d, 30))
        add(&b.acts, (struct act){.kind = ACT_GROUP,
                                  .arg = 1 + dice_below(d, GROUPS_LEAF)});
    else
        add(&b.acts, draw_output(d));
    return b;
}

/* SELECT is for those that no other group leads to and only the last table: a
 * frame meets one of them at most. */
struct model_group draw_group(struct dice *d, uint32_t id)
{
    static const uint8_t kinds[] = {KIND_ALL, KIND_INDIRECT, KIND_FAILOVER};
    struct model_group g = {.is_there = true, .kind = PICK(d, kinds)};

    if (id > GROUPS_COMMON && dice_percent(d, 70))
        g.kind = KIND_SELECT;
    g.bucket_count =
        g.kind == KIND_INDIRECT ? 1 : dice_below(d, MODEL_BUCKETS_MAX + 1);
    for (size_t i = 0; i < g.bucket_count; i++)
        g.buckets[i] = draw_bucket(d, id, g.kind);
    return g;
}

struct model_meter draw_meter(struct dice *d)
{
    struct model_meter m = {
        .is_there = true,
        .is_pktps = dice_percent(d, 60),
        .has_burst = dice_percent(d, 60),
        .band_count = dice_below(d, MODEL_BANDS_MAX + 1),
    };

    for (size_t i = 0; i < m.band_count; i++) {
        m.bands[i].is_remark = dice_percent(d, 40);
        m.bands[i].level = m.bands[i].is_remark ? 1 : 0;
        m.bands[i].rate = 1 + dice_below(d, 10);
        m.bands[i].burst = dice_below(d, 5);
    }
    return m;
}
