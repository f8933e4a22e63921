/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet-outs go where they say, with the frame that they bring or name; and a
 * flow-mod that names a held frame sends it through the new entry.  The
 * conversations are those of real controllers.
 */
#include "control/handle_packet.h"

#include "base/array.h"
#include "tests/unit/control_lab.h"

enum { BAD_REQUEST = 1, BAD_ACTION = 2, BAD_MATCH = 4 };

#define OUT10(buffer, port, actions_size, actions, frame, size)                \
    "01 0d " size " 00000001 " buffer " " port " " actions_size " " actions    \
    " " frame

#define FLOOD10 "0000 0008 fffb 0000"

static void a_frame_is_flooded(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_say(l, 0, OUT10("ffffffff", "0001", "0008", FLOOD10, LAB_UDP, "0054"));
    lab_run(l);
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_sent(l, 1), 0);
    assert_int_equal(lab_sent(l, 2), 1);
    assert_int_equal(lab_sent(l, 3), 1);
    assert_int_equal(lab_sent(l, PORT_NO_LOCAL), 1);
    assert_int_equal(lab_port(l, 2)->last_size, 60);
    lab_close(l);
}

static void reserved_ports_mean_what_they_say(void **state)
{
    static const struct {
        const char *action;
        size_t sent[4]; /* at 1, 2, 3 and LOCAL */
    } rows[] = {
        {"0000 0008 fff8 0000", {1, 0, 0, 0}}, /* IN_PORT */
        {"0000 0008 fff9 0000", {0, 0, 1, 0}}, /* TABLE */
        {"0000 0008 fffa 0000", {0, 1, 1, 1}}, /* NORMAL */
        {"0000 0008 fffb 0000", {0, 1, 1, 1}}, /* FLOOD */
        {"0000 0008 fffc 0000", {0, 1, 1, 1}}, /* ALL */
        {"0000 0008 fffe 0000", {0, 0, 0, 1}}, /* LOCAL */
        {"0000 0008 0002 0000", {0, 1, 0, 0}},
        {"0000 0008 0009 0000", {0, 0, 0, 0}}, /* not there */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lab *l = lab_open(OF10);
        char message[512];

        lab_add_flow(l, 0, "in_port=1,actions=output:3");
        snprintf(message, sizeof(message),
                 "01 0d 0054 00000001 ffffffff 0001 0008 %s %s", rows[i].action,
                 LAB_UDP);
        lab_say(l, 0, message);
        lab_run(l);
        lab_hears_nothing(l, 0);
        for (size_t p = 0; p < LAB_PORTS; p++)
            if (l->ports[p].sent != rows[i].sent[p])
                fail_msg("%s: %zu at port %zu", rows[i].action,
                         l->ports[p].sent, p + 1);
        lab_close(l);
    }
}

static void it_may_come_back_to_the_controller(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_say(l, 0,
            OUT10("ffffffff", "0001", "0008", "0000 0008 fffd ffff", LAB_UDP,
                  "0054"));
    lab_run(l);
    lab_hears_kind(l, 0, OF_PACKET_IN);
    lab_hears_nothing(l, 0);
    lab_close(l);
}

/* l2_multi of POX: the id of the packet-in, and no data. */
static void a_held_frame_is_sent_once(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_frame(l, 1, LAB_UDP);
    lab_hears_kind(l, 0, OF_PACKET_IN);
    lab_say(l, 0, OUT10("00000000", "0001", "0008", FLOOD10, "", "0018"));
    lab_run(l);
    assert_int_equal(lab_sent(l, 2), 1);
    lab_hears_nothing(l, 0);
    lab_say(l, 0, OUT10("00000000", "0001", "0008", FLOOD10, "", "0018"));
    lab_hears_error(l, 0, BAD_REQUEST, 7);
    lab_say(l, 0, OUT10("00000009", "0001", "0008", FLOOD10, "", "0018"));
    lab_hears_error(l, 0, BAD_REQUEST, 8);
    lab_run(l);
    assert_int_equal(lab_sent(l, 2), 1);
    lab_close(l);
}

static void without_actions_it_is_discarded(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_frame(l, 1, LAB_UDP);
    lab_hears_kind(l, 0, OF_PACKET_IN);
    lab_say(l, 0, OUT10("00000000", "0001", "0000", "", "", "0010"));
    lab_run(l);
    lab_hears_nothing(l, 0);
    lab_say(l, 0, OUT10("00000000", "0001", "0008", FLOOD10, "", "0018"));
    lab_hears_error(l, 0, BAD_REQUEST, 7);
    assert_int_equal(lab_sent(l, 2), 0);
    lab_close(l);
}

