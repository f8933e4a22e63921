/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/flow_cache.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum {
    MASKS = 8, /* the last is for all bits */
    TAG_WORDS = 6,
    FEW = 256, /* verdicts that stay in the nearest cache by themselves */
};

/* The words of a key that have bits in the mask. */
struct mask {
    uint64_t hits; /* counted lately */
    unsigned int count;
    uint8_t at[KEY_FRAME_WORDS];
    uint64_t bits[KEY_FRAME_WORDS];
};

/* A cache line: enough to know most flows. */
struct tag {
    uint64_t hash;
    uint32_t age; /* as the cache's; 0: never used */
    uint32_t mask;
    uint64_t words[TAG_WORDS];
};

_Static_assert(sizeof(struct tag) == 64, "one cache line");

struct place {
    struct verdict verdict;
    uint64_t more[KEY_FRAME_WORDS - TAG_WORDS];
};

struct flow_cache {
    size_t mask;
    size_t last;        /* place that was found last */
    uint32_t version;   /* of the tables */
    uint32_t age;       /* changes with it, and is never 0 */
    unsigned int turn;  /* which of two full places goes next */
    unsigned int count; /* verdicts placed since the tables changed */
    unsigned int mask_count;
    uint8_t order[MASKS]; /* of masks: what is found most is tried first */
    struct mask masks[MASKS];
    struct tag *tags;
    struct place *places;
};

struct flow_cache *flow_cache_create(size_t entries)
{
    struct flow_cache *c = calloc(1, sizeof(*c));

    assert(entries >= 2 && !(entries & (entries - 1)));
    if (!c)
        return NULL;
    c->mask = entries - 1;
    c->age = 1;
    c->tags = aligned_alloc(64, entries * sizeof(*c->tags));
    c->places = calloc(entries, sizeof(*c->places));
    if (!c->tags || !c->places) {
        flow_cache_free(c);
        return NULL;
    }
    memset(c->tags, 0, entries * sizeof(*c->tags));
    return c;
}

void flow_cache_free(struct flow_cache *c)
{
    if (!c)
        return;
    free(c->tags);
    free(c->places);
    free(c);
}

/* One step of sorting by hits a turn: the order follows the traffic soon
 * enough. */
static void sort_masks(struct flow_cache *c)
{
    assert(c->mask_count <= MASKS);
    for (unsigned int i = 1; i < c->mask_count; i++) {
        uint8_t before = c->order[i - 1], at = c->order[i];

        if (c->masks[at].hits > c->masks[before].hits) {
            c->order[i - 1] = at;
            c->order[i] = before;
        }
        c->masks[before].hits /= 2;
    }
}

void flow_cache_follow(struct flow_cache *c, uint32_t version)
{
    if (c->version == version)
        return;
    c->version = version;
    c->age += 1 + (c->age == UINT32_MAX);
    c->mask_count = 0;
    c->count = 0;
}

void flow_cache_begin(struct flow_cache *c, uint32_t version)
{
    flow_cache_follow(c, version);
    if (c->mask_count > 1)
        sort_masks(c);
}

static inline uint64_t masked_hash(const struct mask *m,
                                   const struct flow_key *key)
{
    uint64_t hash = 0;

    for (unsigned int i = 0; i < m->count; i++)
        hash = hash_add(hash, key->word[m->at[i]] & m->bits[i]);
    return hash;
}

uint64_t flow_cache_prefetch(const struct flow_cache *c,
                             const struct flow_key *key)
{
    uint64_t hash;

    if (c->count <= FEW)
        return 0;
    hash = masked_hash(&c->masks[c->order[0]], key);
    __builtin_prefetch(&c->tags[hash & c->mask]);
    __builtin_prefetch(&c->places[hash & c->mask]);
    return hash;
}

/* Whether the place, whose hash is right, is the key's. */
static inline bool holds(const struct flow_cache *c, size_t at, uint32_t mask,
                         const struct flow_key *key)
{
    const struct tag *tag = &c->tags[at];
    const struct mask *m = &c->masks[mask];
    uint64_t differs = (tag->age ^ c->age) | (tag->mask ^ mask);
    unsigned int i = 0;

    for (; i < m->count && i < TAG_WORDS; i++)
        differs |= (key->word[m->at[i]] & m->bits[i]) ^ tag->words[i];
    for (; i < m->count; i++)
        differs |= (key->word[m->at[i]] & m->bits[i]) ^
                   c->places[at].more[i - TAG_WORDS];
    return !differs;
}

