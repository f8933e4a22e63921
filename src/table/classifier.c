/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/classifier.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/retire.h"
#include "base/thread_role.h"

enum { BUCKETS_MIN = 16 };

/* The heads of the chains; 'link' says which of an entry's two they run by. */
struct buckets {
    struct retired retired;
    unsigned int link;
    size_t mask;
    struct flow_entry *_Atomic heads[];
};

struct subtable {
    struct retired retired;
    struct buckets *_Atomic buckets;
    uint64_t grown; /* the grace period after which nobody has older buckets */
    size_t entries;
    size_t tops_removed; /* with the highest rank, since that was found */
    unsigned int count;  /* words that the mask has bits in */
    uint8_t at[KEY_WORDS];
    uint64_t mask[KEY_WORDS]; /* of these words, 'count' */
};

/* Sorted: the highest rank first.  'max_rank' may be higher than what is there
 * still, never lower. */
struct subtable_list {
    struct retired retired;
    size_t count;
    struct subtable_row {
        _Atomic uint32_t max_rank;
        struct subtable *subtable;
        /* All masks up to this one's together: what a search that ends here
         * has looked at. */
        struct flow_key looked_at;
    } rows[];
};

static struct subtable_list *list_of(const struct classifier *c)
{
    return atomic_load_explicit(&c->list, memory_order_acquire);
}

static struct buckets *buckets_of(const struct subtable *s)
{
    return atomic_load_explicit(&s->buckets, memory_order_acquire);
}

static struct flow_entry *follow(struct flow_entry *const _Atomic *link)
{
    return atomic_load_explicit(link, memory_order_acquire);
}

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

/* The same hash with no copy of the words: most subtables hold nothing under
 * it, and then nobody asks for them. */
static inline uint64_t masked_hash(const struct subtable *s,
                                   const struct flow_key *key)
{
    uint64_t hash = 0;

    for (unsigned int i = 0; i < s->count; i++)
        hash = hash_add(hash, key->word[s->at[i]] & s->mask[i]);
    return hash;
}

static uint64_t entry_hash(const struct subtable *s, const struct flow_entry *e)
{
    uint64_t hash = 0;

    for (unsigned int i = 0; i < s->count; i++)
        hash = hash_add(hash, e->words[i]);
    return hash;
}

static inline bool entry_matches(const struct subtable *s,
                                 const struct flow_entry *e,
                                 const struct flow_key *key)
{
    uint64_t differs = 0;

    for (unsigned int i = 0; i < s->count; i++)
        differs |= (key->word[s->at[i]] & s->mask[i]) ^ e->words[i];
    return !differs;
}

static bool words_are_equal(const uint64_t *a, const uint64_t *b,
                            unsigned int count)
{
    uint64_t differs = 0;

    for (unsigned int i = 0; i < count; i++)
        differs |= a[i] ^ b[i];
    return !differs;
}

/* The best entry of a subtable for the key that beats 'best', or 'best'. */
static inline const struct flow_entry *
find_in_subtable(const struct subtable *s, const struct flow_key *key,
                 const struct flow_entry *best)
{
    const struct buckets *b = buckets_of(s);
    const struct flow_entry *e =
        follow(&b->heads[masked_hash(s, key) & b->mask]);

    for (; e; e = follow(&e->next[b->link])) {
        if (best && best->rank >= e->rank)
            return best;
        if (entry_matches(s, e, key))
            return e;
    }
    return best;
}

const struct flow_entry *classifier_search(const struct classifier *c,
                                           const struct flow_key *key,
                                           struct flow_key *used)
{
    const struct subtable_list *list = list_of(c);
    const struct flow_entry *best = NULL;
    size_t i = 0;

    if (!list)
        return NULL;
    for (; i < list->count; i++) {
        const struct subtable_row *row = &list->rows[i];

        if (best && best->rank >= atomic_load_explicit(&row->max_rank,
                                                       memory_order_relaxed))
            break;
        best = find_in_subtable(row->subtable, key, best);
    }
    for (unsigned int j = 0; j < KEY_WORDS; j++)
        used->word[j] |= list->rows[i - 1].looked_at.word[j];
    return best;
}

