/*
 * Each call is made once, many at a time where there are threads for them, and
 * none is under way when crew_run returns.  No signal comes to the threads.
 */
#include "base/crew.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { CALLS = 200 };

struct calls {
    atomic_uint made[CALLS];
    pthread_t caller;
    atomic_uint elsewhere, open_to_signals;
    pthread_barrier_t all;
    bool meets; /* nobody returns before all have been called */
};

static void note(void *context, size_t index)
{
    struct calls *c = context;
    sigset_t blocked;

    atomic_fetch_add(&c->made[index], 1);
    if (!pthread_equal(pthread_self(), c->caller)) {
        atomic_fetch_add(&c->elsewhere, 1);
        pthread_sigmask(SIG_BLOCK, NULL, &blocked);
        if (!sigismember(&blocked, SIGTERM) || !sigismember(&blocked, SIGHUP))
            atomic_fetch_add(&c->open_to_signals, 1);
    }
    if (c->meets)
        pthread_barrier_wait(&c->all);
}

static void run(struct calls *c, unsigned int threads, size_t count)
{
    c->caller = pthread_self();
    crew_run(threads, count, note, c);
    for (size_t i = 0; i < CALLS; i++)
        assert_int_equal(atomic_load(&c->made[i]), i < count);
    assert_int_equal(atomic_load(&c->open_to_signals), 0);
}

static void alone_it_calls_on_its_own_thread(void **state)
{
    static const unsigned int alone[] = {0, 1};

    (void)state;
    for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++) {
        struct calls c = {.meets = false};

        run(&c, alone[i], CALLS);
        assert_int_equal(atomic_load(&c.elsewhere), 0);
    }
}

static void one_call_needs_no_other_thread(void **state)
{
    struct calls c = {.meets = false};

    (void)state;
    run(&c, CREW_MAX, 1);
    assert_int_equal(atomic_load(&c.elsewhere), 0);
}

static void nothing_is_done_with_nothing_to_do(void **state)
{
    struct calls c = {.meets = false};

    (void)state;
    run(&c, CREW_MAX, 0);
}

static void more_calls_than_threads_are_each_made_once(void **state)
{
    struct calls c = {.meets = false};

    (void)state;
    run(&c, 3 * CREW_MAX, CALLS);
}

/* Ends only if they wait at the same time. */
static void calls_that_wait_do_so_together(void **state)
{
    struct calls c = {.meets = true};

    (void)state;
    assert_int_equal(pthread_barrier_init(&c.all, NULL, CREW_MAX), 0);
    run(&c, CREW_MAX, CREW_MAX);
    pthread_barrier_destroy(&c.all);
    assert_int_equal(atomic_load(&c.elsewhere), CREW_MAX - 1);
}

static void the_caller_gets_its_signals_back(void **state)
{
    struct calls c = {.meets = false};
    sigset_t before, after;

    (void)state;
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    run(&c, CREW_MAX, CALLS);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    for (int s = 1; s < SIGRTMIN; s++)
        assert_int_equal(sigismember(&after, s), sigismember(&before, s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone_it_calls_on_its_own_thread),
        cmocka_unit_test(one_call_needs_no_other_thread),
        cmocka_unit_test(nothing_is_done_with_nothing_to_do),
        cmocka_unit_test(more_calls_than_threads_are_each_made_once),
        cmocka_unit_test(calls_that_wait_do_so_together),
        cmocka_unit_test(the_caller_gets_its_signals_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
