/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/rules.h"

#include <endian.h>
#include <string.h>

static const struct rule_ear deaf;

int model_find_port(const struct model *m, uint32_t number)
{
    for (int i = 0; i < MODEL_PORTS; i++)
        if (m->ports[i].is_configured && m->ports[i].number == number)
            return i;
    return -1;
}

bool rules_have_room(const struct model *m)
{
    return m->rule_count < MODEL_RULES_MAX;
}

uint32_t rules_count(const struct model *m, uint8_t table)
{
    uint32_t count = 0;

    for (size_t i = 0; i < m->rule_count; i++)
        count += m->rules[i].table == table;
    return count;
}

bool pattern_covers(const struct pattern *p, const uint64_t fields[MF_COUNT])
{
    for (int i = 0; i < MF_COUNT; i++)
        if ((fields[i] ^ p->value[i]) & p->mask[i])
            return false;
    return true;
}

static bool is_equal(const struct pattern *a, const struct pattern *b)
{
    return !memcmp(a, b, sizeof(*a));
}

/* Whatever matches 'narrow' matches 'wide'. */
static bool includes(const struct pattern *wide, const struct pattern *narrow)
{
    for (int i = 0; i < MF_COUNT; i++)
        if (wide->mask[i] & ~narrow->mask[i] ||
            (wide->value[i] ^ narrow->value[i]) & wide->mask[i])
            return false;
    return true;
}

static bool overlap(const struct pattern *a, const struct pattern *b)
{
    for (int i = 0; i < MF_COUNT; i++)
        if ((a->value[i] ^ b->value[i]) & a->mask[i] & b->mask[i])
            return false;
    return true;
}

/* Fields that share their bytes are not wanted both. */
static void put(void *at, uint64_t value, size_t size)
{
    uint64_t big = htobe64(value);

    if (value)
        memcpy(at, (uint8_t *)&big + 8 - size, size);
}

static void put_ip6(uint8_t at[16], const struct pattern *p, enum model_field f,
                    bool is_mask)
{
    if (!p->mask[f])
        return;
    put(at, is_mask ? UINT64_MAX : IPV6_PREFIX, 8);
    put(at + 8, is_mask ? p->mask[f] : p->value[f], 8);
}

static void to_key(const struct pattern *p, bool is_mask, struct flow_key *k)
{
    const uint64_t *v = is_mask ? p->mask : p->value;

    memset(k, 0, sizeof(*k));
    put(&k->in_port, v[MF_IN_PORT], 4);
    put(&k->metadata, v[MF_METADATA], 8);
    put(k->eth_dst, v[MF_ETH_DST], 6);
    put(k->eth_src, v[MF_ETH_SRC], 6);
    put(&k->eth_type, v[MF_ETH_TYPE], 2);
    put(&k->vlan_vid, v[MF_VLAN_VID], 2);
    put(&k->vlan_pcp, v[MF_VLAN_PCP], 1);
    put(&k->ip_dscp, v[MF_IP_DSCP], 1);
    put(&k->ip_ecn, v[MF_IP_ECN], 1);
    put(&k->ip_proto, v[MF_IP_PROTO], 1);
    put(&k->ip_src, v[MF_IP_SRC] | v[MF_ARP_SPA], 4);
    put(&k->ip_dst, v[MF_IP_DST] | v[MF_ARP_TPA], 4);
    put(&k->tp_src, v[MF_TP_SRC], 2);
    put(&k->tp_dst, v[MF_TP_DST], 2);
    put(&k->arp_op, v[MF_ARP_OP], 2);
    put(k->arp_sha, v[MF_ARP_SHA] | v[MF_ND_SOURCE], 6);
    put(k->arp_tha, v[MF_ARP_THA] | v[MF_ND_LINK], 6);
    put(&k->ipv6_flabel, v[MF_IP6_LABEL], 4);
    put(&k->ipv6_exthdr, v[MF_IP6_EXTENSIONS], 2);
    put_ip6(k->ipv6_src, p, MF_IP6_SRC, is_mask);
    put_ip6(k->ipv6_dst, p, MF_IP6_DST, is_mask);
    put_ip6(k->nd_target, p, MF_ND_TARGET, is_mask);
}

void pattern_to_match(const struct pattern *p, struct flow_match *match)
{
    to_key(p, false, &match->key);
    to_key(p, true, &match->mask);
}

/* One without wildcards beats all priorities. */
static uint32_t rank(const struct rule *r)
{
    return r->priority + (r->is_exact ? 0x10000u : 0);
}