static struct buckets *make_buckets(size_t count, unsigned int link)
{
    struct buckets *b = calloc(1, sizeof(*b) + count * sizeof(b->heads[0]));

    assert(count && !(count & (count - 1)) && link < 2);
    if (b) {
        b->link = link;
        b->mask = count - 1;
    }
    return b;
}

/* Where the chain's pointer to 'e' is or, if it is not there, should be. */
static struct flow_entry *_Atomic *link_for(const struct subtable *s,
                                            struct buckets *b,
                                            const struct flow_entry *e)
{
    struct flow_entry *_Atomic *link = &b->heads[entry_hash(s, e) & b->mask];
    struct flow_entry *at;

    while ((at = follow(link)) && at != e && at->rank >= e->rank)
        link = &at->next[b->link];
    return link;
}

static void chain_in(const struct subtable *s, struct buckets *b,
                     struct flow_entry *e)
{
    struct flow_entry *_Atomic *link = link_for(s, b, e);

    atomic_store_explicit(&e->next[b->link], follow(link),
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
    struct buckets *old = buckets_of(s);
    struct buckets *b;

    if (!retire_is_over(s->grown))
        return;
    b = make_buckets(2 * (old->mask + 1), !old->link);
    if (!b)
        return;
    for (size_t i = 0; i <= old->mask; i++)
        for (struct flow_entry *e = follow(&old->heads[i]); e;
             e = follow(&e->next[old->link]))
            chain_in(s, b, e);
    atomic_store_explicit(&s->buckets, b, memory_order_release);
    s->grown = retire_grace_period();
    retire(&old->retired, old, free);
}

static void free_subtable(void *object)
{
    struct subtable *s = object;

    free(buckets_of(s));
    free(s);
}

static struct subtable *make_subtable(const struct flow_key *mask)
{
    struct subtable *s = calloc(1, sizeof(*s));
    struct buckets *b = make_buckets(BUCKETS_MIN, 0);

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

static bool mask_is(const struct subtable *s, const struct flow_key *mask)
{
    unsigned int at = 0;

    for (unsigned int i = 0; i < KEY_WORDS; i++) {
        uint64_t word = 0;

        if (at < s->count && s->at[at] == i)
            word = s->mask[at++];
        if (word != mask->word[i])
            return false;
    }
    return true;
}

static struct subtable *find_subtable(const struct classifier *c,
                                      const struct flow_key *mask)
{
    const struct subtable_list *list = list_of(c);

    for (size_t i = 0; list && i < list->count; i++)
        if (mask_is(list->rows[i].subtable, mask))
            return list->rows[i].subtable;
    return NULL;
}

static int by_rank_descending(const void *a, const void *b)
{
    uint32_t left = atomic_load(&((const struct subtable_row *)a)->max_rank);
    uint32_t right = atomic_load(&((const struct subtable_row *)b)->max_rank);

    return (left < right) - (left > right);
}

/* What the rows' masks come to, one after the other. */
static void sum_masks(struct subtable_list *list)
{
    struct flow_key sum = {.metadata = 0};

    for (size_t i = 0; i < list->count; i++) {
        const struct subtable *s = list->rows[i].subtable;

        for (unsigned int j = 0; j < s->count; j++)
            sum.word[s->at[j]] |= s->mask[j];
        list->rows[i].looked_at = sum;
    }
}

/* Publishes the list anew without 'without' and with 'with' (either may be
 * NULL), in order.  False: out of memory, and nothing has changed. */
static bool publish_list(struct classifier *c, const struct subtable *without,
                         struct subtable *with, uint32_t with_rank)
{
    struct subtable_list *old = list_of(c);
    size_t room = (old ? old->count : 0) + 1;
    struct subtable_list *list =
        malloc(sizeof(*list) + room * sizeof(list->rows[0]));

