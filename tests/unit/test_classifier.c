/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The classifier finds what the obvious way (look at every entry) finds, after
 * any mixture of insertions, replacements and removals; and what it finds
 * depends on no other bits than it says.
 */
#include <stdlib.h>
#include <string.h>

#include "base/retire.h"
#include "table/classifier.h"
#include "tests/unit/test.h"

enum { STEPS = 20000, ENTRIES = 400, MASKS = 12 };

struct model {
    struct classifier c;
    struct flow_entry *entries[ENTRIES];
    struct flow_match matches[ENTRIES];
    size_t count;
};

static const struct flow_entry *find_in(const struct classifier *c,
                                        const struct flow_key *key)
{
    struct flow_key ignored = {.metadata = 0};

    return classifier_search(c, key, &ignored);
}

static uint64_t some(void)
{
    return ((uint64_t)rand() << 40) ^ ((uint64_t)rand() << 20) ^
           (uint64_t)rand();
}

/* Few masks and few values, so that entries meet. */
static struct flow_match random_match(void)
{
    static const unsigned int words[] = {0, 1, 3, 4, 9, 16};
    struct flow_match m;
    unsigned int mask = (unsigned int)rand() % MASKS;

    memset(&m, 0, sizeof(m));
    for (unsigned int i = 0; i < 6; i++) {
        if (!((mask * 0x9d) >> i & 1))
            continue;
        m.mask.word[words[i]] = mask & 1 ? UINT64_MAX : 0xff00ff;
        m.key.word[words[i]] =
            (uint64_t)(rand() % 3) * 0x10001 & m.mask.word[words[i]];
    }
    return m;
}

static struct flow_key random_key(void)
{
    struct flow_key k;

    memset(&k, 0, sizeof(k));
    for (unsigned int i = 0; i < KEY_WORDS; i++)
        k.word[i] = rand() % 4 ? (uint64_t)(rand() % 3) * 0x10001 : some();
    return k;
}

static uint32_t best_rank(const struct model *m, const struct flow_key *key)
{
    uint32_t best = 0;

    for (size_t i = 0; i < m->count; i++)
        if (match_covers(&m->matches[i], key) && m->entries[i]->rank > best)
            best = m->entries[i]->rank;
    return best;
}

static void add(struct model *m)
{
    struct flow_match match = random_match();
    uint32_t rank = 1 + (uint32_t)rand() % 20;
    struct flow_entry *e;

    if (m->count == ENTRIES || classifier_find_exact(&m->c, &match, rank))
        return;
    e = classifier_make_entry(&m->c, &match);
    assert_non_null(e);
    e->rank = rank;
    assert_true(classifier_insert(&m->c, e));
    m->entries[m->count] = e;
    m->matches[m->count++] = match;
}

static void replace(struct model *m)
{
    size_t i;
    struct flow_entry *e;

    if (!m->count)
        return;
    i = (size_t)rand() % m->count;
    e = classifier_make_entry(&m->c, &m->matches[i]);
    assert_non_null(e);
    e->rank = m->entries[i]->rank;
    classifier_replace(&m->c, m->entries[i], e);
    retire(&m->entries[i]->retired.place, m->entries[i], free);
    m->entries[i] = e;
}

static void take(struct model *m)
{
    size_t i;

    if (!m->count)
        return;
    i = (size_t)rand() % m->count;
    classifier_remove(&m->c, m->entries[i]);
    retire(&m->entries[i]->retired.place, m->entries[i], free);
    m->count--;
    m->entries[i] = m->entries[m->count];
    m->matches[i] = m->matches[m->count];
}

static void count_visit(void *context, struct flow_entry *e)
{
    size_t *count = context;

    (void)e;
    ++*count;
}

/* Whether every frame that matches 'narrow' matches 'wide'. */
static bool includes(const struct flow_match *wide,
                     const struct flow_match *narrow)
{
    for (size_t i = 0; i < KEY_WORDS; i++)
        if (wide->mask.word[i] & ~narrow->mask.word[i])
            return false;
    return match_covers(wide, &narrow->key);
}

static void check_each(struct model *m)
{
    struct flow_match wide = random_match();
    size_t found = 0, expected = 0;

    classifier_each(&m->c, &wide, count_visit, &found);
    for (size_t i = 0; i < m->count; i++)
        expected += includes(&wide, &m->matches[i]);
    assert_int_equal(found, expected);
}

/* A key that differs in every bit that was not looked at finds the same. */
static void check_used(const struct model *m, const struct flow_key *key,
                       const struct flow_entry *found)
{
    struct flow_key consulted, other;

    memset(&consulted, 0, sizeof(consulted));
    assert_ptr_equal(classifier_search(&m->c, key, &consulted), found);
    for (unsigned int i = 0; i < KEY_WORDS; i++)
        other.word[i] = key->word[i] ^ ~consulted.word[i];
    assert_ptr_equal(find_in(&m->c, &other), found);
}

static void finds_what_looking_at_all_finds(void **state)
{
    static struct model m;

    (void)state;
    srand(2);
    for (int step = 0; step < STEPS; step++) {
        struct flow_key key = random_key();
        const struct flow_entry *e;

        switch (rand() % 5) {
        case 0:
        case 1:
            add(&m);
            break;
        case 2:
            replace(&m);
            break;
        default:
            take(&m);
            break;
        }
        /* Grow in one phase, shrink in the next. */
        if (step / 2000 % 2 == 0)
            add(&m);
        e = find_in(&m.c, &key);
        assert_int_equal(e ? e->rank : 0, best_rank(&m, &key));
        check_used(&m, &key, e);
        if (e) {
            struct flow_match match;

            classifier_match_of(e, &match);
            assert_true(match_covers(&match, &key));
        }
        if (step % 50 == 0)
            check_each(&m);
        if (step % 7 == 0)
            retire_flush();
    }
    while (m.count)
        take(&m);
    assert_int_equal(classifier_subtables(&m.c), 0);
    retire_flush();
    classifier_clear(&m.c);
}

static void many_entries_of_one_mask_stay_findable(void **state)
{
    static struct classifier c;
    enum { MANY = 50000 };
    static struct flow_entry *entries[MANY];
    struct flow_match match;

    (void)state;
    memset(&match, 0, sizeof(match));
    match.mask.word[1] = UINT64_MAX;
    for (uint64_t i = 0; i < MANY; i++) {
        match.key.word[1] = i;
        entries[i] = classifier_make_entry(&c, &match);
        entries[i]->rank = 5;
        assert_true(classifier_insert(&c, entries[i]));
    }
    assert_int_equal(classifier_subtables(&c), 1);
    for (uint64_t i = 0; i < MANY; i++) {
        struct flow_key key;

        memset(&key, 0, sizeof(key));
        key.word[1] = i;
        assert_ptr_equal(find_in(&c, &key), entries[i]);
    }
    for (uint64_t i = 0; i < MANY; i++) {
        classifier_remove(&c, entries[i]);
        retire(&entries[i]->retired.place, entries[i], free);
    }
    retire_flush();
    classifier_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_looking_at_all_finds),
        cmocka_unit_test(many_entries_of_one_mask_stay_findable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
