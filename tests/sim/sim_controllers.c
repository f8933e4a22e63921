/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several controllers at once: the roles that they take, the frames that are
 * held for them, and how many packet-ins each of them gets.
 */
#include "control/packet_buffers.h"
#include "tests/sim/controlled.h"
#include "tests/unit/test.h"

#define PORTS                                                                  \
    "[bridge]\nfail-mode = secure\n[port em1]\nofport = 1\n"                   \
    "[port em2]\nofport = 2\n[port em3]\nofport = 3\n"
#define ONE "[controller one]\ntarget = tcp:127.0.0.1:6653\n"
#define TWO "[controller two]\ntarget = tcp:127.0.0.1:6654\n"

enum {
    TYPE_PACKET_OUT = 13,
    TYPE_ROLE_REQUEST = 24,
    TYPE_ROLE_REPLY = 25,
};

static struct sim *open_with(const char *ini)
{
    struct sim *s = sim_open(ini);

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    sim_link_up(s, "em3");
    return s;
}

static void join(struct sim *s, size_t peer, uint8_t version)
{
    listen_as(s, peer, version);
    assert_true(accept_switch(s, peer) >= 0);
    /* 1.3 has the barrier under another number. */
    sim_peer(s, peer)->received[TYPE_ERROR] = 0;
}

/* A miss goes to the controller, as 1.3 says it. */
static void send_table_miss(struct sim *s, size_t peer)
{
    const uint8_t message[80] = {
        [0] = OF13,
        [1] = 14,
        [3] = 80,
        /* No buffer, any port and group. */
        [32] = 0xff,
        [33] = 0xff,
        [34] = 0xff,
        [35] = 0xff,
        [36] = 0xff,
        [37] = 0xff,
        [38] = 0xff,
        [39] = 0xff,
        [40] = 0xff,
        [41] = 0xff,
        [42] = 0xff,
        [43] = 0xff,
        /* An empty match; apply: OUTPUT to the controller. */
        [49] = 1,
        [51] = 4,
        [57] = 4,
        [59] = 24,
        [67] = 16,
        [68] = 0xff,
        [69] = 0xff,
        [70] = 0xff,
        [71] = 0xfd,
        [72] = 0xff,
        [73] = 0xff,
    };

    peer_send(sim_peer(s, peer), message, sizeof(message));
    sim_run(s);
}

static void take_role(struct sim *s, size_t peer, uint8_t role,
                      uint8_t generation)
{
    const uint8_t message[24] = {[0] = OF13,
                                 [1] = TYPE_ROLE_REQUEST,
                                 [3] = 24,
                                 [11] = role,
                                 [23] = generation};

    peer_send(sim_peer(s, peer), message, sizeof(message));
    sim_run(s);
}

static unsigned int heard(struct sim *s, size_t peer, uint8_t type)
{
    return sim_peer(s, peer)->received[type];
}

/* As numbers of OpenFlow 1.3. */
enum { EQUAL = 1, MASTER = 2, SLAVE = 3 };

static void equals_hear_the_same_and_slaves_nothing_of_frames(void **state)
{
    struct sim *s = open_with(PORTS ONE TWO);

    (void)state;
    join(s, 0, OF13);
    join(s, 1, OF13);
    send_table_miss(s, 0);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(heard(s, 0, TYPE_PACKET_IN), 1);
    assert_int_equal(heard(s, 1, TYPE_PACKET_IN), 1);
    take_role(s, 0, MASTER, 1);
    assert_int_equal(heard(s, 0, TYPE_ROLE_REPLY), 1);
    take_role(s, 1, SLAVE, 1);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(heard(s, 0, TYPE_PACKET_IN), 2);
    assert_int_equal(heard(s, 1, TYPE_PACKET_IN), 1);
    /* A slave may not change anything, but is told of ports. */
    send_table_miss(s, 1);
    assert_int_equal(heard(s, 1, TYPE_ERROR), 1);
    sim_link_down(s, "em2");
    assert_int_equal(heard(s, 1, TYPE_PORT_STATUS), 1);
    sim_close(s);
}

static void a_new_master_makes_the_old_one_a_slave(void **state)
{
    struct sim *s = open_with(PORTS ONE TWO);

    (void)state;
    join(s, 0, OF13);
    join(s, 1, OF13);
    take_role(s, 0, MASTER, 5);
    /* A generation that is over. */
    take_role(s, 1, MASTER, 4);
    assert_int_equal(heard(s, 1, TYPE_ERROR), 1);
    take_role(s, 1, MASTER, 6);
    assert_int_equal(heard(s, 1, TYPE_ROLE_REPLY), 1);
    send_table_miss(s, 0);
    assert_int_equal(heard(s, 0, TYPE_ERROR), 1);
    send_table_miss(s, 1);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(heard(s, 0, TYPE_PACKET_IN), 0);
    assert_int_equal(heard(s, 1, TYPE_PACKET_IN), 1);
    /* One that comes again is an equal; the generation stays. */
    hang_up(s, 1);
    join(s, 1, OF13);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(heard(s, 1, TYPE_PACKET_IN), 1);
    take_role(s, 1, MASTER, 5);
    assert_int_equal(heard(s, 1, TYPE_ERROR), 1);
    sim_close(s);
}