    if (!list)
        return false;
    list->count = 0;
    for (size_t i = 0; old && i < old->count; i++) {
        struct subtable *s = old->rows[i].subtable;

        if (s == without || s == with)
            continue;
        atomic_init(&list->rows[list->count].max_rank,
                    atomic_load(&old->rows[i].max_rank));
        list->rows[list->count++].subtable = s;
    }
    if (with) {
        atomic_init(&list->rows[list->count].max_rank, with_rank);
        list->rows[list->count++].subtable = with;
    }
    qsort(list->rows, list->count, sizeof(list->rows[0]), by_rank_descending);
    sum_masks(list);
    c->masks = list->count;
    if (!list->count) {
        free(list);
        list = NULL;
    }
    atomic_store_explicit(&c->list, list, memory_order_release);
    if (old)
        retire(&old->retired, old, free);
    return true;
}

static size_t row_of(const struct subtable_list *list, const struct subtable *s)
{
    size_t i = 0;

    assert(list && list->count > 0);
    while (list->rows[i].subtable != s)
        i++;
    return i;
}

/* Before an entry of this rank may be seen, its subtable must stand where the
 * early stop cannot miss it. */
static bool raise_rank(struct classifier *c, struct subtable *s, uint32_t rank)
{
    struct subtable_list *list = list_of(c);
    size_t i;

    if (!s->entries)
        return publish_list(c, NULL, s, rank);
    i = row_of(list, s);
    if (atomic_load(&list->rows[i].max_rank) >= rank)
        return true;
    if (i == 0 || atomic_load(&list->rows[i - 1].max_rank) >= rank) {
        atomic_store(&list->rows[i].max_rank, rank);
        return true;
    }
    return publish_list(c, NULL, s, rank);
}

/* Finds the highest rank anew once so many have gone that it pays. */
static void lower_rank(struct classifier *c, struct subtable *s)
{
    const struct buckets *b = buckets_of(s);
    uint32_t max = 0;

    if (s->tops_removed <= s->entries / 2 + 8)
        return;
    for (size_t i = 0; i <= b->mask; i++) {
        const struct flow_entry *e = follow(&b->heads[i]);

        if (e && e->rank > max)
            max = e->rank;
    }
    if (publish_list(c, NULL, s, max))
        s->tops_removed = 0;
}

struct flow_entry *classifier_make_entry(struct classifier *c,
                                         const struct flow_match *match)
{
    struct subtable *s = find_subtable(c, &match->mask);
    struct subtable *made = NULL;
    struct flow_entry *e;

    if (!s)
        s = made = make_subtable(&match->mask);
    if (!s)
        return NULL;
    e = calloc(1, sizeof(*e) + s->count * sizeof(e->words[0]));
    if (!e) {
        if (made)
            free_subtable(made);
        return NULL;
    }
    e->subtable = s;
    masked_words(s, &match->key, e->words);
    return e;
}

void classifier_drop_entry(struct classifier *c, struct flow_entry *e)
{
    struct subtable *s = (struct subtable *)(uintptr_t)e->subtable;
    const struct subtable_list *list = list_of(c);
    bool is_listed = false;

    for (size_t i = 0; list && i < list->count; i++)
        is_listed |= list->rows[i].subtable == s;
    if (!is_listed)
        free_subtable(s);
    free(e);
}

bool classifier_insert(struct classifier *c, struct flow_entry *e)
{
    struct subtable *s = (struct subtable *)(uintptr_t)e->subtable;

    assert_main_thread();
    if (!raise_rank(c, s, e->rank))
        return false;
    if (s->entries > buckets_of(s)->mask)
        grow(s);
    chain_in(s, buckets_of(s), e);
    s->entries++;
    c->count++;
    return true;
}

void classifier_replace(struct classifier *c, struct flow_entry *old,
                        struct flow_entry *e)
{
    const struct subtable *s = old->subtable;
    struct buckets *b = buckets_of(s);

