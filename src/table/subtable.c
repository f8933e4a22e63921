/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/subtable.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS_MIN = 16 };

static uint64_t masked_words(const struct subtable *s,
                             const struct flow_key *key, uint64_t *words)
{
    uint64_t hash = 0;

    for (unsigned int i = 0; i < s->count; i++) {
        words[i] = key->word[s->at[i]] & s->mask[i];
        hash = hash_add(hash, words[i]);
    }
    return hash;
}

static uint64_t entry_hash(const struct subtable *s, const struct flow_entry *e)
{
    uint64_t hash = 0;

    for (unsigned int i = 0; i < s->count; i++)
        hash = hash_add(hash, e->words[i]);
    return hash;
}

static bool words_are_equal(const uint64_t *a, const uint64_t *b,
                            unsigned int count)
{
    uint64_t differs = 0;

    for (unsigned int i = 0; i < count; i++)
        differs |= a[i] ^ b[i];
    return !differs;
}

static struct subtable_buckets *make_buckets(size_t count, unsigned int link)
{
    struct subtable_buckets *b =
        calloc(1, sizeof(*b) + count * sizeof(b->heads[0]));

    assert(count && !(count & (count - 1)) && link < 2);
    if (b) {
        b->link = link;
        b->mask = count - 1;
    }
    return b;
}

/* Where the chain's pointer to 'e' is or, if it is not there, should be. */
static struct flow_entry *_Atomic *link_for(const struct subtable *s,
                                            struct subtable_buckets *b,
                                            const struct flow_entry *e)
{
    struct flow_entry *_Atomic *link = &b->heads[entry_hash(s, e) & b->mask];
    struct flow_entry *at;

    while ((at = subtable_follow(link)) && at != e && at->rank >= e->rank)
        link = &at->next[b->link];
    return link;
}

static void chain_in(const struct subtable *s, struct subtable_buckets *b,
                     struct flow_entry *e)
{
    struct flow_entry *_Atomic *link = link_for(s, b, e);

    atomic_store_explicit(&e->next[b->link], subtable_follow(link),
                          memory_order_relaxed);
    atomic_store_explicit(link, e, memory_order_release);
}

/*
 * Doubles the hash.  Readers go on along the old links while the new ones are
 * made; those were last in use before the previous growth, so no reader may
 * still be on that.  While one may, or without memory, the chains just stay
 * long until the next entry comes.
 */
static void grow(struct subtable *s)
{
    struct subtable_buckets *old = subtable_buckets_of(s);
    struct subtable_buckets *b;

    if (!retire_is_over(s->grown))
        return;
    b = make_buckets(2 * (old->mask + 1), !old->link);
    if (!b)
        return;
    for (size_t i = 0; i <= old->mask; i++)
        for (struct flow_entry *e = subtable_follow(&old->heads[i]); e;
             e = subtable_follow(&e->next[old->link]))
            chain_in(s, b, e);
    atomic_store_explicit(&s->buckets, b, memory_order_release);
    s->grown = retire_grace_period();
    retire(&old->retired, old, free);
}

void subtable_free(void *subtable)
{
    struct subtable *s = subtable;

    free(subtable_buckets_of(s));
    free(s);
}

struct subtable *subtable_create(const struct flow_key *mask)
{
    struct subtable *s = calloc(1, sizeof(*s));
    struct subtable_buckets *b = make_buckets(BUCKETS_MIN, 0);

    if (!s || !b) {
        free(s);
        free(b);
        return NULL;
    }
    for (unsigned int i = 0; i < KEY_WORDS; i++)
        if (mask->word[i]) {
            s->at[s->count] = (uint8_t)i;
            s->mask[s->count++] = mask->word[i];
        }
    atomic_init(&s->buckets, b);
    return s;
}

bool subtable_mask_has(const struct subtable *s, const struct flow_key *mask)
{
    unsigned int at = 0;

    for (unsigned int i = 0; i < KEY_WORDS; i++) {
        uint64_t word = 0;

        if (at < s->count && s->at[at] == i)
            word = s->mask[at++];
        if (mask->word[i] & ~word)
            return false;
    }
    return true;
}

