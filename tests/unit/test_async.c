/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is told of what: by role, mask, version and rate; a packet-in has the
 * frame as it would be on the wire, whole or the begin of a buffered one.
 */
#include "control/async.h"

#include <arpa/inet.h>

#include "base/array.h"
#include "control/packet_buffers.h"
#include "openflow/of_packet.h"
#include "tests/unit/control_lab.h"

static struct packet_in next_packet_in(struct lab *l, size_t peer)
{
    struct reader r = lab_hears_kind(l, peer, OF_PACKET_IN);
    struct packet_in in;

    assert_int_equal(
        of_packet_read_in(l->peers[peer].c.version, OF_PACKET_IN, &r, &in),
        FLOW_OK);
    return in;
}

static void a_miss_goes_to_versions_before_13_alone(void **state)
{
    struct lab *l = lab_open(OF10);
    struct packet_in in;

    (void)state;
    lab_join(l, 1, OF13, false);
    lab_frame(l, 1, LAB_UDP);
    lab_hears_nothing(l, 1);
    in = next_packet_in(l, 0);
    assert_int_equal(in.buffer_id, 0);
    assert_int_equal(in.total_size, 60);
    assert_int_equal(in.size, 60);
    assert_int_equal(in.reason, PACKET_IN_NO_ENTRY);
    assert_int_equal(ntohl(in.match.key.in_port), 1);
    lab_hears_nothing(l, 0);
    /* With nobody of an old version they are dropped. */
    lab_leave(l, 0);
    lab_frame(l, 1, LAB_UDP);
    lab_hears_nothing(l, 0);
    lab_hears_nothing(l, 1);
    lab_close(l);
}

static void as_much_is_sent_as_was_asked_for(void **state)
{
    static const struct {
        const char *flow;
        uint16_t miss_send_len;
        uint32_t buffer_id;
        size_t size;
    } rows[] = {
        /* clang-format off */
        {NULL,                       20,     0,                20},
        {NULL,                       0,      0,                0 },
        {NULL,                       0xffff, PACKET_NO_BUFFER, 60},
        {"actions=controller:30",    0,      0,                30},
        {"actions=controller",       128,    PACKET_NO_BUFFER, 60},
        {"actions=controller:10000", 128,    0,                60},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lab *l = lab_open(OF10);
        struct packet_in in;

        l->peers[0].c.miss_send_len = rows[i].miss_send_len;
        if (rows[i].flow)
            lab_add_flow(l, 0, rows[i].flow);
        lab_frame(l, 2, LAB_UDP);
        in = next_packet_in(l, 0);
        assert_int_equal(in.buffer_id, rows[i].buffer_id);
        assert_int_equal(in.size, rows[i].size);
        assert_int_equal(in.total_size, 60);
        lab_hears_nothing(l, 0);
        lab_close(l);
    }
}

/* Who wants nothing of the frame gets as little as NXT_PACKET_IN2 can have. */
static void nicira_s_second_form_has_some_of_the_frame(void **state)
{
    struct lab *l = lab_open(OF13);
    struct packet_in in;
    struct reader r;

    (void)state;
    l->peers[0].c.packet_in_format = PACKET_IN_NXT2;
    lab_add_flow(l, 0, "actions=controller:0");
    lab_frame(l, 2, LAB_UDP);
    r = lab_hears_kind(l, 0, OF_NX_PACKET_IN2);
    assert_int_equal(of_packet_read_in(OF13, OF_NX_PACKET_IN2, &r, &in),
                     FLOW_OK);
    assert_int_equal(in.buffer_id, 0);
    assert_int_equal(in.size, 14);
    assert_int_equal(in.total_size, 60);
    lab_close(l);
}

static void without_a_buffer_the_whole_frame_is_sent(void **state)
{
    struct lab *l = lab_open(OF10);
    struct packet_in in;

    (void)state;
    packet_buffers_free(l->s.buffers);
    l->s.buffers = packet_buffers_create(0);
    l->peers[0].c.miss_send_len = 20;
    lab_frame(l, 1, LAB_UDP);
    in = next_packet_in(l, 0);
    assert_int_equal(in.buffer_id, PACKET_NO_BUFFER);
    assert_int_equal(in.size, 60);
    lab_close(l);
}

