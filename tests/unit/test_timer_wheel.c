/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A timer runs at its deadline or up to a tick later, never before, whatever
 * the distance, and not at all once it is cleared.
 */
#include <stdlib.h>

#include "base/timer_wheel.h"
#include "tests/unit/test.h"

enum { TIMERS = 5000 };

struct item {
    struct wheel_timer timer; /* first: the wheel gives it back */
    int64_t deadline_ms, ran_ms;
};

static void each_runs_within_a_tick(void **state)
{
    static struct item items[TIMERS];
    struct timer_wheel w;
    int64_t start = 123456, now = start;
    size_t ran = 0;

    (void)state;
    srand(1);
    timer_wheel_init(&w, start);
    for (size_t i = 0; i < TIMERS; i++) {
        /* From milliseconds to hours: all levels of the wheel. */
        items[i].deadline_ms = start + rand() % (1 << (4 + rand() % 20));
        items[i].ran_ms = 0;
        timer_wheel_set(&w, &items[i].timer, items[i].deadline_ms);
    }
    while (ran < TIMERS) {
        struct wheel_timer *t;

        now += 1 + rand() % 2000;
        while ((t = timer_wheel_next(&w, now))) {
            struct item *item = (struct item *)(void *)t;

            item->ran_ms = now;
            assert_true(now >= item->deadline_ms);
            ran++;
        }
        for (size_t i = 0; i < TIMERS; i += 97)
            if (!items[i].ran_ms)
                assert_true(items[i].deadline_ms + TIMER_WHEEL_TICK_MS > now);
        assert_true(now < start + (1 << 25));
    }
}

static void a_cleared_one_does_not_run(void **state)
{
    struct timer_wheel w;
    struct item a = {.ran_ms = 0}, b = {.ran_ms = 0};

    (void)state;
    timer_wheel_init(&w, 0);
    timer_wheel_set(&w, &a.timer, 1000);
    timer_wheel_set(&w, &b.timer, 1000);
    timer_wheel_clear(&a.timer);
    assert_false(wheel_timer_is_set(&a.timer));
    assert_ptr_equal(timer_wheel_next(&w, 2000), &b.timer);
    assert_null(timer_wheel_next(&w, 100000));
}

static void one_that_is_late_runs_at_the_next_tick(void **state)
{
    struct timer_wheel w;
    struct item a = {.ran_ms = 0};

    (void)state;
    timer_wheel_init(&w, 0);
    assert_null(timer_wheel_next(&w, 10000));
    timer_wheel_set(&w, &a.timer, 500);
    assert_null(timer_wheel_next(&w, 10000));
    assert_ptr_equal(timer_wheel_next(&w, 10000 + TIMER_WHEEL_TICK_MS),
                     &a.timer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_runs_within_a_tick),
        cmocka_unit_test(a_cleared_one_does_not_run),
        cmocka_unit_test(one_that_is_late_runs_at_the_next_tick),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