struct flow_entry *subtable_make_entry(struct subtable *s,
                                       const struct flow_match *match)
{
    struct flow_entry *e =
        calloc(1, sizeof(*e) + s->count * sizeof(e->words[0]));

    if (!e)
        return NULL;
    e->subtable = s;
    masked_words(s, &match->key, e->words);
    return e;
}

void subtable_match_of(const struct flow_entry *e, struct flow_match *match)
{
    const struct subtable *s = e->subtable;

    memset(match, 0, sizeof(*match));
    for (unsigned int i = 0; i < s->count; i++) {
        match->key.word[s->at[i]] = e->words[i];
        match->mask.word[s->at[i]] = s->mask[i];
    }
}

void subtable_insert(struct subtable *s, struct flow_entry *e)
{
    assert(e->subtable == s);
    if (s->entries > subtable_buckets_of(s)->mask)
        grow(s);
    chain_in(s, subtable_buckets_of(s), e);
    s->entries++;
}

void subtable_replace(struct subtable *s, struct flow_entry *old,
                      struct flow_entry *e)
{
    struct subtable_buckets *b = subtable_buckets_of(s);

    assert(e->subtable == s && old->subtable == s && e->rank == old->rank);
    atomic_store_explicit(&e->next[b->link],
                          subtable_follow(&old->next[b->link]),
                          memory_order_relaxed);
    atomic_store_explicit(link_for(s, b, old), e, memory_order_release);
}

void subtable_remove(struct subtable *s, struct flow_entry *e)
{
    struct subtable_buckets *b = subtable_buckets_of(s);

    assert(e->subtable == s && s->entries > 0);
    atomic_store_explicit(link_for(s, b, e), subtable_follow(&e->next[b->link]),
                          memory_order_release);
    s->entries--;
}

struct flow_entry *subtable_find_exact(const struct subtable *s,
                                       const struct flow_match *match,
                                       uint32_t rank)
{
    uint64_t words[KEY_WORDS];
    uint64_t hash = masked_words(s, &match->key, words);
    const struct subtable_buckets *b = subtable_buckets_of(s);

    for (struct flow_entry *e = subtable_follow(&b->heads[hash & b->mask]); e;
         e = subtable_follow(&e->next[b->link]))
        if (e->rank == rank && words_are_equal(e->words, words, s->count))
            return e;
    return NULL;
}

static bool entry_is_in(const struct flow_entry *e,
                        const struct flow_match *wide)
{
    const struct subtable *s = e->subtable;

    for (unsigned int i = 0; i < s->count; i++)
        if ((e->words[i] ^ wide->key.word[s->at[i]]) &
            wide->mask.word[s->at[i]])
            return false;
    return true;
}

void subtable_each(const struct subtable *s, const struct flow_match *wide,
                   void (*visit)(void *context, struct flow_entry *e),
                   void *context)
{
    const struct subtable_buckets *b = subtable_buckets_of(s);
    size_t first = 0, last = b->mask;

    if (wide && !subtable_mask_has(s, &wide->mask))
        return;
    if (wide && subtable_mask_is(s, &wide->mask)) {
        uint64_t words[KEY_WORDS];

        first = last = masked_words(s, &wide->key, words) & b->mask;
    }
    for (size_t i = first; i <= last; i++) {
        struct flow_entry *e = subtable_follow(&b->heads[i]);

        while (e) {
            struct flow_entry *next = subtable_follow(&e->next[b->link]);

            if (!wide || entry_is_in(e, wide))
                visit(context, e);
            e = next;
        }
    }
}

uint32_t subtable_max_rank(const struct subtable *s)
{
    const struct subtable_buckets *b = subtable_buckets_of(s);
    uint32_t max = 0;

    for (size_t i = 0; i <= b->mask; i++) {
        const struct flow_entry *e = subtable_follow(&b->heads[i]);

        if (e && e->rank > max)
            max = e->rank;
    }
    return max;
}
