/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PORT_DOWN of a PORT_MOD is the interface's own flag: the link goes, whoever
 * reads the port back sees it, and what the operator does meanwhile counts.
 */
#include "tests/sim/controlled.h"
#include "tests/unit/test.h"

enum {
    DOWN = 1,
    NO_FLOOD = 1 << 4,
    LINK_DOWN = 1,
    /* The last bytes of config and state in what was sent last. */
    STATUS_CONFIG = 16 + 27,
    STATUS_STATE = 16 + 31,
    FEATURES_CONFIG = 32 + 48 + 27, /* of the second port */
};

#define ONE   "[port em1]\nofport = 1\n"
#define POX   "[controller pox]\ntarget = tcp:127.0.0.1:6653\n"
#define PORTS ONE "[port em2]\nofport = 2\n" POX

static struct sim *open_controlled(void)
{
    struct sim *s = sim_open(PORTS);

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    peer_send_type(sim_peer(s, 0), TYPE_FEATURES_REQUEST);
    sim_run(s);
    send_flow_mod(s, 0, 1, 2);
    return s;
}

/* The port was told of once more, with these bits. */
static void assert_told(struct sim *s, uint8_t config, uint8_t state)
{
    struct peer *p = sim_peer(s, 0);

    assert_int_equal(p->received[TYPE_PORT_STATUS], 1);
    assert_int_equal(p->last[TYPE_PORT_STATUS][8], PORT_REASON_MODIFY);
    assert_int_equal(p->last[TYPE_PORT_STATUS][STATUS_CONFIG], config);
    assert_int_equal(p->last[TYPE_PORT_STATUS][STATUS_STATE], state);
    p->received[TYPE_PORT_STATUS] = 0;
}

static void it_sets_the_interface_down_and_up(void **state)
{
    struct sim *s = open_controlled();
    const struct peer *p = sim_peer(s, 0);

    (void)state;
    send_port_mod(s, DOWN, DOWN);
    assert_false(sim_is_up(s, "em2"));
    assert_told(s, DOWN, LINK_DOWN);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 0);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_PORT_DOWN], 1);
    assert_int_equal(sim_totals(s, "em2").tx_drops[DROP_PORT_DOWN], 1);
    send_port_mod(s, 0, DOWN);
    assert_true(sim_is_up(s, "em2"));
    assert_told(s, 0, 0);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 1);
    assert_int_equal(p->received[TYPE_ERROR], 0);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

/* Though the kernel's news of it have not been read by then. */
static void the_next_request_finds_it_down(void **state)
{
    struct sim *s = open_controlled();
    struct peer *p = sim_peer(s, 0);

    (void)state;
    peer_send_type(p, TYPE_BARRIER_REQUEST);
    send_port_mod(s, DOWN | NO_FLOOD, DOWN | NO_FLOOD);
    peer_send_type(p, TYPE_FEATURES_REQUEST);
    sim_run(s);
    assert_int_equal(p->last[TYPE_FEATURES_REPLY][FEATURES_CONFIG],
                     DOWN | NO_FLOOD);
    assert_told(s, DOWN | NO_FLOOD, LINK_DOWN);
    sim_close(s);
}

static void the_operator_has_the_last_word(void **state)
{
    struct sim *s = open_controlled();

    (void)state;
    send_port_mod(s, DOWN, DOWN);
    assert_told(s, DOWN, LINK_DOWN);
    sim_set_up(s, "em2", true);
    assert_told(s, 0, 0);
    sim_set_up(s, "em2", false);
    assert_told(s, DOWN, LINK_DOWN);
    assert_true(sim_reload(s, ONE POX));
    assert_false(sim_is_up(s, "em2")); /* it was not the controller */
    sim_close(s);
}

static void it_lasts_without_a_controller_and_over_a_reload(void **state)
{
    struct sim *s = open_controlled();

    (void)state;
    send_port_mod(s, DOWN, DOWN);
    assert_true(sim_reload(s, PORTS "[bridge]\nmac-aging = 60\n"));
    hang_up(s, 0);
    sim_pass_ms(s, 60000);
    assert_true(is_failing(s));
    assert_false(sim_is_up(s, "em2"));
    /* Nothing that a controller took down is left behind. */
    assert_true(sim_reload(s, ONE POX));
    assert_true(sim_is_up(s, "em2"));
    sim_close(s);
}

static void a_device_that_comes_back_is_up(void **state)
{
    struct sim *s = open_controlled();
    struct peer *p = sim_peer(s, 0);

    (void)state;
    send_port_mod(s, DOWN, DOWN);
    sim_link_gone(s, "em2");
    sim_link_up(s, "em2");
    assert_true(sim_is_up(s, "em2"));
    assert_int_equal(p->last[TYPE_PORT_STATUS][8], PORT_REASON_ADD);
    assert_int_equal(p->last[TYPE_PORT_STATUS][STATUS_CONFIG], 0);
    sim_close(s);
}

static void what_the_kernel_refuses_is_refused(void **state)
{
    struct sim *s = open_controlled();
    const struct peer *p = sim_peer(s, 0);

    (void)state;
    sim_fail_open(s, "em2", true);
    send_port_mod(s, DOWN | NO_FLOOD, DOWN | NO_FLOOD);
    assert_int_equal(p->received[TYPE_ERROR], 1);
    assert_memory_equal(p->last[TYPE_ERROR] + 8, "\0\1\0\5", 4); /* EPERM */
    assert_true(sim_is_up(s, "em2"));
    assert_int_equal(p->received[TYPE_PORT_STATUS], 0);
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_sets_the_interface_down_and_up),
        cmocka_unit_test(the_next_request_finds_it_down),
        cmocka_unit_test(the_operator_has_the_last_word),
        cmocka_unit_test(it_lasts_without_a_controller_and_over_a_reload),
        cmocka_unit_test(a_device_that_comes_back_is_up),
        cmocka_unit_test(what_the_kernel_refuses_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
