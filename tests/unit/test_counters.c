/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters begin at zero, also those that were used before; what owners count,
 * workers and others, is added up and the last use is the latest of any.
 */
#include "table/counters.h"
#include "tests/unit/test.h"

enum { OWNERS = 3 };

static void adds_up_what_owners_count(void **state)
{
    struct counters *c = counters_create(OWNERS);
    uint32_t id = counters_take(c), other = counters_take(c);
    struct counter_totals t;

    (void)state;
    assert_int_not_equal(id, other);
    t = counters_total(c, id);
    assert_int_equal(t.packets + t.bytes, 0);
    assert_int_equal(t.used_ms, 0);
    counters_add(c, 0, id, 60, 1000);
    counters_add(c, 2, id, 1500, 3000);
    counters_add(c, 2, id, 40, 2000);
    t = counters_total(c, id);
    assert_int_equal(t.packets, 3);
    assert_int_equal(t.bytes, 1600);
    assert_int_equal(t.used_ms, 2000); /* no owner's time runs backwards */
    counters_add(c, 1, id, 1, 9000);
    assert_int_equal(counters_total(c, id).used_ms, 9000);
    assert_int_equal(counters_total(c, other).packets, 0);
    counters_free(c);
}

static void a_returned_counter_begins_anew(void **state)
{
    struct counters *c = counters_create(OWNERS);
    uint32_t id = counters_take(c);

    (void)state;
    for (unsigned int owner = 0; owner < OWNERS; owner++)
        counters_add(c, owner, id, 60, 1000);
    counters_return(c, id);
    assert_int_equal(counters_take(c), id);
    assert_int_equal(counters_total(c, id).packets, 0);
    assert_int_equal(counters_total(c, id).bytes, 0);
    assert_int_equal(counters_total(c, id).used_ms, 0);
    counters_free(c);
}

/* More than one chunk: all differ, and none shares what another counts. */
static void there_are_as_many_as_are_wanted(void **state)
{
    enum { COUNT = 2 * COUNTERS_CHUNK + 7 };
    static uint32_t ids[COUNT];
    struct counters *c = counters_create(OWNERS);

    (void)state;
    for (uint32_t i = 0; i < COUNT; i++) {
        ids[i] = counters_take(c);
        assert_int_not_equal(ids[i], COUNTERS_NONE);
        counters_add(c, i % OWNERS, ids[i], i, 1);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(counters_total(c, ids[i]).packets, 1);
        assert_int_equal(counters_total(c, ids[i]).bytes, i);
    }
    counters_free(c);
}

static void the_last_one_is_followed_by_none(void **state)
{
    struct counters *c = counters_create(1);

    (void)state;
    for (size_t i = 0; i < (size_t)COUNTERS_CHUNK * COUNTERS_CHUNKS; i++)
        if (counters_take(c) == COUNTERS_NONE)
            fail();
    assert_int_equal(counters_take(c), COUNTERS_NONE);
    counters_return(c, 5);
    assert_int_equal(counters_take(c), 5);
    counters_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up_what_owners_count),
        cmocka_unit_test(a_returned_counter_begins_anew),
        cmocka_unit_test(there_are_as_many_as_are_wanted),
        cmocka_unit_test(the_last_one_is_followed_by_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
