/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A switch under controllers: it calls them, tells them of frames and ports,
 * does what they say, calls again when they are gone, and a reload touches just
 * the connections that it speaks of.
 */
#include "tests/sim/controlled.h"
#include "tests/unit/test.h"

#define PORTS                                                                  \
    "[port em1]\nofport = 1\n[port em2]\nofport = 2\n"                         \
    "[port em3]\nofport = 3\n"
#define POX "[controller pox]\ntarget = tcp:127.0.0.1:6653\n"
#define RYU "[controller ryu]\ntarget = tcp:127.0.0.1:6654\n"

static struct sim *open_with(const char *ini)
{
    struct sim *s = sim_open(ini);

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    sim_link_up(s, "em3");
    return s;
}

static void is_called_and_asked_for_its_features(void **state)
{
    struct sim *s = open_with(PORTS POX);
    const struct peer *p = sim_peer(s, 0);

    (void)state;
    listen_as(s, 0, 1);
    assert_in_range(accept_switch(s, 0), 0, 1500);
    assert_string_equal(controller_at(s, 0).state, "ready");
    assert_true(controller_at(s, 0).is_accepted);
    assert_int_equal(p->received[TYPE_BARRIER_REPLY], 1);
    peer_send_type(sim_peer(s, 0), TYPE_FEATURES_REQUEST);
    sim_run(s);
    assert_int_equal(p->received[TYPE_FEATURES_REPLY], 1);
    assert_int_equal(p->last_size[TYPE_FEATURES_REPLY], 32 + 3 * 48);
    assert_memory_equal(p->last[TYPE_FEATURES_REPLY] + 32 + 8, "em1", 4);
    sim_close(s);
}

static void misses_go_to_controllers_of_1_0(void **state)
{
    struct sim *s = open_with(PORTS POX RYU);

    (void)state;
    listen_as(s, 1, 4);
    accept_switch(s, 1);
    send_frame(s, "em1", 2, 1, -1);
    listen_as(s, 0, 1);
    assert_int_equal(sim_peer(s, 1)->received[TYPE_PACKET_IN], 0);
    accept_switch(s, 0);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sim_peer(s, 0)->received[TYPE_PACKET_IN], 1);
    assert_int_equal(sim_peer(s, 0)->last[TYPE_PACKET_IN][15], 1);
    assert_int_equal(sim_peer(s, 1)->received[TYPE_PACKET_IN], 0);
    assert_int_equal(sent_count(s, "em2") + sent_count(s, "em3"), 0);
    hang_up(s, 0);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_NO_MATCH], 2);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void frames_go_as_it_says(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    send_flow_mod(s, 0, 1, 3);
    assert_int_equal(flow_count(s), 1);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sent_count(s, "em3"), 1);
    assert_int_equal(sent_count(s, "em2"), 0);
    assert_int_equal(sim_peer(s, 0)->received[TYPE_PACKET_IN], 0);
    sim_close(s);
}

struct sole_entry {
    struct sim *sim;
    uint64_t packets;
    uint16_t flags;
};

static void look_at(void *context, struct flow_entry *e)
{
    struct sole_entry *s = context;

    s->packets = flow_tables_usage(
                     datapath_tables(bridge_datapath(sim_bridge(s->sim))), e)
                     .packets;
    s->flags = e->flags;
}

/* Of the one entry that there is. */
static struct sole_entry sole_entry(struct sim *s)
{
    struct flow_mod all = flow_mod_empty();
    struct sole_entry found = {.sim = s};

    all.table = FLOW_MOD_TABLE_ALL;
    flow_tables_each(datapath_tables(bridge_datapath(sim_bridge(s))), &all,
                     look_at, &found);
    return found;
}

/* 1.0 says so, and 1.3 does not show what nobody asked for. */
static void an_entry_in_place_of_another_counts_anew(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    send_flow_mod(s, 0, 1, 3);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sole_entry(s).packets, 1);
    send_flow_mod(s, 0, 1, 3);
    assert_int_equal(flow_count(s), 1);
    assert_int_equal(sole_entry(s).packets, 0);
    assert_int_equal(sole_entry(s).flags, 0);
    sim_close(s);
}

