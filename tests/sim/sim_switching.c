/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The learning bridge: an address is learned where it is seen, forgotten when
 * it is old or its port goes; a full table is fair; what other bridges keep to
 * themselves is not forwarded; every frame is accounted for.
 */
#include "base/array.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"

static const char three_ports[] = "[port em1]\ntype = nic\n"
                                  "[port em2]\ntype = nic\n"
                                  "[port tap0]\ntype = tap\n";

static struct sim *three(void)
{
    struct sim *s = sim_open(three_ports);

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    return s;
}

static void assert_sent(const struct sim *s, size_t em1, size_t em2,
                        size_t tap0)
{
    assert_int_equal(sent_count(s, "em1"), em1);
    assert_int_equal(sent_count(s, "em2"), em2);
    assert_int_equal(sent_count(s, "tap0"), tap0);
}

static void floods_until_it_has_learned(void **state)
{
    struct sim *s = three();

    (void)state;
    send_frame(s, "em1", 2, 1, -1);
    assert_sent(s, 0, 1, 1);
    send_frame(s, "em2", 1, 2, -1);
    assert_sent(s, 1, 1, 1);
    send_frame(s, "em1", 2, 1, -1);
    assert_sent(s, 1, 2, 1);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void broadcasts_to_all_but_the_in_port(void **state)
{
    struct sim *s = three();

    (void)state;
    send_frame(s, "tap0", 0xff, 3, -1);
    assert_sent(s, 1, 1, 0);
    sim_close(s);
}

static void a_multicast_source_is_not_learned(void **state)
{
    struct sim *s = three();
    struct small_frame f = frame_of(0xff, 1, -1);

    (void)state;
    f.data[6] |= 1;
    sim_receive(s, "em1", f.data, f.size);
    sim_run(s);
    assert_int_equal(
        mac_table_count(datapath_mac_table(bridge_datapath(sim_bridge(s)))), 0);
    sim_close(s);
}

static void drops_what_would_go_back(void **state)
{
    struct sim *s = three();

    (void)state;
    send_frame(s, "em1", 9, 1, -1);
    send_frame(s, "em1", 9, 2, -1);
    sim_forget(s);
    send_frame(s, "em1", 1, 2, -1);
    assert_sent(s, 0, 0, 0);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_SAME_PORT], 1);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void an_address_that_moves_is_followed(void **state)
{
    struct sim *s = three();

    (void)state;
    send_frame(s, "em1", 9, 1, -1);
    send_frame(s, "em2", 9, 1, -1);
    sim_forget(s);
    send_frame(s, "tap0", 1, 3, -1);
    assert_sent(s, 0, 1, 0);
    sim_close(s);
}

static void forgets_what_is_old_and_keeps_what_is_used(void **state)
{
    struct sim *s = three();

    (void)state;
    send_frame(s, "em1", 9, 1, -1);
    send_frame(s, "em2", 9, 2, -1);
    sim_pass_ms(s, 200000);
    send_frame(s, "em1", 9, 1, -1);
    sim_pass_ms(s, 102000);
    sim_forget(s);
    send_frame(s, "tap0", 1, 3, -1); /* used 102 s ago: known */
    assert_sent(s, 1, 0, 0);
    send_frame(s, "tap0", 2, 3, -1); /* unused for 302 s: flooded */
    assert_sent(s, 2, 1, 0);
    sim_close(s);
}

static void forgets_a_port_that_loses_its_link(void **state)
{
    struct sim *s = three();

    (void)state;
    send_frame(s, "em1", 9, 1, -1);
    sim_link_down(s, "em1");
    sim_link_up(s, "em1");
    sim_forget(s);
    send_frame(s, "tap0", 1, 3, -1);
    assert_sent(s, 1, 1, 0);
    sim_close(s);
}

static void a_full_table_takes_from_the_port_with_most(void **state)
{
    struct sim *s =
        sim_open("[bridge]\nmac-table-size = 16\n[port em1]\ntype = nic\n"
                 "[port em2]\ntype = nic\n[port tap0]\ntype = tap\n");

    (void)state;
    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    send_frame(s, "em2", 9, 200, -1);
    for (uint8_t i = 1; i <= 100; i++)
        send_frame(s, "em1", 9, i, -1);
    sim_forget(s);
    send_frame(s, "tap0", 200, 250, -1); /* em2's only one is still known */
    assert_sent(s, 0, 1, 0);
    send_frame(s, "tap0", 100, 250, -1); /* em1's newest too */
    assert_sent(s, 1, 1, 0);
    send_frame(s, "tap0", 1, 250, -1); /* em1's oldest is gone */
    assert_sent(s, 2, 2, 0);
    assert_int_equal(
        mac_table_count(datapath_mac_table(bridge_datapath(sim_bridge(s)))),
        16);
    sim_close(s);
}

