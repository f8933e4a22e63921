/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VLANs under NORMAL: a frame goes only to ports of its VLAN, with a tag or
 * without as the port wants it, and nothing else of it changes.
 */
#include "base/array.h"
#include "bridge/port_control.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"

static const char ini[] =
    "[port a10]\ntype = nic\nvlan = 10\n"
    "[port b10]\ntype = nic\nvlan = 10\n"
    "[port a20]\ntype = nic\nvlan = 20\n"
    "[port trunk]\ntype = nic\ntrunks = 10,21-29\nnative = 20\n"
    "[port all]\ntype = nic\n";

static const char *const names[] = {"a10", "b10", "a20", "trunk", "all"};

static struct sim *vlans(void)
{
    struct sim *s = sim_open(ini);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        sim_link_up(s, names[i]);
    return s;
}

/* What came out of a port: -1 nothing, -2 untagged, else the TCI; it must be
 * the frame of 'from' in every other byte. */
static int out(const struct sim *s, const char *port, uint8_t from)
{
    const struct sim_wire *wire = sim_sent(s, port);
    struct small_frame plain = frame_of(0xff, from, -1);
    const uint8_t *data;
    int tci;

    if (!wire->count)
        return -1;
    assert_int_equal(wire->count, 1);
    data = wire->frames[0].data;
    assert_memory_equal(data, plain.data, 12);
    if (data[12] != 0x81) {
        assert_int_equal(wire->frames[0].size, plain.size);
        assert_memory_equal(data, plain.data, plain.size);
        return -2;
    }
    tci = data[14] << 8 | data[15];
    assert_int_equal(data[13], 0);
    assert_memory_equal(data + 16, plain.data + 12, plain.size - 12);
    return tci;
}

static void each_frame_stays_in_its_vlan(void **state)
{
    enum { NOT = -1, BARE = -2, PRIO = 5 << 13 };
    static const struct {
        const char *in;
        int tag;
        int to[5]; /* a10 b10 a20 trunk all */
        enum drop_reason reason;
    } rows[] = {
        /* clang-format off */
        {"a10",   -1,        {NOT, BARE, NOT, 10, 10},               DROP_NONE     },
        {"a10",   PRIO,      {NOT, BARE, NOT, PRIO | 10, PRIO | 10}, DROP_NONE     },
        {"a10",   10,        {NOT, NOT, NOT, NOT, NOT},              DROP_VLAN     },
        {"a10",   20,        {NOT, NOT, NOT, NOT, NOT},              DROP_VLAN     },
        {"a20",   -1,        {NOT, NOT, NOT, BARE, 20},              DROP_NONE     },
        {"trunk", -1,        {NOT, NOT, BARE, NOT, 20},              DROP_NONE     },
        {"trunk", 10,        {BARE, BARE, NOT, NOT, 10},             DROP_NONE     },
        {"trunk", PRIO | 10, {BARE, BARE, NOT, NOT, PRIO | 10},      DROP_NONE     },
        {"trunk", 20,        {NOT, NOT, BARE, NOT, 20},              DROP_NONE     },
        {"trunk", 25,        {NOT, NOT, NOT, NOT, 25},               DROP_NONE     },
        {"trunk", 30,        {NOT, NOT, NOT, NOT, NOT},              DROP_VLAN     },
        {"all",   -1,        {NOT, NOT, NOT, NOT, NOT},              DROP_NO_MEMBER},
        {"all",   10,        {BARE, BARE, NOT, 10, NOT},             DROP_NONE     },
        {"all",   20,        {NOT, NOT, BARE, BARE, NOT},            DROP_NONE     },
        {"all",   99,        {NOT, NOT, NOT, NOT, NOT},              DROP_NO_MEMBER},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct sim *s = vlans();

        send_frame(s, rows[i].in, 0xff, 1, rows[i].tag);
        for (size_t j = 0; j < 5; j++)
            assert_int_equal(out(s, names[j], 1), rows[i].to[j]);
        if (rows[i].reason != DROP_NONE)
            assert_int_equal(sim_totals(s, rows[i].in).drops[rows[i].reason],
                             1);
        assert_true(sim_accounts_match(s));
        sim_close(s);
    }
}

