/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A yield that others used for long is not repeated for long; quick ones are.
 */
#include "base/short_yield.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "tests/unit/test.h"

enum { LIMIT_US = 20000000, TRIES = 100000 };

static _Atomic bool is_over;

static void *hog(void *context)
{
    (void)context;
    while (!atomic_load(&is_over))
        ;
    return NULL;
}

/* Both threads on one CPU, until a yield has cost a slice. */
static void a_slice_is_lost_once(void **state)
{
    struct short_yield y = {0};
    int64_t end_us = clock_monotonic_us() + LIMIT_US;
    cpu_set_t before, one;
    pthread_t thread;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    atomic_store(&is_over, false);
    assert_int_equal(pthread_create(&thread, NULL, hog, NULL), 0);
    while (!y.not_before_us && clock_monotonic_us() < end_us)
        assert_true(short_yield(&y));
    atomic_store(&is_over, true);
    pthread_join(thread, NULL);
    assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
    assert_true(y.not_before_us - clock_monotonic_us() >
                SHORT_YIELD_US * SHORT_YIELD_AGAIN / 2);
    assert_false(short_yield(&y));
    y.not_before_us = clock_monotonic_us();
    assert_true(short_yield(&y));
}

/* Other processes may have the CPU now and then, but not each time. */
static void quick_yields_go_on(void **state)
{
    unsigned int quick = 0;

    (void)state;
    for (int i = 0; i < TRIES && quick < 10; i++) {
        struct short_yield y = {0};

        assert_true(short_yield(&y));
        quick += !y.not_before_us;
    }
    assert_int_equal(quick, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slice_is_lost_once),
        cmocka_unit_test(quick_yields_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
