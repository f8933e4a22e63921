#include "table/flow_cache.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A cache line: enough to know a plain flow. */
struct tag {
    uint64_t hash;
    uint64_t words; /* 0: empty */
    uint64_t plain[KEY_PLAIN_WORDS];
};

_Static_assert(sizeof(struct tag) == 64, "one cache line");

struct place {
    struct verdict verdict;
    uint64_t more[KEY_FRAME_WORDS - KEY_PLAIN_WORDS];
};

struct flow_cache {
    size_t mask;
    unsigned int turn; /* which of two full places goes next */
    struct tag *tags;
    struct place *places;
};

struct flow_cache *flow_cache_create(size_t entries)
{
    struct flow_cache *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    c->mask = entries - 1;
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

void flow_cache_prefetch(const struct flow_cache *c, uint64_t hash)
{
    size_t at = hash & c->mask;

    __builtin_prefetch(&c->tags[at]);
    __builtin_prefetch(&c->places[at]);
}

static bool holds(const struct flow_cache *c, size_t at,
                  const struct flow_key *key, unsigned int words, uint64_t hash)
{
    const struct tag *tag = &c->tags[at];
    uint64_t differs = (tag->hash ^ hash) | (tag->words ^ words);

    for (unsigned int i = 0; i < KEY_PLAIN_WORDS; i++)
        differs |= tag->plain[i] ^ key->word[i];
    if (differs)
        return false;
    return words == KEY_PLAIN_WORDS ||
           !memcmp(c->places[at].more, key->word + KEY_PLAIN_WORDS,
                   sizeof(c->places[at].more));
}

struct verdict *flow_cache_find(struct flow_cache *c,
                                const struct flow_key *key, unsigned int words,
                                uint64_t hash)
{
    size_t at = hash & c->mask;

    if (holds(c, at, key, words, hash))
        return &c->places[at].verdict;
    at ^= 1;
    if (holds(c, at, key, words, hash))
        return &c->places[at].verdict;
    return NULL;
}

static size_t choose(struct flow_cache *c, uint64_t hash)
{
    size_t first = hash & c->mask, second = first ^ 1;

    if (!c->tags[first].words)
        return first;
    if (!c->tags[second].words)
        return second;
    return c->turn++ & 1 ? second : first;
}

struct verdict *flow_cache_place(struct flow_cache *c,
                                 const struct flow_key *key, unsigned int words,
                                 uint64_t hash)
{
    size_t at = hash & c->mask;

    if (!holds(c, at, key, words, hash)) {
        at ^= 1;
        if (!holds(c, at, key, words, hash))
            at = choose(c, hash);
    }
    c->tags[at].hash = hash;
    c->tags[at].words = words;
    memcpy(c->tags[at].plain, key->word, sizeof(c->tags[at].plain));
    if (words > KEY_PLAIN_WORDS)
        memcpy(c->places[at].more, key->word + KEY_PLAIN_WORDS,
               sizeof(c->places[at].more));
    return &c->places[at].verdict;
}