static void reserved_addresses_stay_here(void **state)
{
    static const uint64_t reserved[] = {
        0x0180c2000000, 0x0180c200000e, 0x0180c200000f, 0x00e02b000000,
        0x00e02b000004, 0x00e02b000006, 0x01000c000000, 0x01000ccccccc,
        0x01000ccccccd, 0x01000ccdcdcd, 0x01000cccccc0, 0x01000cccccc7};
    static const uint64_t open[] = {0x0180c2000010, 0x00e02b000001,
                                    0x01000c000001, 0x01000cccccc8,
                                    0x01005e000001};
    const size_t closed_count = ARRAY_SIZE(reserved);
    const size_t open_count = ARRAY_SIZE(open);
    struct sim *s = three();

    (void)state;
    for (size_t i = 0; i < closed_count + open_count; i++) {
        struct small_frame f = frame_of(0, 1, -1);
        uint64_t to = i < closed_count ? reserved[i] : open[i - closed_count];

        for (int byte = 0; byte < 6; byte++)
            f.data[byte] = (uint8_t)(to >> (40 - 8 * byte));
        sim_receive(s, "em1", f.data, f.size);
        sim_run(s);
    }
    assert_int_equal(sim_totals(s, "em1").drops[DROP_RESERVED], closed_count);
    assert_sent(s, 0, open_count, open_count);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void a_reserved_frame_is_not_learned_from(void **state)
{
    struct sim *s = three();
    struct small_frame f = frame_of(0, 1, -1);

    (void)state;
    memcpy(f.data, (uint8_t[]){0x01, 0x80, 0xc2, 0, 0, 0}, 6);
    sim_receive(s, "em1", f.data, f.size);
    sim_run(s);
    assert_int_equal(
        mac_table_count(datapath_mac_table(bridge_datapath(sim_bridge(s)))), 0);
    sim_close(s);
}

static void forward_bpdu_lets_them_pass(void **state)
{
    struct sim *s =
        sim_open("[bridge]\nforward-bpdu = yes\n"
                 "[port em1]\ntype = nic\n[port em2]\ntype = nic\n");
    struct small_frame f = frame_of(0, 1, -1);

    (void)state;
    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    memcpy(f.data, (uint8_t[]){0x01, 0x80, 0xc2, 0, 0, 0}, 6);
    sim_receive(s, "em1", f.data, f.size);
    sim_run(s);
    assert_int_equal(sent_count(s, "em2"), 1);
    sim_close(s);
}

static void every_end_of_a_frame_is_counted(void **state)
{
    struct sim *s = three();
    struct small_frame f = frame_of(2, 1, -1);
    uint8_t large[1600] = {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};

    (void)state;
    sim_receive(s, "em1", f.data, 13); /* runt */
    sim_receive(s, "em1", large, sizeof(large));
    sim_run(s);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_RUNT], 1);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_MTU], 1);
    assert_int_equal(sim_totals(s, "em2").tx_drops[DROP_MTU], 1);
    sim_block(s, "em2", true);
    sim_block(s, "tap0", true);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_TX_FULL], 1);
    sim_block(s, "tap0", false);
    send_frame(s, "em1", 2, 1, -1); /* one of two: forwarded */
    assert_int_equal(sim_totals(s, "em1").forwarded, 1);
    sim_link_down(s, "em2");
    sim_link_down(s, "tap0");
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_NO_OUTPUT], 1);
    assert_int_equal(sim_totals(s, "em1").rx_frames, 5);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void a_super_frame_counts_by_its_segments(void **state)
{
    struct sim *s = three();
    uint8_t data[9014] = {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0x08, 0x00, 0x45};
    struct virtio_net_hdr vnet = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
        .hdr_len = 54,
        .gso_size = 1460,
        .csum_start = 34,
        .csum_offset = 16,
    };

    (void)state;
    data[16] = 9000 >> 8; /* IPv4's total length */
    data[17] = 9000 & 0xff;
    data[23] = 6;           /* TCP */
    data[34 + 12] = 5 << 4; /* TCP's header has 20 bytes */
    /* The sum of the pseudo-header: 6, and 8980 bytes. */
    data[34 + 16] = 8986 >> 8;
    data[34 + 17] = 8986 & 0xff;
    sim_receive_vnet(s, "em1", data, sizeof(data), &vnet);
    sim_run(s);
    assert_sent(s, 0, 1, 1);
    assert_int_equal(sim_sent(s, "em2")->frames[0].size, sizeof(data));
    assert_memory_equal(&sim_sent(s, "em2")->frames[0].vnet, &vnet,
                        sizeof(vnet));
    vnet.gso_size = 1461;
    sim_receive_vnet(s, "em1", data, sizeof(data), &vnet);
    sim_run(s);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_MTU], 1);
    sim_close(s);
}

static void secure_without_a_controller_forwards_nothing(void **state)
{
    struct sim *s =
        sim_open("[bridge]\nfail-mode = secure\n"
                 "[port em1]\ntype = nic\n[port em2]\ntype = nic\n");

    (void)state;
    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    send_frame(s, "em1", 0xff, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 0);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_NO_MATCH], 1);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void standalone_is_a_flow_entry_that_counts(void **state)
{
    struct sim *s = three();
    struct flow_tables *t = datapath_tables(bridge_datapath(sim_bridge(s)));
    struct flow_key any = {.in_port = 0};
    const struct flow_entry *e = flow_tables_find(t, 0, &any);

    (void)state;
    assert_non_null(e);
    assert_int_equal(e->priority, 0);
    send_frame(s, "em1", 2, 1, -1);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(flow_tables_usage(t, e).packets, 2);
    assert_int_equal(flow_tables_usage(t, e).bytes, 120);
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floods_until_it_has_learned),
        cmocka_unit_test(broadcasts_to_all_but_the_in_port),
        cmocka_unit_test(a_multicast_source_is_not_learned),
        cmocka_unit_test(drops_what_would_go_back),
        cmocka_unit_test(an_address_that_moves_is_followed),
        cmocka_unit_test(forgets_what_is_old_and_keeps_what_is_used),
        cmocka_unit_test(forgets_a_port_that_loses_its_link),
        cmocka_unit_test(a_full_table_takes_from_the_port_with_most),
        cmocka_unit_test(reserved_addresses_stay_here),
        cmocka_unit_test(a_reserved_frame_is_not_learned_from),
        cmocka_unit_test(forward_bpdu_lets_them_pass),
        cmocka_unit_test(every_end_of_a_frame_is_counted),
        cmocka_unit_test(a_super_frame_counts_by_its_segments),
        cmocka_unit_test(secure_without_a_controller_forwards_nothing),
        cmocka_unit_test(standalone_is_a_flow_entry_that_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
