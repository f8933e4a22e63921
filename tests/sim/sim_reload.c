/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports come and go, and a reload applies just the difference: what it does
 * not speak of (queues, learned addresses, port numbers, flows) stays.
 */
#include "tests/sim/frames.h"
#include "tests/unit/test.h"

#define EM1 "[port em1]\ntype = nic\n"
#define EM2 "[port em2]\ntype = nic\n"
#define EM3 "[port em3]\ntype = nic\n"

static struct sim *two(void)
{
    struct sim *s = sim_open(EM1 EM2);

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    return s;
}

static const struct bridge_port *port(struct sim *s, const char *name)
{
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(sim_bridge(s)), i)); i++)
        if (!strcmp(p->config.name, name))
            return p;
    return NULL;
}

static size_t known(struct sim *s)
{
    return mac_table_count(datapath_mac_table(bridge_datapath(sim_bridge(s))));
}

static void a_port_that_comes_late_is_taken_in(void **state)
{
    struct sim *s = sim_open(EM1 EM2);

    (void)state;
    sim_link_up(s, "em1");
    send_frame(s, "em1", 0xff, 1, -1);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_NO_OUTPUT], 1);
    assert_false(sim_is_open(s, "em2"));
    sim_link_up(s, "em2");
    send_frame(s, "em1", 0xff, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 1);
    sim_close(s);
}

static void a_port_keeps_its_number_and_counts_while_away(void **state)
{
    struct sim *s = two();
    uint32_t number = port(s, "em2")->number;

    (void)state;
    send_frame(s, "em1", 0xff, 1, -1);
    sim_link_gone(s, "em2");
    assert_false(sim_is_open(s, "em2"));
    sim_link_up(s, "em2");
    assert_true(sim_is_open(s, "em2"));
    assert_int_equal(port(s, "em2")->number, number);
    assert_int_equal(sim_totals(s, "em2").tx_frames, 1);
    send_frame(s, "em1", 0xff, 1, -1);
    assert_int_equal(sim_totals(s, "em2").tx_frames, 2);
    sim_close(s);
}

static void what_fails_is_tried_again(void **state)
{
    struct sim *s = sim_open(EM1 EM2);

    (void)state;
    sim_fail_open(s, "em1", true);
    sim_link_up(s, "em1");
    assert_false(sim_is_open(s, "em1"));
    sim_fail_open(s, "em1", false);
    sim_pass_ms(s, 1100);
    assert_true(sim_is_open(s, "em1"));
    sim_close(s);
}

static void a_tap_that_is_deleted_is_made_again(void **state)
{
    struct sim *s = sim_open(EM1 "[port tap0]\ntype = tap\n");

    (void)state;
    assert_true(sim_is_open(s, "tap0"));
    sim_link_gone(s, "tap0");
    assert_false(sim_is_open(s, "tap0"));
    sim_pass_ms(s, 1100);
    assert_true(sim_is_open(s, "tap0"));
    sim_close(s);
}

static void the_same_file_changes_nothing(void **state)
{
    struct sim *s = two();
    uint32_t em2 = port(s, "em2")->number;

    (void)state;
    send_frame(s, "em1", 2, 1, -1);
    assert_true(sim_reload(s, EM1 EM2));
    assert_int_equal(sim_opened(s, "em1"), 1);
    assert_int_equal(sim_opened(s, "em2"), 1);
    assert_int_equal(known(s), 1);
    assert_int_equal(port(s, "em2")->number, em2);
    sim_close(s);
}

static void an_added_port_leaves_the_others_alone(void **state)
{
    struct sim *s = two();

    (void)state;
    send_frame(s, "em1", 2, 1, -1);
    sim_link_up(s, "em3");
    assert_true(sim_reload(s, EM3 EM1 EM2));
    assert_true(sim_is_open(s, "em3"));
    assert_int_equal(port(s, "em1")->number, 1);
    assert_int_equal(port(s, "em2")->number, 2);
    assert_int_equal(port(s, "em3")->number, 3);
    assert_int_equal(sim_opened(s, "em1"), 1);
    assert_int_equal(known(s), 1);
    sim_close(s);
}

