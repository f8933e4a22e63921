/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which MTU a port is given: what the switch makes has the least of the others,
 * a key has the last word, and what somebody set smaller by hand stays.
 */
#include "bridge/mtu_follow.h"

#include "base/array.h"
#include "tests/unit/test.h"

static void the_least_of_those_that_do_not_follow(void **state)
{
    static const struct {
        struct mtu_port ports[4];
        uint32_t least;
    } rows[] = {
        /* clang-format off */
        {{{0, 1500, true}},                      1500 },
        {{{0, 9000, true}},                      1500 },
        {{{0, 9000, false}, {0, 1500, true}},    9000 },
        {{{0, 9000, false}, {0, 1400, false}},   1400 },
        {{{0, 9000, false}, {0, 0, false}},      9000 },
        {{{0, 9000, false}, {2000, 1500, true}}, 2000 },
        {{{0, 9000, false}, {2000, 0, true}},    9000 },
        {{{0, 65535, false}, {0, 1500, true}},   65521},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_int_equal(mtu_follow_least(rows[i].ports, 4), rows[i].least);
}

static void who_is_given_what(void **state)
{
    static const struct {
        struct mtu_port port;
        uint32_t least, asked, wanted; /* 0: it stays as it is */
    } rows[] = {
        /* clang-format off */
        {{0, 1500, false},    9000, 0,    0   }, /* not ours */
        {{0, 0, true},        9000, 0,    0   }, /* away */
        {{0, 1500, true},     9000, 0,    9000}, /* new */
        {{0, 1500, true},     1500, 0,    0   },
        {{0, 9000, true},     1400, 9000, 1400}, /* the others have changed */
        {{0, 1400, true},     9000, 1400, 9000},
        {{0, 1300, true},     1500, 1500, 0   }, /* smaller by hand */
        {{0, 9000, true},     1500, 1500, 1500}, /* larger by hand */
        {{1300, 1500, true},  9000, 1300, 1300},
        {{1300, 1300, true},  9000, 0,    0   },
        {{9000, 1500, false}, 1500, 0,    9000}, /* a TAP of another's */
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_int_equal(
            mtu_follow_wanted(&rows[i].port, rows[i].least, rows[i].asked),
            rows[i].wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_of_those_that_do_not_follow),
        cmocka_unit_test(who_is_given_what),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
