/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that makes no progress runs, waits for a CPU, or sleeps; which of
 * these, its files in /proc tell.
 */
#include "daemon/thread_state.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "tests/unit/test.h"

enum { ENOUGH_MS = 20, LOOKS_MAX = 100000 };

static struct {
    _Atomic pid_t thread;
    _Atomic bool is_over;
    int gate[2];
} t;

static void *runner(void *context)
{
    (void)context;
    atomic_store(&t.thread, gettid());
    while (!atomic_load(&t.is_over))
        ;
    return NULL;
}

static void *sleeper(void *context)
{
    char byte;

    (void)context;
    atomic_store(&t.thread, gettid());
    return read(t.gate[0], &byte, 1) == 1 ? NULL : context;
}

static pid_t begin(pthread_t *thread, void *(*main)(void *))
{
    atomic_store(&t.thread, 0);
    atomic_store(&t.is_over, false);
    assert_int_equal(pipe(t.gate), 0);
    assert_int_equal(pthread_create(thread, NULL, main, NULL), 0);
    while (!atomic_load(&t.thread))
        ;
    return atomic_load(&t.thread);
}

static void end(pthread_t thread)
{
    atomic_store(&t.is_over, true);
    assert_int_equal(write(t.gate[1], "x", 1), 1);
    pthread_join(thread, NULL);
    close(t.gate[0]);
    close(t.gate[1]);
}

static void one_that_runs_is_seen_to_run(void **state)
{
    pthread_t thread;
    pid_t id = begin(&thread, runner);
    struct thread_state before, now;

    (void)state;
    thread_state_read(id, &before);
    do
        thread_state_read(id, &now);
    while (now.ran_ms - before.ran_ms < ENOUGH_MS);
    assert_int_equal(now.state, 'R');
    assert_true(now.cpu >= 0);
    assert_string_equal(now.wchan, "-");
    end(thread);
}

static void one_that_sleeps_says_in_what(void **state)
{
    pthread_t thread;
    pid_t id = begin(&thread, sleeper);
    struct thread_state now;
    int looks = 0;

    (void)state;
    do
        thread_state_read(id, &now);
    while (now.state != 'S' && looks++ < LOOKS_MAX);
    assert_int_equal(now.state, 'S');
    assert_string_not_equal(now.wchan, "");
    assert_int_equal(thread_state_trouble(&now, &now), THREAD_BLOCKED);
    end(thread);
}

static void one_that_is_not_there_is_unknown(void **state)
{
    struct thread_state now;

    (void)state;
    thread_state_read(0, &now);
    assert_int_equal(now.state, '?');
    assert_int_equal(now.cpu, -1);
    assert_string_equal(now.wchan, "-");
}

static void trouble_is_told_by_what_it_had(void **state)
{
    static const struct {
        char state;
        int64_t ran_ms, waited_ms;
        enum thread_trouble trouble;
    } rows[] = {
        /* clang-format off */
        {'R', 2000, 0,    THREAD_LOOPING},
        {'R', 1500, 500,  THREAD_LOOPING},
        {'R', 0,    2000, THREAD_STARVED},
        {'R', 300,  1700, THREAD_STARVED},
 /* The wait that it is in now is not counted yet. */
        {'R', 0,    0,    THREAD_STARVED},
        {'S', 0,    0,    THREAD_BLOCKED},
        {'D', 100,  1900, THREAD_BLOCKED},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct thread_state before = {.ran_ms = 70, .waited_ms = 30};
        const struct thread_state now = {
            .state = rows[i].state,
            .ran_ms = 70 + rows[i].ran_ms,
            .waited_ms = 30 + rows[i].waited_ms,
        };

        assert_int_equal(thread_state_trouble(&before, &now), rows[i].trouble);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_runs_is_seen_to_run),
        cmocka_unit_test(one_that_sleeps_says_in_what),
        cmocka_unit_test(one_that_is_not_there_is_unknown),
        cmocka_unit_test(trouble_is_told_by_what_it_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