    assert(e->subtable == old->subtable && e->rank == old->rank);
    assert_main_thread();
    (void)c;
    atomic_store_explicit(&e->next[b->link], follow(&old->next[b->link]),
                          memory_order_relaxed);
    atomic_store_explicit(link_for(s, b, old), e, memory_order_release);
}

void classifier_remove(struct classifier *c, struct flow_entry *e)
{
    struct subtable *s = (struct subtable *)(uintptr_t)e->subtable;
    struct buckets *b = buckets_of(s);
    struct subtable_list *list = list_of(c);

    assert(s->entries > 0 && c->count > 0);
    assert_main_thread();
    atomic_store_explicit(link_for(s, b, e), follow(&e->next[b->link]),
                          memory_order_release);
    s->entries--;
    c->count--;
    if (!s->entries) {
        if (publish_list(c, s, NULL, 0))
            retire(&s->retired, s, free_subtable);
        return;
    }
    if (e->rank == atomic_load(&list->rows[row_of(list, s)].max_rank)) {
        s->tops_removed++;
        lower_rank(c, s);
    }
}

struct flow_entry *classifier_find_exact(const struct classifier *c,
                                         const struct flow_match *match,
                                         uint32_t rank)
{
    const struct subtable *s = find_subtable(c, &match->mask);
    uint64_t words[KEY_WORDS];
    const struct buckets *b;
    uint64_t hash;

    if (!s)
        return NULL;
    hash = masked_words(s, &match->key, words);
    b = buckets_of(s);
    for (struct flow_entry *e = follow(&b->heads[hash & b->mask]); e;
         e = follow(&e->next[b->link]))
        if (e->rank == rank && words_are_equal(e->words, words, s->count))
            return e;
    return NULL;
}

bool classifier_matches_all(const struct flow_entry *e)
{
    return !e->subtable->count;
}

void classifier_match_of(const struct flow_entry *e, struct flow_match *match)
{
    const struct subtable *s = e->subtable;

    memset(match, 0, sizeof(*match));
    for (unsigned int i = 0; i < s->count; i++) {
        match->key.word[s->at[i]] = e->words[i];
        match->mask.word[s->at[i]] = s->mask[i];
    }
}

/* Whether every entry of the subtable has at least the bits of 'mask'. */
static bool subtable_has(const struct subtable *s, const struct flow_key *mask)
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

void classifier_each(struct classifier *c, const struct flow_match *wide,
                     void (*visit)(void *context, struct flow_entry *e),
                     void *context)
{
    struct subtable_list *list = list_of(c);

    assert_main_thread();
    /* What 'visit' removes is retired, so list, chain and links stay here. */
    for (size_t i = 0; list && i < list->count; i++) {
        const struct subtable *s = list->rows[i].subtable;
        const struct buckets *b = buckets_of(s);
        size_t first = 0, last = b->mask;

        if (wide && !subtable_has(s, &wide->mask))
            continue;
        if (wide && mask_is(s, &wide->mask)) {
            uint64_t words[KEY_WORDS];

            first = last = masked_words(s, &wide->key, words) & b->mask;
        }
        for (size_t j = first; j <= last; j++) {
            struct flow_entry *e = follow(&b->heads[j]);

            while (e) {
                struct flow_entry *next = follow(&e->next[b->link]);

                if (!wide || entry_is_in(e, wide))
                    visit(context, e);
                e = next;
            }
        }
    }
}

size_t classifier_subtables(const struct classifier *c)
{
    return c->masks;
}

bool classifier_has_mask(const struct classifier *c,
                         const struct flow_key *mask)
{
    return find_subtable(c, mask);
}

void classifier_clear(struct classifier *c)
{
    struct subtable_list *list = list_of(c);

    /* Empty ones that there was no memory to take off the list. */
    for (size_t i = 0; list && i < list->count; i++)
        free_subtable(list->rows[i].subtable);
    free(list);
    atomic_store(&c->list, NULL);
    c->masks = 0;
}

/* OpenFlow 1.0 3.4: an entry without wildcards has the highest priority. */
static uint16_t priority_of(uint16_t flags, uint16_t priority)
{
    return flags & FLOW_MOD_EXACT ? UINT16_MAX : priority;
}

bool classifier_overlaps(const struct flow_entry *e, const struct flow_mod *mod)
{
    struct flow_match match;

    if ((e->flags ^ mod->flags) & FLOW_MOD_HIDDEN ||
        priority_of(e->flags, e->priority) !=
            priority_of(mod->flags, mod->priority))
        return false;
    classifier_match_of(e, &match);
    return match_overlaps(&match, &mod->match);
}
