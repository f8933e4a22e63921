/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the switch does when its controllers are gone: standalone forwards by
 * itself after 15 seconds, also from the start, and steps back when one accepts
 * it; secure goes on with what it was told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bridge/report_flows.h"
#include "tests/sim/controlled.h"
#include "tests/unit/test.h"

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

/* What it asks the controller for is answered, as by one that only learns. */
static void answer_packet_in(struct sim *s, size_t peer)
{
    static const uint8_t flood[] = {1,    13,   0,    24,   0,    0,    0, 9,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0, 8,
                                    0,    0,    0,    8,    0xff, 0xfb, 0, 0};

    peer_send(sim_peer(s, peer), flood, sizeof(flood));
    sim_run(s);
}

static void one_that_waits_for_frames_is_given_one(void **state)
{
    struct sim *s = open_with(PORTS POX);
    struct peer *p = sim_peer(s, 0);
    const uint8_t *told = p->last[TYPE_PACKET_IN];
    int64_t start_ms;

    (void)state;
    sim_pass_ms(s, 20000);
    assert_true(is_failing(s));
    listen_as(s, 0, 1);
    while (!peer_is_connected(p))
        sim_pass_ms(s, 100);
    start_ms = sim_now_ms(s);
    assert_int_equal(p->received[TYPE_PACKET_IN], 0);
    while (!p->received[TYPE_PACKET_IN] && sim_now_ms(s) - start_ms < 9000)
        sim_pass_ms(s, 100);
    assert_in_range(sim_now_ms(s) - start_ms, 900, 2000);
    /* Whole, and from LOCAL: a broadcast that any switch floods. */
    assert_int_equal(p->last_size[TYPE_PACKET_IN], 18 + 60);
    assert_memory_equal(told + 8, "\xff\xff\xff\xff\0\x3c\xff\xfe\0", 9);
    assert_memory_equal(told + 18, "\xff\xff\xff\xff\xff\xff", 6);
    assert_memory_equal(told + 30, "\x80\x35", 2);
    /* Until it answers, every now and then. */
    sim_pass_ms(s, 4000);
    assert_int_equal(p->received[TYPE_PACKET_IN], 3);
    assert_true(is_failing(s));
    answer_packet_in(s, 0);
    assert_false(is_failing(s));
    assert_int_equal(p->received[TYPE_ERROR], 0);
    sim_pass_ms(s, 10000);
    assert_int_equal(p->received[TYPE_PACKET_IN], 3);
    sim_close(s);
}

/* The switch with a file of flows. */
struct operated {
    char path[32], ini[512];
    struct sim *sim;
};

static void open_with_flows(struct operated *o, const char *flows)
{
    int fd;

    strcpy(o->path, "/tmp/sim_fail_mode.XXXXXX");
    fd = mkstemp(o->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, flows, strlen(flows)), strlen(flows));
    close(fd);
    snprintf(o->ini, sizeof(o->ini), "[flows]\nfile = %s\n" PORTS POX, o->path);
    o->sim = open_with(o->ini);
}

static void close_with_flows(struct operated *o)
{
    sim_close(o->sim);
    unlink(o->path);
}

static bool passes(struct sim *s, const char *from, uint8_t source)
{
    sim_forget(s);
    send_frame(s, from, 0xff, source, -1);
    return sent_count(s, "em1") + sent_count(s, "em2") + sent_count(s, "em3") >
           0;
}

/* How many entries of the switch's own are shown who asks for them. */
static int hidden_ones(struct sim *s)
{
    struct text_error error;
    cJSON *answer =
        report_flows_hidden(sim_bridge(s), "", sim_now_ms(s), &error);
    int count =
        cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(answer, "flows"));

    cJSON_Delete(answer);
    return count;
}

/* A rule that keeps something out does so whoever else is gone. */
static void the_operator_s_entries_outlast_it(void **state)
{
    struct operated o;
    struct sim *s;

    (void)state;
    open_with_flows(
        &o, "priority=9,dl_src=02:00:00:00:00:01,actions=drop\n"
            "table=2,priority=9,actions=drop\n"
            "priority=8,dl_src=02:00:00:00:00:05,actions=goto_table:7\n");
    s = o.sim;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    send_flow_mod(s, 0, 2, 3);
    assert_int_equal(flow_count(s), 4);
    assert_false(passes(s, "em1", 1));
    hang_up(s, 0);
    sim_pass_ms(s, 16000);
    assert_true(is_failing(s));
    assert_int_equal(flow_count(s), 3);
    assert_false(passes(s, "em1", 1));
    assert_true(passes(s, "em1", 4));
    /* Where they lead to nothing, too. */
    assert_int_equal(hidden_ones(s), 1);
    assert_true(passes(s, "em1", 5));
    assert_int_equal(hidden_ones(s), 2);
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    assert_false(is_failing(s));
    assert_int_equal(flow_count(s), 3);
    assert_false(passes(s, "em1", 1));
    assert_false(passes(s, "em1", 4));
    close_with_flows(&o);
}

/* All that a controller took away comes back once it is gone. */
static void the_operator_s_entries_come_back(void **state)
{
    static const uint8_t delete_all[72] = {
        1,    14,   0,        72,          0,    0,    0,    9,    0,   0x3f,
        0xff, 0xff, [57] = 3, [64] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct operated o;
    struct sim *s;

    (void)state;
    open_with_flows(&o, "priority=9,dl_src=02:00:00:00:00:01,actions=drop\n"
                        "priority=0,actions=CONTROLLER\n");
    s = o.sim;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    peer_send(sim_peer(s, 0), delete_all, sizeof(delete_all));
    sim_run(s);
    assert_int_equal(flow_count(s), 0);
    hang_up(s, 0);
    sim_pass_ms(s, 16000);
    /* But for what would keep frames for a controller that is not there. */
    assert_int_equal(flow_count(s), 1);
    assert_false(passes(s, "em1", 1));
    assert_true(passes(s, "em1", 4));
    assert_true(sim_reload(s, o.ini));
    assert_int_equal(flow_count(s), 1);
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    assert_int_equal(flow_count(s), 2);
    close_with_flows(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standalone_comes_15_s_after_the_start),
        cmocka_unit_test(standalone_comes_15_s_after_the_last_word),
        cmocka_unit_test(standalone_ends_when_a_controller_accepts),
        cmocka_unit_test(one_that_waits_for_frames_is_given_one),
        cmocka_unit_test(the_operator_s_entries_outlast_it),
        cmocka_unit_test(the_operator_s_entries_come_back),
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
