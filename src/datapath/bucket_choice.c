#include "datapath/bucket_choice.h"

#include "base/hash.h"

enum { NESTED_LOOKS = 4096 };

static bool port_is_live(const struct bucket_choice *c, uint32_t number)
{
    const struct datapath_port *p = ports_find(c->ports, number);

    return p && p->is_up;
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

static const struct group_bucket *by_weight(struct bucket_choice *c,
                                            const struct group *g,
                                            const struct flow_key *key)
{
    uint64_t weight = 0, at;

    for (size_t i = 0; i < g->bucket_count; i++)
        if (is_live(c, &g->buckets[i], GROUP_DEPTH_LIMIT))
            weight += g->buckets[i].weight;
    at = (uint64_t)(((unsigned __int128)flow_hash(key) * weight) >> 64);
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
