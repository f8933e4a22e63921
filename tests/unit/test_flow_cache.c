/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flow cache gives back the verdict that was placed for a key and for all
 * that is the same in the bits it was made from, and never another one: with
 * more masks than it keeps, more keys than it has room for, and tables that
 * change.
 */
#include <stdlib.h>
#include <string.h>

#include "table/flow_cache.h"
#include "tests/unit/test.h"

enum { ENTRIES = 64, MASKS = 12, STEPS = 200000 };

static struct flow_cache *cache;

static int begin(void **state)
{
    (void)state;
    cache = flow_cache_create(ENTRIES);
    assert_non_null(cache);
    flow_cache_begin(cache, 7);
    return 0;
}

static int end(void **state)
{
    (void)state;
    flow_cache_free(cache);
    return 0;
}

/* The bits of mask 'n'; from 8 on they go beyond the plain words. */
static struct flow_key bits_of(unsigned int n)
{
    struct flow_key used;

    memset(&used, 0, sizeof(used));
    for (unsigned int i = 0; i <= n; i++)
        used.word[i] = 0xff00ffu << n;
    return used;
}

/* What a verdict that was made from these bits of the key must say. */
static uint32_t answer(const struct flow_key *key, unsigned int mask)
{
    struct flow_key used = bits_of(mask);
    uint64_t sum = mask;

    for (unsigned int i = 0; i < KEY_FRAME_WORDS; i++)
        sum = sum * 31 + (key->word[i] & used.word[i]);
    return (uint32_t)(sum ^ sum >> 32);
}

static void place(const struct flow_key *key, unsigned int mask)
{
    struct flow_key used = bits_of(mask);
    struct verdict *v = flow_cache_place(cache, key, &used);

    v->rule_count = (uint8_t)mask;
    v->rules[0].counter = answer(key, mask);
}

static const struct verdict *find(const struct flow_key *key)
{
    return flow_cache_find(cache, key, flow_cache_prefetch(cache, key));
}

static struct flow_key some_key(void)
{
    struct flow_key key;

    memset(&key, 0, sizeof(key));
    for (unsigned int i = 0; i < KEY_FRAME_WORDS; i++)
        key.word[i] = (uint64_t)(rand() % (i ? 2 : 100)) * 0x1010101010101;
    return key;
}

static void what_is_found_was_made_from_the_same_bits(void **state)
{
    unsigned int found = 0;
    uint32_t version = 7;

    (void)state;
    srand(5);
    for (int step = 0; step < STEPS; step++) {
        struct flow_key key = some_key();
        const struct verdict *v = find(&key);

        if (step % 64 == 0)
            flow_cache_begin(cache, version += step % 4096 == 0);
        if (v) {
            assert_int_equal(v->rules[0].counter, answer(&key, v->rule_count));
            found++;
        } else {
            place(&key, (unsigned int)rand() % MASKS);
            assert_non_null(find(&key));
        }
    }
    assert_in_range(found, STEPS / 20, STEPS - STEPS / 20);
}

static void one_verdict_serves_all_that_is_the_same_in_its_bits(void **state)
{
    struct flow_key key = some_key();

    (void)state;
    place(&key, 0);
    for (unsigned int i = 1; i < KEY_FRAME_WORDS; i++)
        key.word[i] = ~(uint64_t)i;
    assert_non_null(find(&key));
    key.word[0] ^= 1;
    assert_null(find(&key));
}

static void a_verdict_goes_when_the_tables_change(void **state)
{
    struct flow_key key = some_key();

    (void)state;
    place(&key, 3);
    flow_cache_begin(cache, 7);
    assert_non_null(find(&key));
    flow_cache_begin(cache, 8);
    assert_null(find(&key));
    flow_cache_begin(cache, 7);
    place(&key, 1); /* The first mask has another meaning now. */
    key.word[2] = ~key.word[2];
    assert_int_equal(find(&key)->rule_count, 1);
}

static void a_mask_too_many_is_kept_for_the_exact_key(void **state)
{
    struct flow_key key, other;

    (void)state;
    memset(&key, 0, sizeof(key));
    for (unsigned int i = 0; i < 10; i++) {
        key.word[0] = 0xffu << i;
        place(&key, i);
    }
    assert_int_equal(find(&key)->rule_count, 9);
    other = key;
    other.word[15] = 1; /* Not among the bits of the last verdict. */
    assert_null(find(&other));
}

/* An empty place is no flow, though a key of zeros looks like it. */
static void nothing_is_not_a_key_of_zeros(void **state)
{
    struct flow_key zero;

    (void)state;
    memset(&zero, 0, sizeof(zero));
    assert_null(find(&zero));
    flow_cache_begin(cache, 0);
    assert_null(find(&zero));
    place(&zero, 5);
    assert_non_null(find(&zero));
}

/* A cache of two places takes all keys in the same two. */
static void two_have_room_and_the_third_takes_turns(void **state)
{
    struct flow_cache *large = cache;
    struct flow_key keys[4];

    (void)state;
    cache = flow_cache_create(2);
    assert_non_null(cache);
    for (unsigned int i = 0; i < 4; i++) {
        memset(&keys[i], 0, sizeof(keys[i]));
        keys[i].word[0] = i;
    }
    flow_cache_begin(cache, 2);
    place(&keys[0], 0);
    place(&keys[1], 0);
    assert_true(find(&keys[0]) && find(&keys[1]));
    place(&keys[2], 0);
    assert_true(find(&keys[2]) && !find(&keys[0]) != !find(&keys[1]));
    place(&keys[3], 0);
    assert_true(find(&keys[2]) && find(&keys[3]));
    flow_cache_free(cache);
    cache = large;
}

/* One that is made anew for the same key is found in the place of the old one,
 * where other keys have filled both of its places as well. */
static void a_verdict_made_anew_replaces_the_old_one(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 10 * ENTRIES; i++) {
        struct flow_key key = some_key(), used;
        struct verdict *v;

        place(&key, 2);
        used = bits_of(2);
        v = flow_cache_place(cache, &key, &used);
        v->rules[0].counter = i;
        assert_ptr_equal(find(&key), v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_is_found_was_made_from_the_same_bits, begin, end),
        cmocka_unit_test_setup_teardown(
            one_verdict_serves_all_that_is_the_same_in_its_bits, begin, end),
        cmocka_unit_test_setup_teardown(
            a_verdict_made_anew_replaces_the_old_one, begin, end),
        cmocka_unit_test_setup_teardown(a_verdict_goes_when_the_tables_change,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            a_mask_too_many_is_kept_for_the_exact_key, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_not_a_key_of_zeros, begin,
                                        end),
        cmocka_unit_test_setup_teardown(two_have_room_and_the_third_takes_turns,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