struct rule *rules_find(struct model *m, int table,
                        const uint64_t fields[MF_COUNT])
{
    struct rule *best = NULL;

    for (size_t i = 0; i < m->rule_count; i++) {
        struct rule *r = &m->rules[i];

        if (r->table == table && pattern_covers(&r->match, fields) &&
            (!best || rank(r) > rank(best)))
            best = r;
    }
    return best;
}

static void take(struct model *m, size_t at, unsigned int reason,
                 const struct rule_ear *ear)
{
    if (ear->gone)
        ear->gone(ear->context, &m->rules[at], reason);
    m->rule_count--;
    memmove(&m->rules[at], &m->rules[at + 1],
            (m->rule_count - at) * sizeof(m->rules[0]));
}

static bool has_act(const struct acts *acts, enum act_kind kind, uint32_t arg)
{
    for (size_t i = 0; i < acts->count; i++)
        if (acts->list[i].kind == kind && (!arg || acts->list[i].arg == arg))
            return true;
    return false;
}

static bool does(const struct rule *r, enum act_kind kind, uint32_t arg)
{
    return has_act(&r->program.apply, kind, arg) ||
           has_act(&r->program.write, kind, arg);
}

static bool is_strict(const struct rule_mod *mod)
{
    return mod->command == MOD_MODIFY_STRICT ||
           mod->command == MOD_DELETE_STRICT;
}

static bool is_delete(const struct rule_mod *mod)
{
    return mod->command == MOD_DELETE || mod->command == MOD_DELETE_STRICT;
}

static bool is_meant(const struct rule *r, const struct rule_mod *mod)
{
    if (mod->table != ALL_TABLES && r->table != mod->table)
        return false;
    if (is_strict(mod)
            ? !is_equal(&r->match, &mod->match) ||
                  r->priority != mod->priority || r->is_exact != mod->is_exact
            : !includes(&mod->match, &r->match))
        return false;
    if ((r->cookie ^ mod->cookie) & mod->cookie_mask)
        return false;
    if (!is_delete(mod))
        return true;
    return (mod->out_port == OUT_ANY || does(r, ACT_OUTPUT, mod->out_port)) &&
           (mod->out_group == OUT_ANY || does(r, ACT_GROUP, mod->out_group));
}

bool rules_has_rival(const struct model *m, const struct rule_mod *mod)
{
    uint8_t table = mod->table == ALL_TABLES ? 0 : mod->table;

    for (size_t i = 0; i < m->rule_count; i++) {
        const struct rule *r = &m->rules[i];

        if (r->table == table && r->priority == mod->priority &&
            r->is_exact == mod->is_exact && overlap(&r->match, &mod->match) &&
            !is_equal(&r->match, &mod->match))
            return true;
    }
    return false;
}

static void reset(struct rule *r)
{
    r->packets = r->bytes = 0;
}

/* As 1.0 means it: no wildcards is the highest priority. */
static bool overlaps(const struct rule *a, const struct rule *b)
{
    int of_a = a->is_exact ? UINT16_MAX : a->priority;
    int of_b = b->is_exact ? UINT16_MAX : b->priority;

    return of_a == of_b && overlap(&a->match, &b->match);
}

static bool add(struct model *m, const struct rule_mod *mod)
{
    uint8_t table = mod->table == ALL_TABLES ? 0 : mod->table;
    struct rule made = {
        .table = table,
        .priority = mod->priority,
        .is_exact = mod->is_exact,
        .match = mod->match,
        .cookie = mod->cookie,
        .idle_s = mod->idle_s,
        .hard_s = mod->hard_s,
        .flags = mod->flags,
        .program = mod->program,
    };
    struct rule *old = NULL;

    made.created_ms = made.modified_ms = made.used_ms = model_now_ms(m);
    pattern_to_match(&made.match, &made.wanted);
    for (size_t i = 0; i < m->rule_count; i++) {
        struct rule *r = &m->rules[i];

        if (r->table != table)
            continue;
        if (mod->flags & RULE_CHECK_OVERLAP && overlaps(r, &made))
            return false;
        if (rank(r) == rank(&made) && is_equal(&r->match, &made.match))
            old = r;
    }
    if (!old && rules_count(m, table) >= m->limits[table])
        return false;
    if (!old) {
        m->rules[m->rule_count++] = made;
        return true;
    }
    made.packets = old->packets;
    made.bytes = old->bytes;
    if (old->used_ms > made.used_ms)
        made.used_ms = old->used_ms;
    *old = made;
    /* OpenFlow 1.0 always starts anew. */
    if (mod->flags & RULE_RESET_COUNTS || mod->version == 1)
        reset(old);
    return true;
}

