/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries of a classifier that have the same mask: a hash of their masked
 * keys.  Which subtables there are, and in what order they are searched, is the
 * classifier's.
 *
 * The main thread is the only writer, which the classifier asserts; workers
 * look up under RCU (QSBR).
 */
#ifndef TABLE_SUBTABLE_H
#define TABLE_SUBTABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/retire.h"
#include "flow/key.h"
#include "flow/match.h"
#include "table/flow_entry.h"

/* The heads of the chains; 'link' says which of an entry's two they run by. */
struct subtable_buckets {
    struct retired retired;
    unsigned int link;
    size_t mask;
    struct flow_entry *_Atomic heads[];
};

struct subtable {
    struct retired retired;
    struct subtable_buckets *_Atomic buckets;
    uint64_t grown; /* the grace period after which nobody has older buckets */
    size_t entries;
    size_t tops_removed; /* with the highest rank, since that was found */
    unsigned int count;  /* words that the mask has bits in */
    uint8_t at[KEY_WORDS];
    uint64_t mask[KEY_WORDS]; /* of these words, 'count' */
};

static inline struct subtable_buckets *
subtable_buckets_of(const struct subtable *s)
{
    return atomic_load_explicit(&s->buckets, memory_order_acquire);
}

/* The entry that a link of a chain leads to; NULL: none. */
static inline struct flow_entry *
subtable_follow(struct flow_entry *const _Atomic *link)
{
    return atomic_load_explicit(link, memory_order_acquire);
}

/* The hash of the masked words with no copy of these: most subtables hold
 * nothing under it, and then nobody asks for them. */
static inline uint64_t subtable_hash(const struct subtable *s,
                                     const struct flow_key *key)
{
    uint64_t hash = 0;

    for (unsigned int i = 0; i < s->count; i++)
        hash = hash_add(hash, key->word[s->at[i]] & s->mask[i]);
    return hash;
}

static inline bool subtable_entry_matches(const struct subtable *s,
                                          const struct flow_entry *e,
                                          const struct flow_key *key)
{
    uint64_t differs = 0;

    for (unsigned int i = 0; i < s->count; i++)
        differs |= (key->word[s->at[i]] & s->mask[i]) ^ e->words[i];
    return !differs;
}

/* Workers: the best entry for the key that beats 'best', or 'best'. */
static inline const struct flow_entry *
subtable_search(const struct subtable *s, const struct flow_key *key,
                const struct flow_entry *best)
{
    const struct subtable_buckets *b = subtable_buckets_of(s);
    const struct flow_entry *e =
        subtable_follow(&b->heads[subtable_hash(s, key) & b->mask]);

    for (; e; e = subtable_follow(&e->next[b->link])) {
        if (best && best->rank >= e->rank)
            return best;
        if (subtable_entry_matches(s, e, key))
            return e;
    }
    return best;
}

/* NULL if out of memory.  Main thread only, as all below. */
struct subtable *subtable_create(const struct flow_key *mask);
/* A callback of retire() too. */
void subtable_free(void *subtable);

/* Whether this is the mask. */
static inline bool subtable_mask_is(const struct subtable *s,
                                    const struct flow_key *mask)
{
    unsigned int count = 0;

    for (unsigned int i = 0; i < s->count; i++)
        if (mask->word[s->at[i]] != s->mask[i])
            return false;
    for (unsigned int i = 0; i < KEY_WORDS; i++)
        count += mask->word[i] != 0;
    return count == s->count;
}

/* Whether the mask has at least these bits. */
bool subtable_mask_has(const struct subtable *s, const struct flow_key *mask);

/* Room for an entry with this match, whose mask is the subtable's; everything
 * but the match is zero.  NULL if out of memory. */
struct flow_entry *subtable_make_entry(struct subtable *s,
                                       const struct flow_match *match);
/* The match of an entry, written out. */
void subtable_match_of(const struct flow_entry *e, struct flow_match *match);

/* Where classifier.h has the same, for an entry that was made here.  'old' and
 * what is removed are to be retired. */
void subtable_insert(struct subtable *s, struct flow_entry *e);
void subtable_replace(struct subtable *s, struct flow_entry *old,
                      struct flow_entry *e);
void subtable_remove(struct subtable *s, struct flow_entry *e);
struct flow_entry *subtable_find_exact(const struct subtable *s,
                                       const struct flow_match *match,
                                       uint32_t rank);
void subtable_each(const struct subtable *s, const struct flow_match *wide,
                   void (*visit)(void *context, struct flow_entry *e),
                   void *context);

/* The highest rank of its entries; 0: there are none. */
uint32_t subtable_max_rank(const struct subtable *s);

#endif
