/*
 * What the switch does when its controllers are gone: standalone forwards by
 * itself after 15 seconds, also from the start, and steps back when one accepts
 * it; secure goes on with what it was told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/sim/controlled.h"

#define PORTS                                                                  \
    "[port em1]\nofport = 1\n[port em2]\nofport = 2\n"                         \
    "[port em3]\nofport = 3\n"
#define POX    "[controller pox]\ntarget = tcp:127.0.0.1:6653\n"
#define RYU    "[controller ryu]\ntarget = tcp:127.0.0.1:6654\n"
#define SECURE "[bridge]\nfail-mode = secure\n"

static struct sim *open_with(const char *ini)
{
    struct sim *s = sim_open(ini);

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    sim_link_up(s, "em3");
    return s;
}

/* Where a broadcast that comes in at em1 goes: ports 2 and 3 as bits. */
static unsigned int way(struct sim *s)
{
    unsigned int ports;

    sim_forget(s);
    send_frame(s, "em1", 0xff, 1, -1);
    ports = (sent_count(s, "em2") > 0 ? 1u << 2 : 0) |
            (sent_count(s, "em3") > 0 ? 1u << 3 : 0);
    assert_true(sim_accounts_match(s));
    return ports;
}

enum { NOWHERE = 0, TO_3 = 1 << 3, TO_ALL = 1 << 2 | 1 << 3 };

static void standalone_comes_15_s_after_the_start(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    assert_int_equal(way(s), NOWHERE);
    sim_pass_ms(s, 14900);
    assert_int_equal(way(s), NOWHERE);
    assert_false(is_failing(s));
    sim_pass_ms(s, 100);
    assert_int_equal(way(s), TO_ALL);
    assert_true(is_failing(s));
    assert_int_equal(flow_count(s), 0);
    sim_close(s);
}

static void standalone_comes_15_s_after_the_last_word(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    send_flow_mod(s, 0, 1, 3);
    sim_pass_ms(s, 60000); /* echoes go to and fro */
    assert_false(is_failing(s));
    peer_send_type(sim_peer(s, 0), TYPE_ECHO_REQUEST);
    sim_run(s);
    hang_up(s, 0);
    sim_pass_ms(s, 14900);
    assert_int_equal(way(s), TO_3);
    assert_int_equal(flow_count(s), 1);
    sim_pass_ms(s, 100);
    assert_int_equal(way(s), TO_ALL);
    assert_int_equal(flow_count(s), 0);
    assert_true(is_failing(s));
    sim_close(s);
}

static void standalone_ends_when_a_controller_accepts(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    sim_pass_ms(s, 20000);
    assert_int_equal(way(s), TO_ALL);
    listen_as(s, 0, 1);
    sim_pass_ms(s, 9000);
    /* Connected, but it might not want this switch. */
    assert_true(peer_is_connected(sim_peer(s, 0)));
    assert_true(is_failing(s));
    assert_int_equal(way(s), TO_ALL);
    /* The message that shows that it does is handled after the way back. */
    send_flow_mod(s, 0, 1, 3);
    assert_false(is_failing(s));
    assert_int_equal(way(s), TO_3);
    assert_int_equal(flow_count(s), 1);
    sim_close(s);
}

/* Takes TCP and says HELLO, and then hangs up. */
static void one_that_sends_us_away_is_none(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    listen_as(s, 0, 1);
    for (int i = 0; i < 160; i++) {
        sim_pass_ms(s, 100);
        if (peer_is_connected(sim_peer(s, 0)))
            peer_hang_up(sim_peer(s, 0), sim_now_ms(s));
    }
    assert_true(sim_peer(s, 0)->attempts >= 4);
    assert_true(is_failing(s));
    assert_int_equal(way(s), TO_ALL);
    sim_close(s);
}

static void all_controllers_must_be_gone(void **state)
{
    struct sim *s = open_with(PORTS POX RYU);

    (void)state;
    listen_as(s, 0, 1);
    listen_as(s, 1, 4);
    accept_switch(s, 0);
    accept_switch(s, 1);
    hang_up(s, 0);
    sim_pass_ms(s, 60000);
    assert_false(is_failing(s));
    hang_up(s, 1);
    sim_pass_ms(s, 16000);
    assert_true(is_failing(s));
    sim_close(s);
}