static void packet_ins_above_the_rate_are_counted(void **state)
{
    struct sim *s =
        open_with(PORTS POX "packet-in-rate = 1\npacket-in-burst = 1\n");

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    for (int i = 0; i < 3; i++)
        send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sim_peer(s, 0)->received[TYPE_PACKET_IN], 1);
    assert_int_equal(controller_at(s, 0).counts.packet_ins, 1);
    assert_int_equal(controller_at(s, 0).counts.limited, 2);
    assert_int_equal(controller_at(s, 0).counts.congested, 0);
    sim_close(s);
}

static size_t known_addresses(struct sim *s)
{
    return mac_table_count(datapath_mac_table(bridge_datapath(sim_bridge(s))));
}

/* A frame that it sends as from port 2 teaches where the sender is, but not
 * while nothing can be there. */
static void what_it_sends_teaches_of_ports_that_are_there(void **state)
{
    uint8_t message[84] = {1, 13, 0, 84, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff, 0,
                           2, 0, 8,
                           /* OUTPUT to NORMAL. */
                           0, 0, 0, 8, 0xff, 0xfa, 0, 0};
    struct small_frame f = frame_of(9, 1, -1);
    struct sim *s = open_with(PORTS POX);

    (void)state;
    memcpy(message + 24, f.data, f.size);
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    sim_link_down(s, "em2");
    peer_send(sim_peer(s, 0), message, sizeof(message));
    sim_run(s);
    assert_int_equal(sent_count(s, "em3"), 1);
    assert_int_equal(known_addresses(s), 0);
    sim_link_up(s, "em2");
    peer_send(sim_peer(s, 0), message, sizeof(message));
    sim_run(s);
    assert_int_equal(known_addresses(s), 1);
    sim_close(s);
}

static void it_is_told_of_ports(void **state)
{
    struct sim *s = open_with(PORTS POX);
    const struct peer *p = sim_peer(s, 0);

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    assert_int_equal(p->received[TYPE_PORT_STATUS], 0);
    sim_link_down(s, "em2");
    assert_int_equal(p->received[TYPE_PORT_STATUS], 1);
    assert_int_equal(p->last[TYPE_PORT_STATUS][8], PORT_REASON_MODIFY);
    assert_int_equal(p->last[TYPE_PORT_STATUS][16 + 1], 2);
    assert_int_equal(p->last[TYPE_PORT_STATUS][16 + 31], 1); /* link down */
    sim_link_gone(s, "em2");
    assert_int_equal(p->received[TYPE_PORT_STATUS], 2);
    assert_int_equal(p->last[TYPE_PORT_STATUS][8], PORT_REASON_DELETE);
    sim_link_up(s, "em2");
    assert_int_equal(p->received[TYPE_PORT_STATUS], 3);
    assert_int_equal(p->last[TYPE_PORT_STATUS][8], PORT_REASON_ADD);
    assert_true(sim_reload(s, "[port em1]\nofport = 1\n" POX));
    assert_int_equal(p->received[TYPE_PORT_STATUS], 5);
    assert_int_equal(p->last[TYPE_PORT_STATUS][8], PORT_REASON_DELETE);
    sim_close(s);
}

static void it_changes_ports(void **state)
{
    struct sim *s = open_with(PORTS POX RYU);
    struct peer *p = sim_peer(s, 0);

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    listen_as(s, 1, 1);
    accept_switch(s, 1);
    peer_send_type(p, TYPE_FEATURES_REQUEST);
    send_flow_mod(s, 0, 1, 0xfffb); /* FLOOD */
    send_port_mod(s, 1 << 4, 1 << 4);
    sim_pass_ms(s, 200);
    assert_int_equal(p->received[TYPE_ERROR], 0);
    /* The other is told, who did it knows. */
    assert_int_equal(p->received[TYPE_PORT_STATUS], 0);
    assert_int_equal(sim_peer(s, 1)->received[TYPE_PORT_STATUS], 1);
    assert_int_equal(sim_peer(s, 1)->last[TYPE_PORT_STATUS][16 + 27], 1 << 4);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 0);
    assert_int_equal(sent_count(s, "em3"), 1);
    send_port_mod(s, 0, 1 << 4);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 1);
    send_port_mod(s, 1, 1); /* down */
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 1);
    send_frame(s, "em2", 2, 1, -1);
    assert_int_equal(sim_totals(s, "em2").drops[DROP_PORT_NO_RECV], 1);
    p->last[TYPE_FEATURES_REPLY][82] ^= 4; /* the MAC address of another */
    send_port_mod(s, 0, 1);
    assert_int_equal(p->received[TYPE_ERROR], 1);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void it_is_called_again_within_a_second(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    sim_pass_ms(s, 20000);
    assert_true(peer_is_connected(sim_peer(s, 0)));
    peer_hang_up(sim_peer(s, 0), sim_now_ms(s));
    assert_string_equal(controller_at(s, 0).state, "backoff");
    assert_in_range(accept_switch(s, 0), 100, 1000);
    sim_close(s);
}