static bool modify(struct model *m, const struct rule_mod *mod)
{
    size_t count = 0;

    for (size_t i = 0; i < m->rule_count; i++) {
        struct rule *r = &m->rules[i];

        if (!is_meant(r, mod))
            continue;
        count++;
        r->program = mod->program;
        r->modified_ms = model_now_ms(m);
        if (r->used_ms < r->modified_ms)
            r->used_ms = r->modified_ms;
        if (mod->flags & RULE_RESET_COUNTS)
            reset(r);
        if (mod->version == 1 && mod->cookie != UINT64_MAX)
            r->cookie = mod->cookie;
    }
    return count || mod->version != 1 || add(m, mod);
}

bool rules_apply(struct model *m, const struct rule_mod *mod,
                 const struct rule_ear *ear)
{
    if (mod->command == MOD_ADD)
        return add(m, mod);
    if (!is_delete(mod))
        return modify(m, mod);
    for (size_t i = m->rule_count; i-- > 0;)
        if (is_meant(&m->rules[i], mod))
            take(m, i, GONE_DELETED, ear);
    return true;
}

void rules_expire(struct model *m, const struct rule_ear *ear)
{
    int64_t now_ms = model_now_ms(m);

    for (size_t i = m->rule_count; i-- > 0;) {
        const struct rule *r = &m->rules[i];

        if (r->hard_s && now_ms >= r->modified_ms + r->hard_s * 1000)
            take(m, i, GONE_HARD, ear);
        else if (r->idle_s && now_ms >= r->used_ms + r->idle_s * 1000)
            take(m, i, GONE_IDLE, ear);
    }
}

void rules_flush(struct model *m, const struct rule_ear *ear)
{
    while (m->rule_count)
        take(m, m->rule_count - 1, GONE_DELETED, ear);
    memset(m->groups, 0, sizeof(m->groups));
    memset(m->meters, 0, sizeof(m->meters));
}

static struct rule_mod normal_mod(uint8_t command)
{
    struct rule_mod mod = {
        .version = 4,
        .command = command,
        .out_port = OUT_ANY,
        .out_group = OUT_ANY,
    };

    mod.program.has_apply = true;
    mod.program.next_table = NO_TABLE;
    mod.program.apply.count = 1;
    mod.program.apply.list[0] =
        (struct act){.kind = ACT_OUTPUT, .arg = OUT_NORMAL};
    return mod;
}

void rules_put_normal(struct model *m)
{
    struct rule_mod mod = normal_mod(MOD_ADD);
    uint32_t limit = m->limits[0];

    m->limits[0] = MODEL_LIMIT; /* It is not one of a controller's. */
    rules_apply(m, &mod, &deaf);
    m->limits[0] = limit;
}

void rules_take_normal(struct model *m, const struct rule_ear *ear)
{
    struct rule_mod mod = normal_mod(MOD_DELETE_STRICT);

    rules_apply(m, &mod, ear);
}

void rules_drop_group(struct model *m, uint32_t id, const struct rule_ear *ear)
{
    for (uint32_t i = 1; i <= MODEL_GROUPS; i++)
        if (!id || i == id)
            m->groups[i] = (struct model_group){.is_there = false};
    for (size_t i = m->rule_count; i-- > 0;)
        if (does(&m->rules[i], ACT_GROUP, id))
            take(m, i, GONE_GROUP, ear);
}

void rules_drop_meter(struct model *m, uint32_t id, const struct rule_ear *ear)
{
    for (uint32_t i = 1; i <= MODEL_METERS; i++)
        if (!id || i == id)
            m->meters[i] = (struct model_meter){.is_there = false};
    for (size_t i = m->rule_count; i-- > 0;) {
        const struct rule *r = &m->rules[i];

        if ((r->program.meter && (!id || r->program.meter == id)) ||
            does(r, ACT_METER, id))
            take(m, i, GONE_METER, ear);
    }
}

bool groups_lead_to(const struct model *m, uint32_t id)
{
    for (uint32_t i = 1; i <= MODEL_GROUPS; i++)
        for (size_t b = 0; b < m->groups[i].bucket_count; b++)
            if (has_act(&m->groups[i].buckets[b].acts, ACT_GROUP, id))
                return true;
    return false;
}