static void what_cannot_be_sent_is_refused(void **state)
{
    static const struct {
        enum of_version version;
        const char *message;
        uint16_t type, code;
    } rows[] = {
        /* Too little of a frame. */
        {OF10, OUT10("ffffffff", "0001", "0008", FLOOD10, "00", "0019"),
         BAD_REQUEST, 6},
        {OF13,
         "04 0d 0025 00000001 ffffffff fffffffd 0000 000000000000 02000000 "
         "01010200 00000102 08",
         BAD_REQUEST, 12},
        /* What the frame itself shows stands in the match. */
        {OF15,
         "06 0d 0074 00000001 ffffffff 0010 0000 0001 0012 80000004 00000001 "
         "80000a02 0800 000000000000 0000 0010 fffffff9 ffff "
         "000000000000" LAB_UDP,
         BAD_REQUEST, 17},
        {OF15,
         "06 0d 0074 00000001 ffffffff 0010 0000 0001 0014 80000004 00000001 "
         "80005804 00010800 00000000 0000 0010 fffffff9 ffff "
         "000000000000" LAB_UDP,
         BAD_MATCH, 7},
        /* Where it cannot have come from, or go. */
        {OF10, OUT10("ffffffff", "ff01", "0008", FLOOD10, LAB_UDP, "0054"),
         BAD_REQUEST, 514}, /* Nicira's */
        {OF13,
         "04 0d 0064 00000001 ffffffff ffffff01 0010 000000000000"
         "0000 0010 00000001 ffff 000000000000" LAB_UDP,
         BAD_REQUEST, 11},
        {OF10,
         OUT10("ffffffff", "0001", "0008", "0000 0008 ff01 0000", LAB_UDP,
               "0054"),
         BAD_ACTION, 4},
        {OF13,
         "04 0d 0064 00000001 ffffffff 00000001 0010 000000000000"
         "0000 0010 00000000 ffff 000000000000" LAB_UDP,
         BAD_ACTION, 4},
        {OF13,
         "04 0d 005c 00000001 ffffffff 00000001 0008 000000000000"
         "0016 0008 00000007" LAB_UDP,
         BAD_ACTION, 9},
        /* The frame has no tag to take. */
        {OF13,
         "04 0d 005c 00000001 ffffffff 00000001 0008 000000000000"
         "0012 0008 00000000" LAB_UDP,
         BAD_ACTION, 10},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lab *l = lab_open(rows[i].version);

        lab_say(l, 0, rows[i].message);
        if (l->peers[0].size == 0)
            fail_msg("row %zu was taken", i);
        lab_hears_error(l, 0, rows[i].type, rows[i].code);
        lab_run(l);
        for (size_t p = 0; p < LAB_PORTS; p++)
            assert_int_equal(l->ports[p].sent, 0);
        lab_close(l);
    }
}

/* Controllers ask so what they may do; the actions have to be right. */
static void one_without_a_frame_is_no_error(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_say(l, 0, OUT10("ffffffff", "0001", "0008", FLOOD10, "", "0018"));
    lab_say(l, 0, OUT10("ffffffff", "fffd", "0000", "", "", "0010"));
    lab_hears_nothing(l, 0);
    lab_say(
        l, 0,
        OUT10("ffffffff", "0001", "0008", "0000 0008 ff01 0000", "", "0018"));
    lab_hears_error(l, 0, BAD_ACTION, 4);
    lab_close(l);

    l = lab_open(OF13);
    lab_say(l, 0, "04 0d 0018 00000001 ffffffff fffffffd 0000 000000000000");
    lab_hears_nothing(l, 0);
    l->peers[0].c.role = ROLE_SLAVE;
    lab_say(l, 0, "04 0d 0018 00000001 ffffffff fffffffd 0000 000000000000");
    lab_hears_error(l, 0, BAD_REQUEST, 10);
    lab_close(l);
}

/* Since 1.5 a frame may come with what the pipeline has beside it. */
static void it_brings_its_metadata_and_registers(void **state)
{
    struct lab *l = lab_open(OF15);

    (void)state;
    lab_add_flow(l, 0, "metadata=9,actions=output:2");
    lab_add_flow(l, 0, "reg1=7,actions=output:3");
    lab_say(l, 0,
            "06 0d 0074 00000001 ffffffff 0010 0000"
            "0001 0018 80000004 00000001 80000408 0000000000000009"
            "0000 0010 fffffff9 ffff 000000000000" LAB_UDP);
    lab_run(l);
    assert_int_equal(lab_sent(l, 2), 1);
    assert_int_equal(lab_sent(l, 3), 0);
    lab_say(l, 0,
            "06 0d 0074 00000001 ffffffff 0010 0000"
            "0001 0014 80000004 00000001 00010204 00000007 00000000"
            "0000 0010 fffffff9 ffff 000000000000" LAB_UDP);
    lab_run(l);
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_sent(l, 2), 1);
    assert_int_equal(lab_sent(l, 3), 1);
    lab_close(l);
}

