/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After work a loop stays awake for as long as its sleeps were short lately,
 * and not a moment after long ones.
 */
#include "daemon/loop_busy_poll.h"

#include "base/busy_poll.h"
#include "tests/unit/test.h"

enum { LONG_SLEEP_MS = 20, TURNS_MAX = 1000000, MAX_US = 70 };

struct fixture {
    struct ev_loop *loop;
    struct loop_busy_poll busy_poll;
    ev_timer work;
};

static void work(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)timer;
    (void)events;
}

/* A loop that has slept for long and then worked. */
static int set_up(void **state, unsigned int poll_us)
{
    static struct fixture f;

    f.loop = ev_loop_new(0);
    assert_non_null(f.loop);
    loop_busy_poll_start(&f.busy_poll, f.loop);
    f.busy_poll.poll_us = poll_us;
    ev_timer_init(&f.work, work, 0.001 * LONG_SLEEP_MS, 0);
    ev_timer_start(f.loop, &f.work);
    while (ev_is_active(&f.work))
        ev_run(f.loop, EVRUN_ONCE);
    *state = &f;
    return 0;
}

static int set_up_patient(void **state)
{
    return set_up(state, LOOP_BUSY_POLL_MAX_US);
}

static int set_up_impatient(void **state)
{
    return set_up(state, 1);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ev_loop_destroy(f->loop);
    return 0;
}

static void it_stays_awake_and_then_sleeps(void **state)
{
    struct fixture *f = *state;
    unsigned int turns = 0;

    assert_int_equal(f->busy_poll.poll_us, LOOP_BUSY_POLL_MAX_US / 2);
    assert_true(ev_is_active(&f->busy_poll.awake));
    /* Staying awake is not work: it comes to an end. */
    while (ev_is_active(&f->busy_poll.awake) && turns++ < TURNS_MAX)
        ev_run(f->loop, EVRUN_ONCE);
    assert_false(ev_is_active(&f->busy_poll.awake));
}

static void long_sleeps_end_it(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(f->busy_poll.poll_us, 0);
    assert_false(ev_is_active(&f->busy_poll.awake));
}

static void work_while_awake_leaves_it_as_it_is(void **state)
{
    struct fixture *f = *state;
    int64_t until_us = f->busy_poll.until_us;

    ev_timer_set(&f->work, 0, 0);
    ev_timer_start(f->loop, &f->work);
    while (ev_is_active(&f->work))
        ev_run(f->loop, EVRUN_NOWAIT);
    assert_int_equal(f->busy_poll.poll_us, LOOP_BUSY_POLL_MAX_US / 2);
    assert_true(f->busy_poll.until_us > until_us);
}

static void it_follows_sleeps(void **state)
{
    unsigned int us = 0;

    (void)state;
    us = busy_poll_after(us, MAX_US, MAX_US);
    assert_int_equal(us, BUSY_POLL_FIRST_US);
    for (int i = 0; i < 10; i++)
        us = busy_poll_after(us, 1, MAX_US);
    assert_int_equal(us, MAX_US);
    for (int i = 0; i < 10; i++)
        us = busy_poll_after(us, MAX_US + 1, MAX_US);
    assert_int_equal(us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_stays_awake_and_then_sleeps,
                                        set_up_patient, tear_down),
        cmocka_unit_test_setup_teardown(long_sleeps_end_it, set_up_impatient,
                                        tear_down),
        cmocka_unit_test_setup_teardown(work_while_awake_leaves_it_as_it_is,
                                        set_up_patient, tear_down),
        cmocka_unit_test(it_follows_sleeps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