/* The buffer of the last packet-in. */
static uint32_t last_buffer(struct sim *s)
{
    const uint8_t *at = sim_peer(s, 0)->last[TYPE_PACKET_IN] + 8;

    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

/* 1.0: that held frame leaves by port 2. */
static void send_out(struct sim *s, uint32_t buffer)
{
    const uint8_t message[24] = {
        [0] = OF10,
        [1] = TYPE_PACKET_OUT,
        [3] = 24,
        [8] = (uint8_t)(buffer >> 24),
        [9] = (uint8_t)(buffer >> 16),
        [10] = (uint8_t)(buffer >> 8),
        [11] = (uint8_t)buffer,
        [13] = 1,
        [15] = 8,
        [19] = 8,
        [21] = 2,
    };

    peer_send(sim_peer(s, 0), message, sizeof(message));
    sim_run(s);
}

static void a_held_frame_is_sent_once_and_not_for_ever_held(void **state)
{
    struct sim *s = open_with(PORTS ONE "[openflow]\nbuffers = 2\n");
    uint8_t frame[200] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};
    uint32_t first;

    (void)state;
    join(s, 0, OF10);
    sim_receive(s, "em1", frame, sizeof(frame));
    sim_run(s);
    /* 128 bytes go to the controller, all of it waits here. */
    assert_int_equal(sim_peer(s, 0)->last_size[TYPE_PACKET_IN], 18 + 128);
    first = last_buffer(s);
    send_out(s, first);
    assert_int_equal(sent_count(s, "em2"), 1);
    assert_int_equal(sim_sent(s, "em2")->frames[0].size, sizeof(frame));
    send_out(s, first);
    assert_int_equal(sent_count(s, "em2"), 1);
    assert_int_equal(heard(s, 0, TYPE_ERROR), 1);
    /* Two are held; while they are new no other is. */
    for (int i = 0; i < 3; i++) {
        sim_receive(s, "em1", frame, sizeof(frame));
        sim_run(s);
        assert_int_equal(last_buffer(s) == PACKET_BUFFERS_NONE, i == 2);
        first = i == 0 ? last_buffer(s) : first;
    }
    assert_int_equal(sim_peer(s, 0)->last_size[TYPE_PACKET_IN],
                     18 + sizeof(frame));
    /* Then the oldest makes room. */
    sim_pass_ms(s, PACKET_BUFFERS_KEPT_MS);
    sim_receive(s, "em1", frame, sizeof(frame));
    sim_run(s);
    assert_int_not_equal(last_buffer(s), PACKET_BUFFERS_NONE);
    send_out(s, first);
    assert_int_equal(sent_count(s, "em2"), 1);
    assert_int_equal(heard(s, 0, TYPE_ERROR), 2);
    sim_close(s);
}

/* A thousand frames a second at one port and ten at another, for 5 s. */
static void a_storm_is_held_back_and_others_are_heard(void **state)
{
    struct sim *s =
        open_with(PORTS ONE "packet-in-rate = 100\npacket-in-burst = 20\n" TWO
                            "packet-in-rate = 0\n");
    unsigned int of_em2 = 0, before, of_one;

    (void)state;
    join(s, 0, OF10);
    join(s, 1, OF10);
    for (int i = 0; i < 50; i++) {
        for (int j = 0; j < 100; j++)
            send_frame(s, "em1", 2, 1, -1);
        before = heard(s, 0, TYPE_PACKET_IN);
        send_frame(s, "em2", 1, 2, -1);
        of_em2 += heard(s, 0, TYPE_PACKET_IN) - before;
        sim_pass_ms(s, 100);
    }
    of_one = heard(s, 0, TYPE_PACKET_IN);
    /* Each of the two ports may have a half of the rate. */
    assert_in_range(of_one, 250 + 45, 5 * 100 + 20);
    assert_in_range(of_em2, 45, 50);
    /* The rate is that of one of them. */
    assert_int_equal(heard(s, 1, TYPE_PACKET_IN), 50 * 101);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_hear_the_same_and_slaves_nothing_of_frames),
        cmocka_unit_test(a_new_master_makes_the_old_one_a_slave),
        cmocka_unit_test(a_held_frame_is_sent_once_and_not_for_ever_held),
        cmocka_unit_test(a_storm_is_held_back_and_others_are_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