static void one_that_is_away_is_called_ever_more_seldom(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    sim_pass_ms(s, 64000);
    /* At 0, 1, 3, 7, 15, 23, 31, 39, 47, 55 and 63 seconds. */
    assert_in_range(sim_peer(s, 0)->attempts, 10, 11);
    sim_close(s);
}

static void a_reload_shortens_the_wait_that_is_under_way(void **state)
{
    struct sim *s = open_with(PORTS POX "max-backoff = 3600\n");

    (void)state;
    sim_pass_ms(s, 300000); /* the next call is more than 200 s away */
    listen_as(s, 0, 1);
    assert_true(sim_reload(s, PORTS POX "max-backoff = 2\n"));
    assert_in_range(accept_switch(s, 0), 100, 2000);
    sim_close(s);
}

static void one_that_freezes_is_given_up(void **state)
{
    struct sim *s = open_with(PORTS POX);

    (void)state;
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    sim_peer(s, 0)->is_frozen = true;
    sim_pass_ms(s, 9500);
    assert_true(peer_is_connected(sim_peer(s, 0)));
    assert_string_equal(controller_at(s, 0).state, "idle");
    sim_pass_ms(s, 600);
    assert_string_equal(controller_at(s, 0).last_error, "was silent for 10 s");
    assert_string_equal(controller_at(s, 0).state, "backoff");
    sim_close(s);
}

static void a_reload_touches_just_what_it_speaks_of(void **state)
{
    struct sim *s = open_with(PORTS POX RYU);

    (void)state;
    listen_as(s, 0, 1);
    listen_as(s, 1, 4);
    listen_as(s, 2, 1);
    accept_switch(s, 0);
    accept_switch(s, 1);
    sim_pass_ms(s, 2000);
    assert_true(sim_reload(s, PORTS POX "max-backoff = 2\n"
                                        "[controller new]\ntarget = "
                                        "tcp:127.0.0.1:6655\n"));
    assert_true(peer_is_connected(sim_peer(s, 0)));
    assert_int_equal(sim_peer(s, 0)->attempts, 1);
    assert_false(peer_is_connected(sim_peer(s, 1)));
    assert_in_range(accept_switch(s, 2), 0, 1000);
    assert_string_equal(controller_at(s, 1).name, "new");
    /* Another target under the same name. */
    sim_peer(s, 1)->is_listening = true;
    assert_true(
        sim_reload(s, PORTS "[controller pox]\ntarget = tcp:127.0.0.1:6654\n"));
    assert_false(peer_is_connected(sim_peer(s, 0)));
    assert_in_range(accept_switch(s, 1), 100, 1000);
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_called_and_asked_for_its_features),
        cmocka_unit_test(misses_go_to_controllers_of_1_0),
        cmocka_unit_test(frames_go_as_it_says),
        cmocka_unit_test(an_entry_in_place_of_another_counts_anew),
        cmocka_unit_test(packet_ins_above_the_rate_are_counted),
        cmocka_unit_test(what_it_sends_teaches_of_ports_that_are_there),
        cmocka_unit_test(it_is_told_of_ports),
        cmocka_unit_test(it_changes_ports),
        cmocka_unit_test(it_is_called_again_within_a_second),
        cmocka_unit_test(one_that_is_away_is_called_ever_more_seldom),
        cmocka_unit_test(a_reload_shortens_the_wait_that_is_under_way),
        cmocka_unit_test(one_that_freezes_is_given_up),
        cmocka_unit_test(a_reload_touches_just_what_it_speaks_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
