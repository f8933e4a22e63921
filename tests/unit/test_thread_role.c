/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is promised of threads is checked: a thread that has said what it is
 * ends the process where another one's function is called, and one that has not
 * may call all.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/thread_role.h"
#include "tests/unit/test.h"

/* How a process ends that has this role and calls 'function': 0 or a signal. */
static int end_of(enum thread_role role, void (*function)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (!child) {
        /* What assert says is no failure of this test. */
        close(STDERR_FILENO);
        if (role != THREAD_ANY)
            thread_role_set(role);
        signal(SIGABRT, SIG_DFL);
        function();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void each_role_may_call_its_own_functions_alone(void **state)
{
    static const struct {
        enum thread_role role;
        int in_main, in_worker;
    } rows[] = {
        {THREAD_ANY, 0, 0},
        {THREAD_MAIN, 0, SIGABRT},
        {THREAD_WORKER, SIGABRT, 0},
        {THREAD_HELPER, SIGABRT, SIGABRT},
    };

    (void)state;
#ifdef NDEBUG
    skip();
#endif
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(end_of(rows[i].role, assert_main_thread),
                         rows[i].in_main);
        assert_int_equal(end_of(rows[i].role, assert_worker),
                         rows[i].in_worker);
    }
}

static void become_a_worker(void)
{
    thread_role_set(THREAD_WORKER);
}

static void a_role_is_for_good(void **state)
{
    (void)state;
#ifdef NDEBUG
    skip();
#endif
    assert_int_equal(end_of(THREAD_MAIN, become_a_worker), SIGABRT);
    assert_int_equal(end_of(THREAD_WORKER, become_a_worker), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_may_call_its_own_functions_alone),
        cmocka_unit_test(a_role_is_for_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
