/*
 * One worker's memory of verdicts, by the exact key of the frame: two places a
 * flow, no allocation after the start, and one cache line read to know a plain
 * flow.
 *
 * Its worker alone uses it.  A stale verdict (an older version of the tables)
 * is found all the same: its place is where the new one goes.
 */
#ifndef TABLE_FLOW_CACHE_H
#define TABLE_FLOW_CACHE_H

#include <stddef.h>

#include "base/hash.h"
#include "flow/key.h"
#include "table/verdict.h"

struct flow_cache;

/* 'entries' is a power of two, at least 2.  NULL if out of memory. */
struct flow_cache *flow_cache_create(size_t entries);
void flow_cache_free(struct flow_cache *c);

static inline uint64_t flow_cache_hash(const struct flow_key *key,
                                       unsigned int words)
{
    return hash_words(key->word, words, 0);
}

void flow_cache_prefetch(const struct flow_cache *c, uint64_t hash);

/* The verdict kept for the key's first 'words' words (KEY_PLAIN_WORDS or
 * KEY_FRAME_WORDS), or NULL. */
struct verdict *flow_cache_find(struct flow_cache *c,
                                const struct flow_key *key, unsigned int words,
                                uint64_t hash);

/* A place to write the key's verdict to; what was there is gone. */
struct verdict *flow_cache_place(struct flow_cache *c,
                                 const struct flow_key *key, unsigned int words,
                                 uint64_t hash);

#endif