static void a_removed_port_goes_with_what_was_learned_there(void **state)
{
    struct sim *s = two();

    (void)state;
    send_frame(s, "em1", 9, 1, -1);
    send_frame(s, "em2", 9, 2, -1);
    assert_int_equal(known(s), 2);
    assert_true(sim_reload(s, EM1));
    assert_null(port(s, "em2"));
    assert_int_equal(known(s), 1);
    assert_int_equal(sim_opened(s, "em1"), 1);
    send_frame(s, "em1", 2, 1, -1);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void a_new_number_makes_a_new_port(void **state)
{
    struct sim *s = two();

    (void)state;
    assert_true(sim_reload(s, EM1 EM2 "ofport = 7\n"));
    assert_int_equal(port(s, "em2")->number, 7);
    assert_int_equal(sim_opened(s, "em2"), 2);
    assert_int_equal(sim_opened(s, "em1"), 1);
    sim_close(s);
}

static void a_new_vlan_is_taken_over_in_place(void **state)
{
    struct sim *s = two();

    (void)state;
    send_frame(s, "em1", 0xff, 1, -1);
    assert_true(sim_reload(s, EM1 "vlan = 10\n" EM2 "vlan = 20\n"));
    assert_int_equal(sim_opened(s, "em1"), 1);
    assert_int_equal(known(s), 0);
    sim_forget(s);
    send_frame(s, "em1", 0xff, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 0);
    sim_close(s);
}

static void a_bad_file_changes_nothing(void **state)
{
    struct sim *s = two();

    (void)state;
    send_frame(s, "em1", 9, 1, -1);
    assert_false(sim_reload(s, EM1 "colour = blue\n"));
    assert_true(sim_is_open(s, "em2"));
    assert_int_equal(known(s), 1);
    sim_close(s);
}

static void the_fail_mode_changes_the_default_entry(void **state)
{
    struct sim *s = two();
    struct flow_tables *t = datapath_tables(bridge_datapath(sim_bridge(s)));

    (void)state;
    assert_int_equal(flow_tables_total(t), 1);
    assert_true(sim_reload(s, "[bridge]\nfail-mode = secure\n" EM1 EM2));
    assert_int_equal(flow_tables_total(t), 0);
    send_frame(s, "em1", 0xff, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 0);
    assert_true(sim_reload(s, EM1 EM2));
    send_frame(s, "em1", 0xff, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 1);
    sim_close(s);
}

static void a_smaller_mac_table_keeps_what_fits(void **state)
{
    struct sim *s = two();

    (void)state;
    for (uint8_t i = 1; i <= 40; i++)
        send_frame(s, "em1", 99, i, -1);
    assert_int_equal(known(s), 40);
    assert_true(sim_reload(s, "[bridge]\nmac-table-size = 16\n" EM1 EM2));
    assert_int_equal(known(s), 16);
    sim_forget(s);
    send_frame(s, "em2", 40, 50, -1);
    assert_int_equal(sent_count(s, "em1"), 1);
    sim_close(s);
}

static void local_is_a_port_like_any_other(void **state)
{
    struct sim *s = sim_open("[local]\nenable = yes\n" EM1);

    (void)state;
    sim_link_up(s, "em1");
    assert_true(sim_is_open(s, "of-switch"));
    assert_true(port(s, "of-switch")->number == PORT_NO_LOCAL);
    send_frame(s, "em1", 0xff, 1, -1);
    assert_int_equal(sent_count(s, "of-switch"), 1);
    send_frame(s, "of-switch", 1, 2, -1);
    assert_int_equal(sent_count(s, "em1"), 1);
    assert_true(sim_reload(s, "[local]\nenable = no\n" EM1));
    assert_null(port(s, "of-switch"));
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_that_comes_late_is_taken_in),
        cmocka_unit_test(a_port_keeps_its_number_and_counts_while_away),
        cmocka_unit_test(what_fails_is_tried_again),
        cmocka_unit_test(a_tap_that_is_deleted_is_made_again),
        cmocka_unit_test(the_same_file_changes_nothing),
        cmocka_unit_test(an_added_port_leaves_the_others_alone),
        cmocka_unit_test(a_removed_port_goes_with_what_was_learned_there),
        cmocka_unit_test(a_new_number_makes_a_new_port),
        cmocka_unit_test(a_new_vlan_is_taken_over_in_place),
        cmocka_unit_test(a_bad_file_changes_nothing),
        cmocka_unit_test(the_fail_mode_changes_the_default_entry),
        cmocka_unit_test(a_smaller_mac_table_keeps_what_fits),
        cmocka_unit_test(local_is_a_port_like_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