/* Until the barrier's reply POX does not think the switch is up. */
static void pox_comes_up(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_add_flow(l, 0, "actions=drop");
    lab_say(l, 0, "01 05 0008 00000002");
    lab_say(l, 0, "01 10 000c 00000003 0000 0000");
    lab_say(l, 0, "01 09 000c 00000004 0000 0080");
    /* Its "delete all": not all wildcards, but none that count. */
    lab_say(l, 0,
            "01 0e 0048 00000005 0010001f 0000 000000000000 000000000000"
            "0000 00 00 0000 00 00 0000 00000000 00000000 0000 0000"
            "0000000000000000 0003 0000 0000 8000 ffffffff ffff 0000");
    lab_say(l, 0, "01 12 0008 00000006");
    lab_hears_kind(l, 0, OF_FEATURES_REPLY);
    lab_hears_kind(l, 0, OF_MP_DESC);
    lab_hears(l, 0, "01 13 0008 00000006");
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_flows(l), 0);
    lab_close(l);
}

/* l2_learning of POX: an entry with the id of the frame, and no packet-out. */
static void pox_learns(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_frame(l, 1, LAB_UDP);
    lab_hears_kind(l, 0, OF_PACKET_IN);
    lab_say(l, 0,
            "01 0e 0050 00000007 00000000 0001 020000000101 020000000102"
            "ffff 00 00 0800 00 11 0000 0a000001 0a000002 03e8 07d0"
            "0000000000000000 0000 000a 001e 8000 00000000 ffff 0000"
            "0000 0008 0003 0000");
    lab_run(l);
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_flows(l), 1);
    assert_int_equal(lab_sent(l, 3), 1);
    lab_frame(l, 1, LAB_UDP);
    assert_int_equal(lab_sent(l, 3), 2);
    lab_hears_nothing(l, 0);
    lab_close(l);
}

/* Who makes an entry with the ports of a first fragment, which the tables do
 * not see, has that one sent all the same. */
static void pox_learns_of_a_fragment(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_frame(l, 1,
              "020000000102 020000000101 0800 4500002e000020004011"
              "46bd0a0000010a000002 03e807d0001a0000"
              "000102030405060708090a0b0c0d0e0f1011");
    lab_hears_kind(l, 0, OF_PACKET_IN);
    lab_say(l, 0,
            "01 0e 0050 00000007 00000000 0001 020000000101 020000000102"
            "ffff 00 00 0800 00 11 0000 0a000001 0a000002 03e8 07d0"
            "0000000000000000 0000 000a 001e 8000 00000000 ffff 0000"
            "0000 0008 0003 0000");
    lab_run(l);
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_flows(l), 1);
    assert_int_equal(lab_sent(l, 3), 1);
    lab_close(l);
}

static void an_entry_is_made_though_its_buffer_is_gone(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_say(l, 0,
            "01 0e 0050 00000007 00000000 0001 020000000101 020000000102"
            "ffff 00 00 0800 00 11 0000 0a000001 0a000002 03e8 07d0"
            "0000000000000000 0000 000a 001e 8000 00000077 ffff 0000"
            "0000 0008 0003 0000");
    lab_hears_error(l, 0, BAD_REQUEST, 8);
    assert_int_equal(lab_flows(l), 1);
    lab_close(l);
}

/* simple_switch_13 of Ryu and os-ken. */
static void ryu_comes_up_and_learns(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    lab_say(l, 0, "04 05 0008 00000001");
    lab_hears_kind(l, 0, OF_FEATURES_REPLY);
    lab_say(l, 0, "04 12 0010 00000002 000d 0000 00000000");
    lab_hears_kind(l, 0, OF_MP_PORT_DESC);
    /* The table-miss entry: to the controller, OFPCML_NO_BUFFER. */
    lab_say(l, 0,
            "04 0e 0050 00000003 0000000000000000 0000000000000000 00 00 0000"
            "0000 0000 ffffffff ffffffff ffffffff 0000 0000 0001 0004 00000000"
            "0004 0018 00000000 0000 0010 fffffffd ffff 000000000000");
    lab_frame(l, 1, LAB_UDP);
    lab_hears_kind(l, 0, OF_PACKET_IN);
    lab_say(l, 0,
            "04 0d 0064 00000004 ffffffff 00000001 0010 000000000000"
            "0000 0010 fffffffb ffe5 000000000000" LAB_UDP);
    lab_run(l);
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_sent(l, 2), 1);
    assert_int_equal(lab_sent(l, 1), 0);
    lab_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_flooded),
        cmocka_unit_test(reserved_ports_mean_what_they_say),
        cmocka_unit_test(it_may_come_back_to_the_controller),
        cmocka_unit_test(a_held_frame_is_sent_once),
        cmocka_unit_test(without_actions_it_is_discarded),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
        cmocka_unit_test(one_without_a_frame_is_no_error),
        cmocka_unit_test(it_brings_its_metadata_and_registers),
        cmocka_unit_test(pox_comes_up),
        cmocka_unit_test(pox_learns),
        cmocka_unit_test(pox_learns_of_a_fragment),
        cmocka_unit_test(an_entry_is_made_though_its_buffer_is_gone),
        cmocka_unit_test(ryu_comes_up_and_learns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
