#include "tests/random/draw.h"

#include <string.h>

enum {
    HOSTS = 6,
    GROUPS_LEAF = 2,   /* 1 and 2 lead to no others */
    GROUPS_COMMON = 3, /* of rules in any table; others are for the last */
};

#define PICK(d, list) (list)[dice_below(d, sizeof(list) / sizeof((list)[0]))]

static uint64_t draw_mac(struct dice *d)
{
    return 0x020000000001 + dice_below(d, HOSTS);
}

static uint64_t draw_destination(struct dice *d)
{
    static const uint64_t others[] = {
        0xffffffffffff, 0x01005e000001, 0x0180c2000000, 0x0180c200000e,
        0x01000ccccccd, 0x01000cccccc8, 0x00e02b000004, 0x00e02b000005,
    };

    return dice_percent(d, 80) ? draw_mac(d) : PICK(d, others);
}

static uint16_t draw_vid(struct dice *d)
{
    static const uint16_t vids[] = {10, 10, 20, 20, 30, 0};

    return PICK(d, vids);
}

static uint32_t draw_ip(struct dice *d)
{
    return 0x0a000001 + dice_below(d, 4);
}

static uint8_t draw_dscp(struct dice *d)
{
    static const uint8_t dscps[] = {0, 10, 12, 46};

    return PICK(d, dscps);
}

struct packet draw_packet(struct dice *d)
{
    static const uint8_t ttls[] = {64, 64, 64, 2, 1};
    static const uint32_t extra[] = {0, 0, 4, 40};
    uint32_t kind = dice_below(d, 10), needed;
    struct packet p = {
        .eth_dst = draw_destination(d),
        .eth_src = draw_mac(d),
        .tag_count = kind < 5   ? 0
                     : kind < 9 ? 1
                                : 2,
        .type = dice_percent(d, 80) ? TYPE_IPV4 : TYPE_OTHER,
        .ip_src = draw_ip(d),
        .ip_dst = draw_ip(d),
        .dscp = draw_dscp(d),
        .ecn = (uint8_t)dice_below(d, 3),
        .ttl = PICK(d, ttls),
        .proto = dice_percent(d, 60) ? PROTO_UDP : PROTO_TCP,
        .tp_src = (uint16_t)(1 + dice_below(d, 3)),
        .tp_dst = (uint16_t)(1 + dice_below(d, 3)),
        .number = (uint32_t)dice_next(d),
    };

    p.shown_dscp = p.dscp;
    for (unsigned int i = 0; i < p.tag_count; i++) {
        p.tags[i].tpid = dice_percent(d, 80) ? TYPE_VLAN : 0x88a8;
        p.tags[i].tci = (uint16_t)(draw_vid(d) | dice_below(d, 3) << 14);
    }
    needed = 14 + 4 * p.tag_count + 20 + 24;
    p.size = (needed < 60 ? 60 : needed) + PICK(d, extra);
    return p;
}

struct packet draw_like(struct dice *d, const struct packet *p)
{
    struct packet like = *p, other = draw_packet(d);

    like.number = other.number;
    switch (dice_below(d, 14)) {
    case 0:
        like.eth_dst = other.eth_dst;
        break;
    case 1:
        like.eth_src = other.eth_src;
        break;
    case 2:
        if (like.tag_count)
            like.tags[0].tci = (uint16_t)(draw_vid(d) | dice_below(d, 3) << 14);
        break;
    case 3: /* with a tag or without */
        if (like.tag_count)
            packet_pop(&like);
        else
            packet_push(&like, TYPE_VLAN);
        break;
    case 4:
        like.dscp = like.shown_dscp = other.dscp;
        break;
    case 5:
        like.ttl = other.ttl;
        break;
    case 6:
        like.ip_dst = other.ip_dst;
        like.tp_dst = other.tp_dst;
        break;
    default:
        break;
    }
    return like;
}

uint32_t draw_port_number(struct dice *d)
{
    uint32_t n = dice_below(d, 14);

    return n < 6 ? 1 + n : n < 12 ? 5 + n : n == 12 ? OUT_LOCAL : 11;
}