static void reasons_are_told_and_masked(void **state)
{
    struct lab *l = lab_open(OF13);
    struct packet_in in;

    (void)state;
    lab_join(l, 1, OF14, false);
    lab_join(l, 2, OF13, false);
    l->peers[2].c.role = ROLE_SLAVE;
    lab_add_flow(l, 0, "cookie=9,priority=0,actions=controller:65535");
    lab_frame(l, 1, LAB_UDP);
    in = next_packet_in(l, 0);
    assert_int_equal(in.reason, PACKET_IN_TABLE_MISS);
    assert_int_equal(in.cookie, 9);
    assert_int_equal(in.table, 0);
    in = next_packet_in(l, 1);
    assert_int_equal(in.reason, PACKET_IN_TABLE_MISS);
    lab_hears_nothing(l, 2);

    lab_add_flow(l, 0,
                 "priority=5,in_port=2,actions=write_actions(controller)");
    lab_frame(l, 2, LAB_UDP);
    in = next_packet_in(l, 0);
    assert_int_equal(in.reason, PACKET_IN_APPLY_ACTION);
    in = next_packet_in(l, 1);
    assert_int_equal(in.reason, PACKET_IN_ACTION_SET);

    /* No packet-in of actions any more. */
    lab_say(l, 0,
            "04 1c 0020 00000002 00000001 00000000 00000007 00000007"
            "0000000f 00000000");
    lab_frame(l, 2, LAB_UDP);
    lab_hears_nothing(l, 0);
    next_packet_in(l, 1);
    /* Invalid TTL only where it was asked for. */
    lab_add_flow(l, 0,
                 "priority=6,ip,nw_ttl=64,actions=set_field:1->nw_ttl,"
                 "dec_ttl,output:2");
    lab_frame(l, 1, LAB_UDP);
    lab_hears_nothing(l, 0);
    lab_hears_nothing(l, 1);
    lab_say(l, 0,
            "04 1c 0020 00000002 00000005 00000000 00000007 00000007"
            "0000000f 00000000");
    lab_frame(l, 1, LAB_UDP);
    in = next_packet_in(l, 0);
    assert_int_equal(in.reason, PACKET_IN_INVALID_TTL);
    lab_hears_nothing(l, 1);
    lab_close(l);
}

static void who_came_to_us_is_told_once_it_asks(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_join(l, 1, OF10, true);
    lab_leave(l, 0);
    lab_frame(l, 1, LAB_UDP);
    lab_hears_nothing(l, 1);
    lab_say(l, 1, "01 09 000c 0000000b 0000 ffff");
    lab_frame(l, 1, LAB_UDP);
    next_packet_in(l, 1);
    lab_close(l);
}

static void nicira_s_form_is_sent_to_who_wants_it(void **state)
{
    struct lab *l = lab_open(OF10);
    struct reader r;
    struct packet_in in;

    (void)state;
    lab_say(l, 0, "01 04 0014 00000001 00002320 00000010 00000001");
    lab_frame(l, 3, LAB_UDP);
    r = lab_hears_kind(l, 0, OF_NX_PACKET_IN);
    assert_int_equal(of_packet_read_in(OF10, OF_NX_PACKET_IN, &r, &in),
                     FLOW_OK);
    assert_int_equal(in.total_size, 60);
    assert_int_equal(ntohl(in.match.key.in_port), 3);
    lab_close(l);
}

/* The upcall of a frame, as a worker makes it. */
static struct upcall *make_upcall(const char *hex, struct virtio_net_hdr vnet)
{
    struct upcall *u = calloc(1, sizeof(*u) + strlen(hex) / 2);

    assert_non_null(u);
    u->size = hex_to_bytes(hex, upcall_bytes(u));
    u->vnet = vnet;
    u->cookie = UINT64_MAX;
    u->max_len = 0xffff;
    u->reason = PACKET_IN_APPLY_ACTION;
    u->key.in_port = htonl(1);
    return u;
}

static void a_checksum_that_is_not_there_is_completed(void **state)
{
    struct lab *l = lab_open(OF13);
    /* UDP with the sum of the pseudo-header in the checksum's place. */
    struct upcall *u = make_upcall(
        "020000000102 020000000101 0800 45000020000040004011 26cb 0a000001"
        "0a000002 03e8 07d0 000c 1420 01020304",
        (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
                                .csum_start = 34,
                                .csum_offset = 6});
    struct packet_in in;

    (void)state;
    async_packet_in(&l->s, u, l->now_ms);
    in = next_packet_in(l, 0);
    /* And padded. */
    assert_int_equal(in.size, 60);
    assert_int_equal(in.total_size, 60);
    assert_memory_equal(in.data + 40, "\xdc\x15", 2);
    assert_memory_equal(in.data + 42, "\x01\x02\x03\x04\0\0", 6);
    free(u);
    lab_close(l);
}

