/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which MTU a port is given: what the switch makes has the least of the others,
 * a key has the last word, and what somebody set smaller by hand stays.
 */
#include "bridge/mtu_follow.h"

#include "base/array.h"
#include "tests/unit/test.h"

enum { PORTS = 5 };

/* A port: its key or 0, its MTU or 0 while its device is away, whether it was
 * made by us, and what it was set to last. */
struct row_port {
    uint32_t key, now;
    bool follows;
    uint32_t asked;
};

static struct bridge_port ports[PORTS];
static uint32_t was_set[PORTS]; /* 0: it was not */

static int set_mtu(void *context, const struct link *link, uint32_t mtu)
{
    (void)context;
    for (size_t i = 0; i < PORTS; i++)
        if (link == &ports[i].link)
            was_set[i] = mtu;
    return 0;
}

static void follow(const struct row_port *row, size_t count)
{
    static const struct device_ops ops = {.set_mtu = set_mtu};
    const struct port_environment environment = {.ops = &ops};
    struct port_set set = {.count = count};

    memset(was_set, 0, sizeof(was_set));
    for (size_t i = 0; i < count; i++) {
        struct bridge_port *p = &ports[i];

        memset(p, 0, sizeof(*p));
        p->config.mtu = row[i].key;
        p->link.mtu = row[i].now;
        p->is_open = row[i].now;
        p->device.is_made = row[i].follows;
        p->mtu_asked = row[i].asked;
        set.all[i] = p;
    }
    mtu_follow(&environment, &set);
}

/* What a new port of ours, the last, is given beside them. */
static void the_least_of_those_that_do_not_follow(void **state)
{
    static const struct {
        struct row_port ports[PORTS - 1];
        uint32_t least;
    } rows[] = {
        /* clang-format off */
        {{{0, 1500, true, 0}},                            1500 },
        {{{0, 9000, true, 0}},                            1500 },
        {{{0, 9000, false, 0}, {0, 1500, true, 0}},       9000 },
        {{{0, 9000, false, 0}, {0, 1400, false, 0}},      1400 },
        {{{0, 9000, false, 0}, {0, 0, false, 0}},         9000 },
        {{{0, 9000, false, 0}, {2000, 1500, true, 0}},    2000 },
        {{{0, 9000, false, 0}, {2000, 0, true, 0}},       9000 },
        {{{0, 65535, false, 0}, {0, 1500, true, 0}},      65521},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct row_port all[PORTS] = {{.key = 0}};

        memcpy(all, rows[i].ports, sizeof(rows[i].ports));
        all[PORTS - 1] = (struct row_port){.now = 68, .follows = true};
        follow(all, PORTS);
        assert_int_equal(was_set[PORTS - 1], rows[i].least);
    }
}

/* Beside one that is not ours. */
static void who_is_given_what(void **state)
{
    static const struct {
        struct row_port port;
        uint32_t other, wanted; /* 0: it stays as it is */
    } rows[] = {
        /* clang-format off */
        {{0, 1500, false, 0},    9000, 0   }, /* not ours */
        {{0, 0, true, 0},        9000, 0   }, /* away */
        {{0, 1500, true, 0},     9000, 9000}, /* new */
        {{0, 1500, true, 0},     1500, 0   },
        {{0, 9000, true, 9000},  1400, 1400}, /* the others have changed */
        {{0, 1400, true, 1400},  9000, 9000},
        {{0, 1300, true, 1500},  1500, 0   }, /* smaller by hand */
        {{0, 9000, true, 1500},  1500, 1500}, /* larger by hand */
        {{1300, 1500, true, 1300}, 9000, 1300},
        {{1300, 1300, true, 0},  9000, 0   },
        {{9000, 1500, false, 0}, 1500, 9000}, /* a TAP of another's */
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct row_port both[] = {rows[i].port, {.now = rows[i].other}};

        follow(both, 2);
        assert_int_equal(was_set[0], rows[i].wanted);
        assert_int_equal(was_set[1], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_of_those_that_do_not_follow),
        cmocka_unit_test(who_is_given_what),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