static void want(struct pattern *p, enum model_field f, uint64_t value,
                 uint64_t mask)
{
    p->value[f] = value & mask;
    p->mask[f] = mask;
}

static uint64_t draw_mac_mask(struct dice *d, uint8_t version)
{
    static const uint64_t masks[] = {0x010000000000, 0xffffffffff00,
                                     0x000000000001};

    return version == 1 || dice_percent(d, 70) ? 0xffffffffffff
                                               : PICK(d, masks);
}

static uint64_t draw_ip_mask(struct dice *d)
{
    static const uint64_t masks[] = {0xffffffff, 0xffffffff, 0xfffffffe,
                                     0xfffffff8};

    return PICK(d, masks);
}

static void draw_layer_3(struct dice *d, struct pattern *p,
                         const uint64_t f[MF_COUNT])
{
    if (dice_percent(d, 30))
        want(p, MF_IP_SRC, f[MF_IP_SRC], draw_ip_mask(d));
    if (dice_percent(d, 30))
        want(p, MF_IP_DST, f[MF_IP_DST], draw_ip_mask(d));
    if (dice_percent(d, 20))
        want(p, MF_IP_DSCP, f[MF_IP_DSCP], 0x3f);
    if (dice_percent(d, 50))
        return;
    want(p, MF_IP_PROTO, f[MF_IP_PROTO], 0xff);
    if (dice_percent(d, 40))
        want(p, MF_TP_SRC, f[MF_TP_SRC], 0xffff);
    if (dice_percent(d, 40))
        want(p, MF_TP_DST, f[MF_TP_DST], 0xffff);
}

struct pattern draw_pattern(struct dice *d, uint8_t version, int table)
{
    struct packet sample = draw_packet(d);
    struct pattern p = {.value = {0}};
    uint64_t f[MF_COUNT];

    packet_fields(&sample, f);
    if (dice_percent(d, 40))
        want(&p, MF_IN_PORT, draw_port_number(d), 0xffffffff);
    if (p.value[MF_IN_PORT] == OUT_LOCAL && version == 1)
        want(&p, MF_IN_PORT, 1, 0xffffffff);
    if (table && version != 1 && dice_percent(d, 40))
        want(&p, MF_METADATA, dice_below(d, 8), 1 + dice_below(d, 7));
    if (dice_percent(d, 30))
        want(&p, MF_ETH_DST, f[MF_ETH_DST], draw_mac_mask(d, version));
    if (dice_percent(d, 30))
        want(&p, MF_ETH_SRC, f[MF_ETH_SRC], draw_mac_mask(d, version));
    if (dice_percent(d, 30)) {
        bool is_any = version != 1 && f[MF_VLAN_VID] && dice_percent(d, 30);

        want(&p, MF_VLAN_VID, f[MF_VLAN_VID], is_any ? 0x1000 : 0x1fff);
        if (f[MF_VLAN_VID] && dice_percent(d, 30))
            want(&p, MF_VLAN_PCP, f[MF_VLAN_PCP], 7);
    }
    if (dice_percent(d, 50)) {
        want(&p, MF_ETH_TYPE, f[MF_ETH_TYPE], 0xffff);
        if (f[MF_ETH_TYPE] == TYPE_IPV4)
            draw_layer_3(d, &p, f);
    }
    return p;
}

struct pattern draw_exact(struct dice *d)
{
    struct packet sample = draw_packet(d);
    struct pattern p = {.value = {0}};
    uint64_t f[MF_COUNT];