static void a_super_frame_is_sent_in_segments(void **state)
{
    struct lab *l = lab_open(OF13);
    /* TCP with 12 bytes, 5 a segment. */
    struct upcall *u = make_upcall(
        "020000000102 020000000101 0800 45000034000040004006 26c2 0a000001"
        "0a000002 03e8 07d0 00000001 00000002 5018 1000 0000 0000"
        "000102030405060708090a0b",
        (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
                                .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
                                .hdr_len = 54,
                                .gso_size = 5,
                                .csum_start = 34,
                                .csum_offset = 16});

    (void)state;
    async_packet_in(&l->s, u, l->now_ms);
    for (size_t i = 0; i < 3; i++) {
        struct packet_in in = next_packet_in(l, 0);

        assert_int_equal(in.buffer_id, PACKET_NO_BUFFER);
        assert_int_equal(in.data[54], i * 5);
        assert_int_equal(in.total_size, in.size);
    }
    lab_hears_nothing(l, 0);
    /* Buffered, it is one frame. */
    u->max_len = 40;
    async_packet_in(&l->s, u, l->now_ms);
    assert_int_equal(next_packet_in(l, 0).total_size, 66);
    lab_hears_nothing(l, 0);
    free(u);
    lab_close(l);
}

static void what_is_above_the_rate_is_counted(void **state)
{
    struct lab *l = lab_open(OF10);
    struct async_counts *counts = &l->peers[0].c.counts;

    (void)state;
    l->peers[0].c.packet_in_limit = token_buckets_of(10, 4);
    for (int i = 0; i < 20; i++)
        lab_frame(l, 1, LAB_UDP);
    assert_in_range(counts->packet_ins, 1, 4);
    assert_int_equal(counts->packet_ins + counts->limited, 20);
    /* Another port has its share. */
    lab_frame(l, 2, LAB_UDP);
    assert_int_equal(counts->limited + counts->packet_ins, 21);
    assert_in_range(counts->packet_ins, 2, 5);
    l->now_ms += 10000;
    l->peers[0].is_congested = true;
    lab_frame(l, 1, LAB_UDP);
    assert_int_equal(counts->congested, 1);
    lab_close(l);
}

static void removed_entries_are_told_where_it_was_asked_for(void **state)
{
    struct lab *l = lab_open(OF10);
    struct reader r;

    (void)state;
    lab_add_flow(l, 0, "in_port=1,actions=drop");
    lab_add_flow(l, 0,
                 "send_flow_rem,cookie=4,in_port=2,idle_timeout=10,"
                 "actions=drop");
    lab_flow_mod(l, 0, FLOW_MOD_DELETE, "in_port=1");
    lab_hears_nothing(l, 0);
    l->now_ms += 15000;
    flow_tables_expire(datapath_tables(l->s.datapath), l->now_ms, 10);
    r = lab_hears_kind(l, 0, OF_FLOW_REMOVED);
    read_bytes(&r, 40);
    assert_int_equal(read_u64(&r), 4);
    assert_int_equal(read_u16(&r), 0x8000);
    assert_int_equal(read_u8(&r), 0);
    read_u8(&r);
    assert_int_equal(read_u32(&r), 15);
    lab_hears_nothing(l, 0);
    lab_close(l);
}

static void ports_are_told_to_slaves_too(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_join(l, 1, OF13, false);
    l->peers[1].c.role = ROLE_SLAVE;
    lab_join(l, 2, OF13, true);
    async_port_status(&l->s, PORT_REASON_MODIFY, &l->ports[0].desc, false);
    lab_hears_kind(l, 0, OF_PORT_STATUS);
    lab_hears_kind(l, 1, OF_PORT_STATUS);
    lab_hears_nothing(l, 2);
    lab_close(l);
}

/* Before 1.5 who sets a port's configuration is not told of it; it is of what
 * comes of that, and all others are of both. */
static void who_changed_a_port_is_not_told(void **state)
{
    static const enum of_version versions[] = {OF10, OF13, OF14, OF15};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (int is_of_config = 0; is_of_config < 2; is_of_config++) {
            struct lab *l = lab_open(versions[i]);

            lab_join(l, 1, OF13, false);
            l->s.port_changer = &l->peers[0].c;
            async_port_status(&l->s, PORT_REASON_MODIFY, &l->ports[0].desc,
                              is_of_config);
            lab_hears_kind(l, 1, OF_PORT_STATUS);
            if (!is_of_config || versions[i] == OF15)
                lab_hears_kind(l, 0, OF_PORT_STATUS);
            lab_hears_nothing(l, 0);
            lab_close(l);
        }
}

