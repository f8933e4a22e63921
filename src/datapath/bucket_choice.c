/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/bucket_choice.h"

#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "flow/field.h"

enum { NESTED_LOOKS = 4096 };

static bool port_is_live(const struct bucket_choice *c, uint32_t number)
{
    const struct datapath_port *p = ports_find(c->ports, number);

    return p && p->link.is_up;
}

/* A bucket that watches nothing is always live.  'depth' more groups are
 * followed. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool is_live(struct bucket_choice *c, const struct group_bucket *b,
                    unsigned int depth)
{
    const struct group *g;

    if (b->watch_port != PORT_NO_ANY && !port_is_live(c, b->watch_port))
        return false;
    if (b->watch_group == GROUP_ANY)
        return true;
    g = group_table_find(c->groups, b->watch_group);
    for (size_t i = 0; g && depth && i < g->bucket_count; i++) {
        if (c->nested_looks++ >= NESTED_LOOKS)
            return false;
        if (is_live(c, &g->buckets[i], depth - 1))
            return true;
    }
    return false;
}

/* The same for each frame of a flow, whatever its TTL or TCP flags. */
static uint64_t flow_hash(const struct flow_key *key)
{
    struct flow_key k = *key;

    k.in_port = 0;
    k.tcp_flags = 0;
    k.ip_ttl = k.ip_ecn = k.ip_dscp = k.ip_frag = 0;
    return hash_words(k.word, KEY_FRAME_WORDS, 0x67726f7570);
}

/* Fields whose values change places in the other direction of a flow. */
static const enum field_id pairs[][2] = {
    /* clang-format off */
    {FIELD_ETH_SRC,  FIELD_ETH_DST },
    {FIELD_IPV4_SRC, FIELD_IPV4_DST},
    {FIELD_IPV6_SRC, FIELD_IPV6_DST},
    {FIELD_TCP_SRC,  FIELD_TCP_DST },
    {FIELD_UDP_SRC,  FIELD_UDP_DST },
    {FIELD_SCTP_SRC, FIELD_SCTP_DST},
    {FIELD_ARP_SPA,  FIELD_ARP_TPA },
    {FIELD_ARP_SHA,  FIELD_ARP_THA },
    /* clang-format on */
};

/* Both fields of a pair count alike: 'field' stands for the two. */
static enum field_id pair_of(enum field_id field)
{
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        if (field == pairs[i][0] || field == pairs[i][1])
            return pairs[i][0];
    return field;
}

static uint64_t field_hash(const struct flow_key *key, uint64_t basis,
                           enum field_id id, const uint8_t *mask)
{
    const struct field *f = field_by_id(id);
    const uint8_t *value = field_get(f, key);
    uint64_t words[2] = {0, 0};

    for (size_t i = 0; i < f->size; i++)
        ((uint8_t *)words)[i] = value[i] & mask[i];
    return hash_words(words, 2, hash_two(basis, pair_of(id), 0));
}

/* A sum, so that the two of a pair may change places. */
static uint64_t hash_of_fields(const struct group_selection *s,
                               const struct flow_key *key)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < s->field_count; i++) {
        enum field_id id = (enum field_id)s->fields[i].id;

        if (field_is_in(field_by_id(id), key))
            sum += field_hash(key, s->param, id, s->fields[i].mask);
    }
    return hash_two(s->param, sum, s->field_count);
}

/* Open vSwitch's symmetric_l4: addresses, tag, Ethertype, protocol, ports. */
static uint64_t symmetric_hash(const struct group_selection *s,
                               const struct flow_key *key)
{
    static const enum field_id alone[] = {FIELD_ETH_TYPE, FIELD_VLAN_VID,
                                          FIELD_IP_PROTO};
    uint8_t all[16];
    uint64_t sum = 0;

    memset(all, 0xff, sizeof(all));
    for (size_t i = 0; i < ARRAY_SIZE(alone); i++)
        if (field_is_in(field_by_id(alone[i]), key))
            sum += field_hash(key, s->param, alone[i], all);
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        for (int side = 0; side < 2; side++)
            if (field_is_in(field_by_id(pairs[i][side]), key))
                sum += field_hash(key, s->param, pairs[i][side], all);
    return hash_two(s->param, sum, 0);
}

/* Of addresses, protocol and ports. */
static uint64_t dp_hash(const struct group_selection *s,
                        const struct flow_key *key)
{
    struct flow_key k = {.word = {0}};

    k.ip_proto = key->ip_proto;
    k.ip_src = key->ip_src;
    k.ip_dst = key->ip_dst;
    memcpy(k.ipv6_src, key->ipv6_src, sizeof(k.ipv6_src));
    memcpy(k.ipv6_dst, key->ipv6_dst, sizeof(k.ipv6_dst));
    k.tp_src = key->tp_src;
    k.tp_dst = key->tp_dst;
    return hash_words(k.word, KEY_FRAME_WORDS, (uint32_t)s->param);
}

static uint64_t hash_by(const struct group_selection *s,
                        const struct flow_key *key)
{
    switch ((enum selection_method)s->method) {
    case SELECTION_HASH:
        return s->field_count ? hash_of_fields(s, key) : symmetric_hash(s, key);
    case SELECTION_DP_HASH:
        return dp_hash(s, key);
    case SELECTION_OWN:
    case SELECTION_METHODS:
        break;
    }
    return flow_hash(key);
}

static const struct group_bucket *by_weight(struct bucket_choice *c,
                                            const struct group *g,
                                            const struct flow_key *key)
{
    uint64_t weight = 0, at;

    for (size_t i = 0; i < g->bucket_count; i++)
        if (is_live(c, &g->buckets[i], GROUP_DEPTH_LIMIT))
            weight += g->buckets[i].weight;
    at = (uint64_t)(((unsigned __int128)hash_by(&g->selection, key) * weight) >>
                    64);
    for (size_t i = 0; i < g->bucket_count; i++) {
        const struct group_bucket *b = &g->buckets[i];

        if (!is_live(c, b, GROUP_DEPTH_LIMIT))
            continue;
        if (at < b->weight)
            return b;
        at -= b->weight;
    }
    return NULL;
}

static const struct group_bucket *first_live(struct bucket_choice *c,
                                             const struct group *g)
{
    for (size_t i = 0; i < g->bucket_count; i++)
        if (is_live(c, &g->buckets[i], GROUP_DEPTH_LIMIT))
            return &g->buckets[i];
    return NULL;
}

const struct group_bucket *bucket_choose(struct bucket_choice *c,
                                         const struct group *g,
                                         const struct flow_key *key)
{
    return g->type == GROUP_TYPE_SELECT ? by_weight(c, g, key)
                                        : first_live(c, g);
}
