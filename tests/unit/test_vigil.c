/*
 * After work a loop stays awake for as long as its sleeps were short lately,
 * and not a moment after long ones.
 */
#include "bridge/vigil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/patience.h"

enum { LONG_SLEEP_MS = 20, TURNS_MAX = 1000000, MAX_US = 70 };

struct fixture {
    struct ev_loop *loop;
    struct vigil vigil;
    ev_timer work;
};

static void work(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)timer;
    (void)events;
}

/* A loop that has slept for long and then worked. */
static int set_up(void **state, unsigned int patience_us)
{
    static struct fixture f;

    f.loop = ev_loop_new(0);
    assert_non_null(f.loop);
    vigil_start(&f.vigil, f.loop);
    f.vigil.patience_us = patience_us;
    ev_timer_init(&f.work, work, 0.001 * LONG_SLEEP_MS, 0);
    ev_timer_start(f.loop, &f.work);
    while (ev_is_active(&f.work))
        ev_run(f.loop, EVRUN_ONCE);
    *state = &f;
    return 0;
}

static int set_up_patient(void **state)
{
    return set_up(state, VIGIL_MAX_US);
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

    assert_int_equal(f->vigil.patience_us, VIGIL_MAX_US / 2);
    assert_true(ev_is_active(&f->vigil.awake));
    /* Staying awake is not work: it comes to an end. */
    while (ev_is_active(&f->vigil.awake) && turns++ < TURNS_MAX)
        ev_run(f->loop, EVRUN_ONCE);
    assert_false(ev_is_active(&f->vigil.awake));
}

static void long_sleeps_end_the_patience(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(f->vigil.patience_us, 0);
    assert_false(ev_is_active(&f->vigil.awake));
}

static void work_while_awake_leaves_the_patience(void **state)
{
    struct fixture *f = *state;
    int64_t until_us = f->vigil.until_us;

    ev_timer_set(&f->work, 0, 0);
    ev_timer_start(f->loop, &f->work);
    while (ev_is_active(&f->work))
        ev_run(f->loop, EVRUN_NOWAIT);
    assert_int_equal(f->vigil.patience_us, VIGIL_MAX_US / 2);
    assert_true(f->vigil.until_us > until_us);
}

static void patience_follows_sleeps(void **state)
{
    unsigned int us = 0;

    (void)state;
    us = patience_after(us, MAX_US, MAX_US);
    assert_int_equal(us, PATIENCE_FIRST_US);
    for (int i = 0; i < 10; i++)
        us = patience_after(us, 1, MAX_US);
    assert_int_equal(us, MAX_US);
    for (int i = 0; i < 10; i++)
        us = patience_after(us, MAX_US + 1, MAX_US);
    assert_int_equal(us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_stays_awake_and_then_sleeps,
                                        set_up_patient, tear_down),
        cmocka_unit_test_setup_teardown(long_sleeps_end_the_patience,
                                        set_up_impatient, tear_down),
        cmocka_unit_test_setup_teardown(work_while_awake_leaves_the_patience,
                                        set_up_patient, tear_down),
        cmocka_unit_test(patience_follows_sleeps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