    packet_fields(&sample, f);
    want(&p, MF_IN_PORT, 1 + dice_below(d, HOSTS), 0xffffffff);
    want(&p, MF_ETH_DST, f[MF_ETH_DST], 0xffffffffffff);
    want(&p, MF_ETH_SRC, f[MF_ETH_SRC], 0xffffffffffff);
    want(&p, MF_ETH_TYPE, f[MF_ETH_TYPE], 0xffff);
    want(&p, MF_VLAN_VID, f[MF_VLAN_VID], 0x1fff);
    if (f[MF_VLAN_VID])
        want(&p, MF_VLAN_PCP, f[MF_VLAN_PCP], 7);
    if (f[MF_ETH_TYPE] != TYPE_IPV4)
        return p;
    want(&p, MF_IP_DSCP, f[MF_IP_DSCP], 0x3f);
    want(&p, MF_IP_PROTO, f[MF_IP_PROTO], 0xff);
    want(&p, MF_IP_SRC, f[MF_IP_SRC], 0xffffffff);
    want(&p, MF_IP_DST, f[MF_IP_DST], 0xffffffff);
    want(&p, MF_TP_SRC, f[MF_TP_SRC], 0xffff);
    want(&p, MF_TP_DST, f[MF_TP_DST], 0xffff);
    return p;
}

/* What is known of the frames on the way through a list of actions. */
struct known {
    uint8_t version;
    bool has_tag, is_ip;
    uint8_t proto; /* 0: not known */
    bool is_free; /* no check is made: an action that does not fit is skipped */
};

static struct known known_of(uint8_t version, const struct pattern *match)
{
    return (struct known){
        .version = version,
        .has_tag = match->value[MF_VLAN_VID] & 0x1000,
        .is_ip = match->value[MF_ETH_TYPE] == TYPE_IPV4,
        .proto = (uint8_t)match->value[MF_IP_PROTO],
        .is_free = version == 1,
    };
}

static struct act draw_output(struct dice *d)
{
    static const uint32_t places[] = {OUT_IN_PORT, OUT_NORMAL,     OUT_NORMAL,
                                      OUT_FLOOD,   OUT_ALL,        OUT_FLOOD,
                                      OUT_NORMAL,  OUT_CONTROLLER, OUT_LOCAL};
    static const uint16_t lengths[] = {0xffff, 64, 0, 1000};
    struct act a = {.kind = ACT_OUTPUT, .arg = 1 + dice_below(d, HOSTS)};

    if (dice_percent(d, 50))
        a.arg = dice_percent(d, 20) ? draw_port_number(d) : PICK(d, places);
    if (a.arg == OUT_CONTROLLER)
        a.max_len = PICK(d, lengths);
    return a;
}

/* Setting a field; false: none that is allowed was drawn. */
static bool draw_set(struct dice *d, const struct known *k, struct act *a)
{
    static const enum model_field fields[] = {
        MF_ETH_DST, MF_ETH_SRC, MF_ETH_SRC, MF_VLAN_VID, MF_VLAN_PCP,
        MF_IP_DSCP, MF_IP_SRC,  MF_IP_DST,  MF_TP_SRC,   MF_TP_DST,
    };
    bool is_old = k->version == 1;

    *a = (struct act){.kind = ACT_SET, .field = PICK(d, fields)};
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
        return k->is_ip || k->is_free;
    case MF_IP_SRC:
    case MF_IP_DST:
        a->value = draw_ip(d);
        return k->is_ip || k->is_free;
    default:
        a->value = 1 + dice_below(d, 3);
        a->arg = k->proto;
        return is_old || (k->is_ip && k->proto);
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
    return k->version != 1 && (k->is_ip || k->is_free);
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

static void draw_write(struct dice *d, const struct known *k, int table,
                       struct program *p)
{
    struct act a;

    p->has_write = true;
    if (dice_percent(d, 20) && draw_set(d, k, &a))
        add(&p->write, a);
    if (dice_percent(d, 20))
        add(&p->write, (struct act){.kind = ACT_PUSH_VLAN, .arg = TYPE_VLAN});
    if (dice_percent(d, 30))
        add(&p->write, draw_group_act(d, table));
    else
        add(&p->write, draw_output(d));
}

static void draw_rest(struct dice *d, const struct known *k, int table,
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

struct acts draw_packet_out(struct dice *d, uint8_t version)
{
    struct known k = {.version = version, .is_free = version == 1};
    struct acts acts = {.count = 0};

    add_edits(d, &k, &acts, 2);
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
    add_edits(d, &k, &b.acts, 1);
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