#define ASK_1_5 "06 1c 0018 00000001 000a 0008 00000003 000b 0008 00000003"
#define GROUP_13                                                               \
    "04 0f 0028 0000000a 0000 00 00 00000007"                                  \
    "0018 0000 ffffffff ffffffff 00000000 0012 0008 00000000"
#define GROUP_15                                                               \
    "06 0f 0028 0000000a 0000 00 00 00000007 0010 0000 ffffffff"               \
    "0010 0008 00000000 0012 0008 00000000"
#define METER                                                                  \
    "1d 0020 0000000b 0000 0001 00000009 0001 0010 000003e8"                   \
    "00000000 00000000"

/* What one controller does to groups and meters is told to the others that want
 * it, as they would say it; what fails, and to who did it, is not. */
static void requests_of_others_are_forwarded(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    lab_join(l, 1, OF15, false);
    lab_join(l, 2, OF14, false);
    lab_say(l, 1, ASK_1_5);
    lab_say(l, 0, GROUP_13);
    lab_hears(l, 1, "06 20 0030 00000000" GROUP_15);
    lab_say(l, 0, GROUP_13); /* It is there. */
    lab_hears_error(l, 0, 6, 0);
    lab_say(l, 0, "04" METER);
    lab_hears(l, 1, "06 20 0028 00000000 06" METER);
    lab_say(l, 1, "06 1d 0010 0000000b 0002 0001 00000009");
    for (size_t i = 0; i < 3; i++)
        lab_hears_nothing(l, i);
    /* Slaves have a mask of their own. */
    l->peers[1].c.role = ROLE_SLAVE;
    lab_say(l, 0, "04 0f 0010 0000000a 0002 00 00 00000007");
    lab_hears(l, 1,
              "06 20 0020 00000000 06 0f 0018 0000000a 0002 00 00 00000007"
              "0000 0000 ffffffff");
    l->peers[1].c.async.requestforward[1] = 0;
    lab_say(l, 0, GROUP_13);
    lab_hears_nothing(l, 1);
    lab_close(l);
}

/* Kinds of messages that are never sent here cannot be asked for. */
static void what_is_never_sent_is_refused(void **state)
{
    static const struct {
        const char *property;
        bool is_refused;
    } rows[] = {
        {"0009 0008 00000018", true},  {"0008 0008 00000008", true},
        {"000d 0008 00000001", true},  {"000f 0008 00000001", true},
        {"0009 0008 00000000", false}, {"000f 0008 00000000", false},
        {"000b 0008 00000003", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lab *l = lab_open(OF15);
        char message[80];

        snprintf(message, sizeof(message), "06 1c 0018 00000001 %s%s",
                 "0005 0008 00000001", rows[i].property);
        lab_say(l, 0, message);
        if (rows[i].is_refused)
            lab_hears_error(l, 0, 15, 1);
        lab_hears_nothing(l, 0);
        /* All of it or nothing. */
        assert_int_equal(l->peers[0].c.async.flow_removed[0],
                         rows[i].is_refused ? 0x3f : 0x01);
        lab_close(l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_miss_goes_to_versions_before_13_alone),
        cmocka_unit_test(as_much_is_sent_as_was_asked_for),
        cmocka_unit_test(nicira_s_second_form_has_some_of_the_frame),
        cmocka_unit_test(without_a_buffer_the_whole_frame_is_sent),
        cmocka_unit_test(reasons_are_told_and_masked),
        cmocka_unit_test(who_came_to_us_is_told_once_it_asks),
        cmocka_unit_test(nicira_s_form_is_sent_to_who_wants_it),
        cmocka_unit_test(a_checksum_that_is_not_there_is_completed),
        cmocka_unit_test(a_super_frame_is_sent_in_segments),
        cmocka_unit_test(what_is_above_the_rate_is_counted),
        cmocka_unit_test(removed_entries_are_told_where_it_was_asked_for),
        cmocka_unit_test(ports_are_told_to_slaves_too),
        cmocka_unit_test(who_changed_a_port_is_not_told),
        cmocka_unit_test(requests_of_others_are_forwarded),
        cmocka_unit_test(what_is_never_sent_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