/* Of those that are in the VLAN the reason speaks, not of others. */
static void why_a_flood_reaches_nobody_is_true(void **state)
{
    struct sim *s = vlans();
    struct bridge *b = sim_bridge(s);

    (void)state;
    for (size_t i = 0; i < 2; i++)
        sim_link_down(s, i ? "trunk" : "b10");
    send_frame(s, "a10", 0xff, 1, -1);
    assert_int_equal(sim_totals(s, "a10").forwarded, 1); /* all takes it */
    sim_link_down(s, "all");
    send_frame(s, "a10", 0xff, 1, -1);
    assert_int_equal(sim_totals(s, "a10").drops[DROP_NO_OUTPUT], 1);
    sim_link_up(s, "b10");
    assert_int_equal(port_control_modify(port_set_at(bridge_ports(b), 1),
                                         PORT_CONFIG_NO_FLOOD),
                     0);
    send_frame(s, "a10", 0xff, 1, -1);
    assert_int_equal(sim_totals(s, "a10").drops[DROP_NO_FLOOD], 1);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void addresses_are_learned_for_each_vlan(void **state)
{
    struct sim *s = vlans();

    (void)state;
    send_frame(s, "trunk", 9, 1, 10);
    sim_forget(s);
    send_frame(s, "a10", 1, 2, -1); /* known in VLAN 10 */
    assert_int_equal(sent_count(s, "trunk"), 1);
    assert_int_equal(sent_count(s, "b10") + sent_count(s, "all"), 0);
    sim_forget(s);
    send_frame(s, "a20", 1, 3, -1); /* not in VLAN 20 */
    assert_int_equal(sent_count(s, "trunk"), 1);
    assert_int_equal(sent_count(s, "all"), 1);
    sim_close(s);
}

/* With a tag of 4 bytes a frame of 60 is long enough; without it it is padded.
 */
static void a_frame_that_loses_its_tag_is_no_runt(void **state)
{
    struct sim *s = vlans();
    struct small_frame f = frame_of(0xff, 1, 10);

    (void)state;
    f.size = 60;
    sim_receive(s, "trunk", f.data, f.size);
    sim_run(s);
    assert_int_equal(sim_sent(s, "a10")->frames[0].size, 60);
    assert_int_equal(sim_sent(s, "all")->frames[0].size, 60);
    sim_close(s);
}

static void without_vlans_a_tag_is_kept_bit_for_bit(void **state)
{
    static const uint16_t types[] = {0x8100, 0x88a8};
    struct sim *s =
        sim_open("[port em1]\ntype = nic\n[port em2]\ntype = nic\n");

    (void)state;
    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    for (size_t i = 0; i < 2; i++) {
        struct small_frame f = frame_of(0xff, 1, 0xfabc);

        f.data[12] = (uint8_t)(types[i] >> 8);
        f.data[13] = (uint8_t)types[i];
        sim_forget(s);
        sim_receive(s, "em1", f.data, f.size);
        sim_run(s);
        assert_int_equal(sent_count(s, "em2"), 1);
        assert_int_equal(sim_sent(s, "em2")->frames[0].size, f.size);
        assert_memory_equal(sim_sent(s, "em2")->frames[0].data, f.data, f.size);
    }
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_frame_stays_in_its_vlan),
        cmocka_unit_test(why_a_flood_reaches_nobody_is_true),
        cmocka_unit_test(addresses_are_learned_for_each_vlan),
        cmocka_unit_test(a_frame_that_loses_its_tag_is_no_runt),
        cmocka_unit_test(without_vlans_a_tag_is_kept_bit_for_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
