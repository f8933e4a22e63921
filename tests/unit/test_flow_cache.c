/*
 * A verdict is found again by its exact key and no other, stale or not; two
 * flows of one hash are both remembered, and the third takes a place in turn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "table/flow_cache.h"

enum { ENTRIES = 8, HASH = 3 };

static struct flow_key key_of(uint32_t ip_source)
{
    struct flow_key key;

    memset(&key, 0, sizeof(key));
    key.ip_src = ip_source;
    return key;
}

static void put(struct flow_cache *c, const struct flow_key *key,
                unsigned int words, uint64_t hash, uint32_t version)
{
    flow_cache_place(c, key, words, hash)->version = version;
}

static void finds_what_was_put(void **state)
{
    struct flow_cache *c = flow_cache_create(ENTRIES);
    struct flow_key key = key_of(1), other = key_of(2);
    uint64_t hash = flow_cache_hash(&key, KEY_PLAIN_WORDS);
    struct verdict *v;

    (void)state;
    flow_cache_prefetch(c, hash);
    assert_null(flow_cache_find(c, &key, KEY_PLAIN_WORDS, hash));
    put(c, &key, KEY_PLAIN_WORDS, hash, 7);
    v = flow_cache_find(c, &key, KEY_PLAIN_WORDS, hash);
    assert_non_null(v);
    assert_int_equal(v->version, 7);
    assert_null(flow_cache_find(c, &other, KEY_PLAIN_WORDS, hash));
    assert_null(flow_cache_find(c, &key, KEY_PLAIN_WORDS, hash ^ 16));
    flow_cache_free(c);
}

/* An empty place is no flow, though a key of zeros looks like it. */
static void nothing_is_not_a_key_of_zeros(void **state)
{
    struct flow_cache *c = flow_cache_create(ENTRIES);
    struct flow_key zero = key_of(0);

    (void)state;
    assert_null(flow_cache_find(c, &zero, KEY_PLAIN_WORDS, 0));
    assert_null(flow_cache_find(c, &zero, KEY_FRAME_WORDS, 0));
    flow_cache_free(c);
}

static void the_long_part_of_a_key_counts(void **state)
{
    struct flow_cache *c = flow_cache_create(ENTRIES);
    struct flow_key key = key_of(1), other = key_of(1), last = key_of(1);

    (void)state;
    key.ipv6_src[15] = 1;
    other.ipv6_src[15] = 2;
    last.arp_tha[5] = 1; /* in the last word of a frame's */
    put(c, &key, KEY_FRAME_WORDS, HASH, 1);
    assert_non_null(flow_cache_find(c, &key, KEY_FRAME_WORDS, HASH));
    assert_null(flow_cache_find(c, &other, KEY_FRAME_WORDS, HASH));
    assert_null(flow_cache_find(c, &last, KEY_FRAME_WORDS, HASH));
    /* A plain flow of the same first words is another one. */
    assert_null(flow_cache_find(c, &key, KEY_PLAIN_WORDS, HASH));
    put(c, &key, KEY_PLAIN_WORDS, HASH, 2);
    assert_int_equal(flow_cache_find(c, &key, KEY_PLAIN_WORDS, HASH)->version,
                     2);
    assert_int_equal(flow_cache_find(c, &key, KEY_FRAME_WORDS, HASH)->version,
                     1);
    flow_cache_free(c);
}

static void a_stale_verdict_keeps_its_place(void **state)
{
    struct flow_cache *c = flow_cache_create(ENTRIES);
    struct flow_key first = key_of(1), second = key_of(2);
    const struct verdict *v;

    (void)state;
    put(c, &first, KEY_PLAIN_WORDS, HASH, 1);
    put(c, &second, KEY_PLAIN_WORDS, HASH, 1);
    v = flow_cache_find(c, &first, KEY_PLAIN_WORDS, HASH);
    put(c, &first, KEY_PLAIN_WORDS, HASH, 2);
    assert_ptr_equal(flow_cache_find(c, &first, KEY_PLAIN_WORDS, HASH), v);
    assert_int_equal(v->version, 2);
    assert_int_equal(
        flow_cache_find(c, &second, KEY_PLAIN_WORDS, HASH)->version, 1);
    flow_cache_free(c);
}

static void two_have_room_and_the_third_takes_turns(void **state)
{
    struct flow_cache *c = flow_cache_create(ENTRIES);
    struct flow_key keys[4];

    (void)state;
    for (uint32_t i = 0; i < 4; i++)
        keys[i] = key_of(i + 1);
    put(c, &keys[0], KEY_PLAIN_WORDS, HASH, 1);
    put(c, &keys[1], KEY_PLAIN_WORDS, HASH, 1);
    assert_non_null(flow_cache_find(c, &keys[0], KEY_PLAIN_WORDS, HASH));
    assert_non_null(flow_cache_find(c, &keys[1], KEY_PLAIN_WORDS, HASH));
    put(c, &keys[2], KEY_PLAIN_WORDS, HASH, 1);
    put(c, &keys[3], KEY_PLAIN_WORDS, HASH, 1);
    assert_null(flow_cache_find(c, &keys[0], KEY_PLAIN_WORDS, HASH));
    assert_null(flow_cache_find(c, &keys[1], KEY_PLAIN_WORDS, HASH));
    assert_non_null(flow_cache_find(c, &keys[2], KEY_PLAIN_WORDS, HASH));
    assert_non_null(flow_cache_find(c, &keys[3], KEY_PLAIN_WORDS, HASH));
    flow_cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(nothing_is_not_a_key_of_zeros),
        cmocka_unit_test(the_long_part_of_a_key_counts),
        cmocka_unit_test(a_stale_verdict_keeps_its_place),
        cmocka_unit_test(two_have_room_and_the_third_takes_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
