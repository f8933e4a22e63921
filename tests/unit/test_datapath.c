/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers make again what they kept if something has changed that it depends
 * on, and only then.
 */
#include "datapath/datapath.h"
#include "tests/unit/test.h"

static struct datapath *d;

static int begin(void **state)
{
    const struct datapath_options o = {
        .workers = 1, .flow_cache = 64, .mac_table_size = 16};

    (void)state;
    d = datapath_create(&o, 0);
    return d ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    datapath_free(d);
    return 0;
}

static uint32_t version(void)
{
    return flow_tables_version(datapath_tables(d));
}

static void a_port_that_stays_as_it_is_leaves_the_version(void **state)
{
    static struct port_counters counters;
    struct datapath_port port = {
        .index = 3, .number = 7, .link = {.mtu = 1500, .counters = &counters}};
    uint32_t before = version();

    (void)state;
    assert_int_equal(datapath_set_port(d, &port), 0);
    assert_int_not_equal(version(), before);
    before = version();
    assert_int_equal(datapath_set_port(d, &port), 0);
    assert_int_equal(version(), before);
    port.link.is_up = true;
    assert_int_equal(datapath_set_port(d, &port), 0);
    assert_int_not_equal(version(), before);
    before = version();
    datapath_remove_port(d, 4);
    assert_int_equal(version(), before);
    datapath_remove_port(d, 3);
    assert_int_not_equal(version(), before);
}

static void a_setting_that_stays_as_it_is_leaves_the_version(void **state)
{
    uint32_t before = version();

    (void)state;
    datapath_set_misses_go_to_controller(d, false);
    datapath_set_frags(d, datapath_frags(d));
    assert_int_equal(version(), before);
    datapath_set_misses_go_to_controller(d, true);
    assert_int_not_equal(version(), before);
    before = version();
    datapath_set_frags(d, SWITCH_FRAGS_DROP);
    assert_int_not_equal(version(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_port_that_stays_as_it_is_leaves_the_version),
        TEST(a_setting_that_stays_as_it_is_leaves_the_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