static void a_frozen_one_is_gone_15_s_after_its_last_word(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    sim_peer(s, 0)->is_frozen = true;
    sim_pass_ms(s, 14900);
    assert_false(is_failing(s));
    sim_pass_ms(s, 200);
    assert_true(is_failing(s));
    sim_close(s);
}

static void the_probe_says_how_long(void **state)
{
    struct sim *s = open_with(PORTS POX "inactivity-probe = 1\n");

    (void)state;
    sim_pass_ms(s, 2900);
    assert_false(is_failing(s));
    sim_pass_ms(s, 100);
    assert_true(is_failing(s));
    sim_close(s);
    s = open_with(PORTS POX "inactivity-probe = 0\n");
    sim_pass_ms(s, 14900);
    assert_false(is_failing(s));
    sim_pass_ms(s, 100);
    assert_true(is_failing(s));
    sim_close(s);
}

static void secure_goes_on_with_what_it_was_told(void **state)
{
    struct sim *s = open_with(SECURE PORTS POX);

    (void)state;
    sim_pass_ms(s, 60000);
    assert_int_equal(way(s), NOWHERE);
    assert_true(is_failing(s));
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    assert_false(is_failing(s));
    send_flow_mod(s, 0, 1, 3);
    hang_up(s, 0);
    sim_pass_ms(s, 600000);
    assert_int_equal(way(s), TO_3);
    assert_int_equal(flow_count(s), 1);
    assert_true(is_failing(s));
    send_frame(s, "em2", 0xff, 2, -1);
    assert_int_equal(sim_totals(s, "em2").drops[DROP_NO_MATCH], 1);
    listen_as(s, 0, 1);
    assert_in_range(accept_switch(s, 0), 100, 8100);
    assert_int_equal(way(s), TO_3);
    sim_close(s);
}

static void without_controllers_it_is_as_the_mode_says(void **state)
{
    struct sim *s = open_with(PORTS);

    (void)state;
    assert_int_equal(way(s), TO_ALL);
    assert_int_equal(flow_count(s), 1);
    assert_false(is_failing(s));
    assert_true(sim_reload(s, SECURE PORTS));
    assert_int_equal(way(s), NOWHERE);
    assert_int_equal(flow_count(s), 0);
    assert_true(sim_reload(s, PORTS));
    assert_int_equal(way(s), TO_ALL);
    sim_close(s);
}

static void a_controller_comes_and_goes_by_reload(void **state)
{
    struct sim *s = open_with(PORTS);

    (void)state;
    listen_as(s, 0, 1);
    assert_true(sim_reload(s, PORTS POX));
    /* As before until it accepts. */
    assert_int_equal(way(s), TO_ALL);
    accept_switch(s, 0);
    assert_int_equal(way(s), NOWHERE);
    assert_int_equal(flow_count(s), 0);
    send_flow_mod(s, 0, 1, 3);
    assert_true(sim_reload(s, PORTS));
    assert_false(peer_is_connected(sim_peer(s, 0)));
    assert_int_equal(way(s), TO_ALL);
    assert_int_equal(flow_count(s), 1);
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standalone_comes_15_s_after_the_start),
        cmocka_unit_test(standalone_comes_15_s_after_the_last_word),
        cmocka_unit_test(standalone_ends_when_a_controller_accepts),
        cmocka_unit_test(one_that_sends_us_away_is_none),
        cmocka_unit_test(all_controllers_must_be_gone),
        cmocka_unit_test(a_frozen_one_is_gone_15_s_after_its_last_word),
        cmocka_unit_test(the_probe_says_how_long),
        cmocka_unit_test(secure_goes_on_with_what_it_was_told),
        cmocka_unit_test(without_controllers_it_is_as_the_mode_says),
        cmocka_unit_test(a_controller_comes_and_goes_by_reload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
