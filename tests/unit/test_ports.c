/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports as workers find them: by index and by number, replaced as a whole, and
 * each old value stays until nobody can be reading it.
 */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/retire.h"
#include "datapath/ports.h"
#include "tests/unit/test.h"

static struct ports p;

static int begin(void **state)
{
    (void)state;
    memset(&p, 0, sizeof(p));
    return 0;
}

static int end(void **state)
{
    (void)state;
    ports_clear(&p);
    return 0;
}

static void set(uint16_t index, uint32_t number, uint32_t mtu)
{
    struct datapath_port port = {
        .index = index, .number = number, .link.mtu = mtu};

    assert_int_equal(ports_set(&p, &port), 0);
}

static void a_port_is_found_by_index_and_number(void **state)
{
    (void)state;
    set(3, 17, 1500);
    assert_int_equal(ports_at(&p, 3)->link.mtu, 1500);
    assert_ptr_equal(ports_find(&p, 17), ports_at(&p, 3));
    assert_null(ports_find(&p, 3));
    assert_null(ports_find(&p, 0));
    assert_null(ports_at(&p, 2));
    assert_int_equal(atomic_load(&p.end), 4);
}

static void numbers_that_are_no_ports_find_nothing(void **state)
{
    static const uint32_t numbers[] = {OFPORT_MAX + 1u,    PORT_NO_ANY,
                                       PORT_NO_NORMAL,     PORT_NO_LOCAL,
                                       PORT_NO_CONTROLLER, 0x80000001};

    (void)state;
    set(0, 1, 1500);
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        assert_null(ports_find(&p, numbers[i]));
}

static void local_and_the_highest_number_are_found(void **state)
{
    (void)state;
    set(0, PORT_NO_LOCAL, 1);
    set(PORTS_MAX - 1, OFPORT_MAX, 2);
    assert_int_equal(ports_find(&p, PORT_NO_LOCAL)->link.mtu, 1);
    assert_int_equal(ports_find(&p, OFPORT_MAX)->link.mtu, 2);
    assert_int_equal(atomic_load(&p.end), PORTS_MAX);
}

static void a_new_value_takes_the_place_of_the_old(void **state)
{
    const struct datapath_port *old;

    (void)state;
    set(0, 1, 1500);
    old = ports_at(&p, 0);
    set(0, 1, 9000);
    assert_ptr_not_equal(ports_at(&p, 0), old);
    assert_int_equal(old->link.mtu, 1500); /* a worker may still read it */
    assert_int_equal(ports_find(&p, 1)->link.mtu, 9000);
    assert_int_equal(retire_flush(), 1);
}

/* What flow entries, VLANs and controllers know of a port is not its link's. */
static void a_port_stays_itself_on_another_link(void **state)
{
    static struct port_counters counters;
    static struct port_queue queue;
    struct datapath_port port = {
        .index = 4,
        .number = 7,
        .has_no_recv = true,
        .has_no_fwd = true,
        .has_no_flood = true,
        .has_no_packet_in = true,
        .own_address = 0x020000000001,
        .vlan = {.mode = VLAN_ACCESS, .access = 10},
        .link = {.is_up = true, .mtu = 1500, .queues = {&queue}},
    };
    struct datapath_port is;

    (void)state;
    assert_int_equal(ports_set(&p, &port), 0);
    is = port;
    is.link = (struct port_link){.mtu = 9000, .counters = &counters};
    assert_false(ports_are_equal(&is, &port));
    assert_int_equal(ports_set(&p, &is), 0);
    is = *ports_find(&p, 7);
    assert_false(is.link.is_up);
    assert_null(is.link.queues[0]);
    is.link = port.link;
    assert_true(ports_are_equal(&is, &port));
}

static void a_number_that_was_given_up_finds_nothing(void **state)
{
    (void)state;
    set(0, 1, 1500);
    set(0, 2, 1500);
    assert_null(ports_find(&p, 1));
    assert_int_equal(ports_find(&p, 2)->index, 0);
    set(1, 1, 1400); /* another port takes it */
    assert_int_equal(ports_find(&p, 1)->index, 1);
}

static void a_removed_port_is_gone(void **state)
{
    (void)state;
    set(0, 1, 1500);
    set(5, 6, 1500);
    set(9, 10, 1500);
    ports_remove(&p, 9);
    assert_null(ports_at(&p, 9));
    assert_null(ports_find(&p, 10));
    assert_int_equal(atomic_load(&p.end), 6);
    ports_remove(&p, 0);
    assert_int_equal(atomic_load(&p.end), 6);
    ports_remove(&p, 0); /* again */
    ports_remove(&p, 5);
    assert_int_equal(atomic_load(&p.end), 0);
    assert_int_equal(retire_flush(), 3);
}

/* Whatever a worker can tell apart is another port. */
static void ports_that_differ_in_anything_are_not_equal(void **state)
{
    static struct port_counters counters;
    static struct port_queue queue;
    const struct datapath_port port = {.index = 1, .number = 2, .link.mtu = 3};
    struct datapath_port others[] = {port, port, port, port, port, port,
                                     port, port, port, port, port, port,
                                     port, port, port, port};
    struct datapath_port *o = others;

    (void)state;
    assert_true(ports_are_equal(&port, &others[0]));
    o++->index = 2;
    o++->number = 3;
    o++->link.is_up = true;
    o++->has_no_recv = true;
    o++->has_no_fwd = true;
    o++->has_no_flood = true;
    o++->has_no_packet_in = true;
    o++->link.mtu = 4;
    o++->link.ifindex = 1;
    o++->link.kernel_takes = true;
    o++->link.kernel_sends = true;
    o++->link.kernel_goes_to_peer = true;
    o++->own_address = 1;
    o++->vlan.mode = VLAN_ACCESS;
    o++->link.queues[WORKERS_MAX - 1] = &queue;
    o++->link.counters = &counters;
    assert_ptr_equal(o, others + ARRAY_SIZE(others));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (ports_are_equal(&port, &others[i]))
            fail_msg("other %zu is said to be equal", i);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_port_is_found_by_index_and_number),
        TEST(numbers_that_are_no_ports_find_nothing),
        TEST(local_and_the_highest_number_are_found),
        TEST(a_new_value_takes_the_place_of_the_old),
        TEST(a_port_stays_itself_on_another_link),
        TEST(a_number_that_was_given_up_finds_nothing),
        TEST(a_removed_port_is_gone),
        TEST(ports_that_differ_in_anything_are_not_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
