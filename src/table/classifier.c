/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/classifier.h"

#include <stdlib.h>

#include "base/retire.h"
#include "base/thread_role.h"
#include "table/subtable.h"

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

const struct flow_entry *classifier_search(const struct classifier *c,
                                           const struct flow_key *key,
                                           struct flow_key *consulted)
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
        best = subtable_search(row->subtable, key, best);
    }
    for (unsigned int j = 0; j < KEY_WORDS; j++)
        consulted->word[j] |= list->rows[i - 1].looked_at.word[j];
    return best;
}

static struct subtable *find_subtable(const struct classifier *c,
                                      const struct flow_key *mask)
{
    const struct subtable_list *list = list_of(c);

    for (size_t i = 0; list && i < list->count; i++)
        if (subtable_mask_is(list->rows[i].subtable, mask))
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

/* Publishes the list again without 'without' and with 'with' (either may be
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

/* Looks for the highest rank again once so many have gone that it pays. */
static void lower_rank(struct classifier *c, struct subtable *s)
{
    if (s->tops_removed > s->entries / 2 + 8 &&
        publish_list(c, NULL, s, subtable_max_rank(s)))
        s->tops_removed = 0;
}

/* That of an entry; the main thread may write it. */
static struct subtable *subtable_of(const struct flow_entry *e)
{
    return (struct subtable *)(uintptr_t)e->subtable;
}

struct flow_entry *classifier_make_entry(struct classifier *c,
                                         const struct flow_match *match)
{
    struct subtable *s = find_subtable(c, &match->mask);
    struct subtable *made = NULL;
    struct flow_entry *e;

    if (!s)
        s = made = subtable_create(&match->mask);
    if (!s)
        return NULL;
    e = subtable_make_entry(s, match);
    if (!e && made)
        subtable_free(made);
    return e;
}

void classifier_drop_entry(struct classifier *c, struct flow_entry *e)
{
    struct subtable *s = subtable_of(e);
    const struct subtable_list *list = list_of(c);
    bool is_listed = false;

    for (size_t i = 0; list && i < list->count; i++)
        is_listed |= list->rows[i].subtable == s;
    if (!is_listed)
        subtable_free(s);
    free(e);
}

bool classifier_insert(struct classifier *c, struct flow_entry *e)
{
    struct subtable *s = subtable_of(e);

    assert_main_thread();
    if (!raise_rank(c, s, e->rank))
        return false;
    subtable_insert(s, e);
    c->count++;
    return true;
}

void classifier_replace(struct classifier *c, struct flow_entry *old,
                        struct flow_entry *e)
{
    (void)c;
    subtable_replace(subtable_of(old), old, e);
}

void classifier_remove(struct classifier *c, struct flow_entry *e)
{
    struct subtable *s = subtable_of(e);
    struct subtable_list *list = list_of(c);

    assert(c->count > 0);
    assert_main_thread();
    subtable_remove(s, e);
    c->count--;
    if (!s->entries) {
        if (publish_list(c, s, NULL, 0))
            retire(&s->retired, s, subtable_free);
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

    return s ? subtable_find_exact(s, match, rank) : NULL;
}

bool classifier_matches_all(const struct flow_entry *e)
{
    return !e->subtable->count;
}

void classifier_match_of(const struct flow_entry *e, struct flow_match *match)
{
    subtable_match_of(e, match);
}

void classifier_each(struct classifier *c, const struct flow_match *wide,
                     void (*visit)(void *context, struct flow_entry *e),
                     void *context)
{
    struct subtable_list *list = list_of(c);

    assert_main_thread();
    /* Entries that 'visit' removes are retired: list, chain and links stay
     * here. */
    for (size_t i = 0; list && i < list->count; i++)
        subtable_each(list->rows[i].subtable, wide, visit, context);
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
        subtable_free(list->rows[i].subtable);
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
