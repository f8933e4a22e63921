/* SPDX-License-Identifier: BSD-2-Clause */
/* A slip of the keys is recognised; another word is not. */
#include "base/suggest.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"

static const char *const words[] = {"run", "check",      "show",
                                    "fdb", "dump-ports", "reload"};

static const char *nearest(const char *word)
{
    struct suggestion n = suggest_for(word);

    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        suggest_try(&n, words[i]);
    return n.best;
}

static void finds_a_slip(void **state)
{
    (void)state;
    assert_string_equal(nearest("shwo"), "show");
    assert_string_equal(nearest("sho"), "show");
    assert_string_equal(nearest("rlod"), "reload");
    assert_string_equal(nearest("dump_ports"), "dump-ports");
    assert_string_equal(nearest("dumpport"), "dump-ports");
    assert_string_equal(nearest("rnu"), "run");
    assert_string_equal(nearest("check"), "check");
}

static void leaves_other_words_alone(void **state)
{
    char long_word[1000] = {0};

    (void)state;
    memset(long_word, 'x', sizeof(long_word) - 1);
    assert_null(nearest("frobnicate"));
    assert_null(nearest(""));
    assert_null(nearest(long_word));
}

static void prefers_the_first_of_equals(void **state)
{
    struct suggestion n = suggest_for("abc");

    (void)state;
    suggest_try(&n, "abd");
    suggest_try(&n, "abe");
    assert_string_equal(n.best, "abd");
}

/* "on" is not a slip of "no". */
static void half_of_a_word_is_no_slip(void **state)
{
    struct suggestion n = suggest_for("on");

    (void)state;
    suggest_try(&n, "no");
    suggest_try(&n, "yes");
    assert_null(n.best);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_slip),
        cmocka_unit_test(leaves_other_words_alone),
        cmocka_unit_test(prefers_the_first_of_equals),
        cmocka_unit_test(half_of_a_word_is_no_slip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
