/* SPDX-License-Identifier: BSD-2-Clause */
/* Options stand anywhere; each slip gets a line that says what to do. */
#include "client/options.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"

enum { WORDS_MAX = 16 };

struct line {
    char text[256];
    char *argv[WORDS_MAX + 1];
    int argc;
};

static struct line *split(struct line *l, const char *text)
{
    char *word, *rest;

    *l = (struct line){.argc = 1};
    strncpy(l->text, text, sizeof(l->text) - 1);
    l->argv[0] = l->text + sizeof(l->text) - 1; /* "" stands for the program */
    for (word = strtok_r(l->text, " ", &rest); word && l->argc < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest))
        l->argv[l->argc++] = word;
    return l;
}

static void takes_options_anywhere(void **state)
{
    static const char *const lines[] = {
        "-c a.ini -s unix:/x dump-ports em1 --json",
        "dump-ports -c a.ini em1 --json -s unix:/x",
        "dump-ports em1 --json -ca.ini -sunix:/x",
        "--json -c a.ini -s unix:/x -- dump-ports em1",
    };
    char error[256];
    struct options o;
    struct line l;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        split(&l, lines[i]);
        assert_int_equal(
            options_parse(&o, l.argc, l.argv, error, sizeof(error)), 0);
        assert_string_equal(o.command, "dump-ports");
        assert_string_equal(o.config_path, "a.ini");
        assert_string_equal(o.target, "unix:/x");
        assert_true(o.is_json && !o.is_help && !o.is_version);
        assert_int_equal(o.argument_count, 1);
        assert_string_equal(o.arguments[0], "em1");
    }
}

static void takes_those_of_openflow(void **state)
{
    char error[256];
    struct options o;
    struct line l;

    (void)state;
    split(&l, "mod-flows ip,actions=drop -O OpenFlow10 --strict --all");
    assert_int_equal(options_parse(&o, l.argc, l.argv, error, sizeof(error)),
                     0);
    assert_string_equal(o.openflow, "OpenFlow10");
    assert_true(o.is_strict && o.is_all);
    split(&l, "mod-flows");
    assert_int_equal(options_parse(&o, l.argc, l.argv, error, sizeof(error)),
                     0);
    assert_null(o.openflow);
    assert_false(o.is_strict || o.is_all);
}

static void takes_nothing_at_all(void **state)
{
    char error[256];
    struct options o;
    struct line l;

    (void)state;
    split(&l, "");
    assert_int_equal(options_parse(&o, l.argc, l.argv, error, sizeof(error)),
                     0);
    assert_null(o.command);
    assert_int_equal(o.argument_count, 0);
}

static void explains_a_slip(void **state)
{
    static const struct {
        const char *line, *error;
    } cases[] = {
        /* clang-format off */
        {"show --jsn",        "unknown option --jsn; did you mean --json?"   },
        {"show --json=x",     "unknown option --json=x; did you mean --json?"},
        {"show --frobnicate", "unknown option --frobnicate"                  },
        {"show -x",           "unknown option -x"                            },
        {"show -hx",          "unknown option -x"                            },
        {"show -c",           "-c needs a FILE"                              },
        {"show -O",           "-O needs a VERSION, such as OpenFlow13"       },
        {"show --alll",       "unknown option --alll; did you mean --all?"   },
        {"show -s",           "-s needs unix:PATH or tcp:HOST:PORT"          },
        {"show -s /x",        "-s takes unix:PATH or tcp:HOST:PORT, not '/x'"},
        /* clang-format on */
    };
    char error[256];
    struct options o;
    struct line l;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        split(&l, cases[i].line);
        assert_int_equal(
            options_parse(&o, l.argc, l.argv, error, sizeof(error)), -EINVAL);
        assert_string_equal(error, cases[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_options_anywhere),
        cmocka_unit_test(takes_those_of_openflow),
        cmocka_unit_test(takes_nothing_at_all),
        cmocka_unit_test(explains_a_slip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
