/* SPDX-License-Identifier: BSD-2-Clause */
/* Who asked for a reload hears of its end, in the order of the questions. */
#include "daemon/reload_wait.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"

static char heard[16];

static void hear(void *name)
{
    strcat(heard, name);
}

static void ask(struct reload_waits *w, bool is_settled, const char *name,
                int64_t now_ms)
{
    reload_wait_begin(w, is_settled, hear, (char *)(uintptr_t)name, now_ms);
}

static int forget(void **state)
{
    (void)state;
    heard[0] = '\0';
    return 0;
}

static void a_settled_bridge_is_told_at_once(void **state)
{
    struct reload_waits w = {NULL};

    (void)state;
    ask(&w, true, "a", 0);
    assert_string_equal(heard, "a");
    assert_null(w.first);
}

static void answers_come_in_the_order_of_the_questions(void **state)
{
    struct reload_waits w = {NULL};

    (void)state;
    ask(&w, false, "a", 0);
    ask(&w, false, "b", 1);
    /* By now all is settled, but the first two have not been told. */
    ask(&w, true, "c", 2);
    reload_wait_tick(&w, false, 3);
    assert_string_equal(heard, "");
    reload_wait_tick(&w, true, 4);
    assert_string_equal(heard, "abc");
    assert_null(w.first);
}

static void nobody_waits_for_ever(void **state)
{
    struct reload_waits w = {NULL};

    (void)state;
    ask(&w, false, "a", 0);
    ask(&w, false, "b", 10);
    reload_wait_tick(&w, false, RELOAD_WAIT_MS - 1);
    assert_string_equal(heard, "");
    reload_wait_tick(&w, false, RELOAD_WAIT_MS);
    assert_string_equal(heard, "a");
    ask(&w, false, "c", RELOAD_WAIT_MS);
    reload_wait_end(&w);
    assert_string_equal(heard, "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_settled_bridge_is_told_at_once, forget),
        cmocka_unit_test_setup(answers_come_in_the_order_of_the_questions,
                               forget),
        cmocka_unit_test_setup(nobody_waits_for_ever, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