const struct verdict *flow_cache_find(struct flow_cache *c,
                                      const struct flow_key *key, uint64_t hash)
{
    /* Where there are few verdicts, the last frame's is a good guess. */
    if (!hash && holds(c, c->last, c->tags[c->last].mask, key))
        return &c->places[c->last].verdict;
    for (unsigned int i = 0; i < c->mask_count; i++) {
        unsigned int mask = c->order[i];
        size_t at;

        if (i || !hash)
            hash = masked_hash(&c->masks[mask], key);
        at = hash & c->mask;
        if (c->tags[at].hash != hash || !holds(c, at, mask, key)) {
            at ^= 1;
            if (c->tags[at].hash != hash || !holds(c, at, mask, key))
                continue;
        }
        c->masks[mask].hits++;
        c->last = at;
        return &c->places[at].verdict;
    }
    return NULL;
}

const struct verdict *flow_cache_find_port(struct flow_cache *c,
                                           uint32_t in_port)
{
    const struct mask *m = &c->masks[c->order[0]];
    struct flow_key key, port;

    port.word[0] = 0;
    port.in_port = UINT32_MAX;
    if (c->mask_count != 1 || m->count != 1 || m->at[0] != 0 ||
        m->bits[0] != port.word[0])
        return NULL;
    key.word[0] = 0; /* The only one that counts. */
    key.in_port = in_port;
    return flow_cache_find(c, &key, 0);
}

static bool mask_is(const struct mask *m, const struct flow_key *consulted)
{
    unsigned int at = 0;

    for (unsigned int i = 0; i < KEY_FRAME_WORDS; i++) {
        uint64_t word = 0;

        if (at < m->count && m->at[at] == i)
            word = m->bits[at++];
        if (word != consulted->word[i])
            return false;
    }
    return true;
}

static unsigned int add_mask(struct flow_cache *c,
                             const struct flow_key *consulted)
{
    unsigned int index = c->mask_count++;
    struct mask *m = &c->masks[index];

    assert(index < MASKS);
    m->hits = 0;
    m->count = 0;
    c->order[index] = (uint8_t)index;
    for (unsigned int i = 0; i < KEY_FRAME_WORDS; i++)
        if (consulted->word[i]) {
            m->at[m->count] = (uint8_t)i;
            m->bits[m->count++] = consulted->word[i];
        }
    return index;
}

/* The mask of these bits or, where there is no room for one more, of all. */
static unsigned int mask_for(struct flow_cache *c,
                             const struct flow_key *consulted)
{
    struct flow_key all;

    for (unsigned int i = 0; i < c->mask_count; i++)
        if (mask_is(&c->masks[i], consulted))
            return i;
    if (c->mask_count < MASKS - 1)
        return add_mask(c, consulted);
    if (c->mask_count == MASKS - 1) {
        memset(&all, 0xff, sizeof(all));
        add_mask(c, &all);
    }
    return MASKS - 1;
}

/* One of the two places of the hash: where the key is already, or a free one if
 * there is one. */
static size_t choose(struct flow_cache *c, uint64_t hash, uint32_t mask,
                     const struct flow_key *key)
{
    size_t first = hash & c->mask, second = first ^ 1;
    const struct tag *tags = c->tags;

    if (tags[first].age != c->age ||
        (tags[first].hash == hash && holds(c, first, mask, key)))
        return first;
    if (tags[second].age != c->age ||
        (tags[second].hash == hash && holds(c, second, mask, key)))
        return second;
    return c->turn++ & 1 ? second : first;
}

struct verdict *flow_cache_place(struct flow_cache *c,
                                 const struct flow_key *key,
                                 const struct flow_key *consulted)
{
    unsigned int mask = mask_for(c, consulted);
    const struct mask *m = &c->masks[mask];
    uint64_t hash = masked_hash(m, key);
    size_t at = choose(c, hash, mask, key);
    struct tag *tag = &c->tags[at];

    assert(mask < c->mask_count);
    tag->hash = hash;
    tag->age = c->age;
    tag->mask = mask;
    for (unsigned int i = 0; i < m->count; i++) {
        uint64_t word = key->word[m->at[i]] & m->bits[i];

        if (i < TAG_WORDS)
            tag->words[i] = word;
        else
            c->places[at].more[i - TAG_WORDS] = word;
    }
    c->count++;
    return &c->places[at].verdict;
}
