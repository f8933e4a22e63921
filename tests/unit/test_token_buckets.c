/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All ports together never get more than the rate and the burst; a port that
 * storms takes nothing from one that sends little, and gets all that is left.
 */
#include "control/token_buckets.h"

#include "tests/unit/test.h"

enum { RATE = 1000, BURST = 250 };

/* Offers 'each' frames of a port every millisecond; returns how many passed. */
static unsigned int offer(struct token_buckets *l, uint32_t port,
                          unsigned int each, int64_t ms)
{
    unsigned int passed = 0;

    for (unsigned int i = 0; i < each; i++)
        passed += token_buckets_takes(l, port, ms);
    return passed;
}

static void without_a_rate_all_pass(void **state)
{
    struct token_buckets none = token_buckets_of(0, 0);
    struct token_buckets zero = {.per_second = 0};

    (void)state;
    assert_int_equal(offer(&none, 1, 100000, 1), 100000);
    assert_int_equal(offer(&zero, 1, 100000, 1), 100000);
}

static void one_port_gets_all_of_the_rate(void **state)
{
    struct token_buckets l = token_buckets_of(RATE, BURST);
    unsigned int passed = 0;

    (void)state;
    for (int64_t ms = 1; ms <= 10000; ms++)
        passed += offer(&l, 1, 20, ms);
    assert_in_range(passed, 10 * RATE - BURST, 10 * RATE + BURST);
}

static void many_ports_never_get_more_together(void **state)
{
    struct token_buckets l = token_buckets_of(RATE, BURST);
    unsigned int passed = 0;

    (void)state;
    for (int64_t ms = 1; ms <= 10000; ms++)
        for (uint32_t port = 1; port <= 200; port++)
            passed += offer(&l, port, 1, ms);
    assert_in_range(passed, 9 * RATE, 10 * RATE + BURST);
}

static void a_storm_leaves_the_others_theirs(void **state)
{
    struct token_buckets l = token_buckets_of(RATE, BURST);
    unsigned int storm = 0, quiet = 0, offered = 0;

    (void)state;
    for (int64_t ms = 1; ms <= 10000; ms++) {
        storm += offer(&l, 1, 1000, ms);
        if (ms % 10 == 0) {
            quiet += offer(&l, 2, 1, ms);
            offered++;
        }
    }
    assert_int_equal(quiet, offered);
    assert_in_range(storm, 10 * RATE - quiet - BURST, 10 * RATE + BURST);
}

static void a_new_port_is_heard_at_once(void **state)
{
    struct token_buckets l = token_buckets_of(RATE, BURST);

    (void)state;
    for (int64_t ms = 1; ms <= 5000; ms++)
        offer(&l, 1, 1000, ms);
    for (uint32_t port = 2; port <= 20; port++)
        assert_int_equal(offer(&l, port, 1, 5000), 1);
    assert_int_equal(offer(&l, 1, 1, 5000), 0);
}

static void two_storms_share_evenly(void **state)
{
    struct token_buckets l = token_buckets_of(RATE, BURST);
    unsigned int first = 0, second = 0;

    (void)state;
    for (int64_t ms = 1; ms <= 10000; ms++) {
        first += offer(&l, 1, 100, ms);
        second += offer(&l, 2, 10, ms);
    }
    assert_in_range(first, 5 * RATE - BURST, 5 * RATE + BURST);
    assert_in_range(second, 5 * RATE - BURST, 5 * RATE + BURST);
}

static void a_quiet_switch_lets_a_burst_pass(void **state)
{
    struct token_buckets l = token_buckets_of(10, 100);

    (void)state;
    assert_in_range(offer(&l, 1, 1000, 1), 50, 100);
    assert_int_equal(offer(&l, 1, 1000, 1), 0);
    /* Time that runs backwards brings nothing. */
    assert_int_equal(offer(&l, 1, 1000, -5000), 0);
}

static void the_least_burst_is_one(void **state)
{
    struct token_buckets l = token_buckets_of(1, 0);
    unsigned int passed = 0;

    (void)state;
    for (int64_t ms = 1; ms <= 20000; ms += 10)
        passed += offer(&l, 1, 1, ms);
    assert_in_range(passed, 15, 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_rate_all_pass),
        cmocka_unit_test(one_port_gets_all_of_the_rate),
        cmocka_unit_test(many_ports_never_get_more_together),
        cmocka_unit_test(a_storm_leaves_the_others_theirs),
        cmocka_unit_test(a_new_port_is_heard_at_once),
        cmocka_unit_test(two_storms_share_evenly),
        cmocka_unit_test(a_quiet_switch_lets_a_burst_pass),
        cmocka_unit_test(the_least_burst_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
