/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every frame of a batch has one disposition: sent by some port, else consumed,
 * else dropped for the first reason; and what waits in a queue is sent in
 * order, whole, before its memory is used again.
 */
#include "base/array.h"
#include "datapath/outbox.h"
#include "tests/unit/fake_queue.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/test.h"

enum { PORTS = 3, WORKER = 1, SIZE = 60 };

static struct port_counters counters[PORTS][WORKERS_MAX];
static struct fake_queue queues[PORTS];
static struct datapath_port ports[PORTS];
static uint8_t bytes[QUEUE_BATCH][SIZE];
static struct frame frames[QUEUE_BATCH];
static struct outbox *o;

static int begin(void **state)
{
    (void)state;
    memset(counters, 0, sizeof(counters));
    for (uint16_t i = 0; i < PORTS; i++) {
        fake_queue_init(&queues[i]);
        ports[i] = (struct datapath_port){
            .index = i,
            .link = {.is_up = true, .mtu = 1500, .counters = counters[i]}};
        ports[i].link.queues[WORKER] = &queues[i].queue;
    }
    for (uint8_t i = 0; i < QUEUE_BATCH; i++) {
        memset(bytes[i], i, SIZE);
        frames[i] = (struct frame){.data = bytes[i], .size = SIZE};
    }
    o = outbox_create(WORKER);
    assert_non_null(o);
    outbox_begin(o, &ports[0], QUEUE_BATCH);
    return 0;
}

static int end(void **state)
{
    (void)state;
    outbox_free(o);
    return 0;
}

static struct port_counters *counts(unsigned int port)
{
    return &counters[port][WORKER];
}

static void a_batch_is_sent_in_order_at_once(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 10; i++)
        outbox_add(o, &ports[1], &frames[i], i);
    assert_int_equal(queues[1].count, 0);
    outbox_flush(o);
    assert_int_equal(queues[1].count, 10);
    assert_int_equal(queues[1].batches, 1);
    for (uint8_t i = 0; i < 10; i++) {
        assert_int_equal(queues[1].sent[i].size, SIZE);
        assert_int_equal(queues[1].sent[i].data[0], i);
    }
    assert_int_equal(counts(1)->tx_frames, 10);
    assert_int_equal(counts(1)->tx_bytes, 10 * SIZE);
    assert_int_equal(counts(0)->forwarded, 10);
    assert_int_equal(counts(0)->drops[DROP_ACTION], QUEUE_BATCH - 10);
}

static void a_full_queue_is_sent_early(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < QUEUE_BATCH + 5; i++)
        outbox_add(o, &ports[1], &frames[i % 4], i % 4);
    assert_int_equal(queues[1].count, QUEUE_BATCH);
    outbox_flush(o);
    assert_int_equal(queues[1].count, QUEUE_BATCH + 5);
    assert_int_equal(queues[1].batches, 2);
    assert_int_equal(counts(0)->forwarded, 4);
}

/* What happened to a frame, and the one way in which it is counted. */
static void each_frame_has_one_disposition(void **state)
{
    (void)state;
    outbox_begin(o, &ports[0], 5);
    outbox_add(o, &ports[1], &frames[0], 0); /* sent beats all */
    outbox_consumed(o, 0);
    outbox_dropped(o, 0, DROP_METER);
    outbox_dropped(o, 1, DROP_METER); /* consumed beats dropped */
    outbox_consumed(o, 1);
    outbox_dropped(o, 2, DROP_METER); /* the first reason counts */
    outbox_dropped(o, 2, DROP_TTL);
    outbox_add(o, &ports[1], &frames[3], 3); /* twice, once refused */
    outbox_add(o, &ports[2], &frames[3], 3);
    queues[1].refused = 1;
    outbox_flush(o);
    assert_int_equal(counts(0)->forwarded, 2);
    assert_int_equal(counts(0)->consumed, 1);
    assert_int_equal(counts(0)->drops[DROP_METER], 1);
    assert_int_equal(counts(0)->drops[DROP_TTL], 0);
    assert_int_equal(counts(0)->drops[DROP_ACTION], 1);
    assert_int_equal(counts(0)->drops[DROP_TX_FULL], 0);
    assert_int_equal(counts(1)->tx_drops[DROP_TX_FULL], 1);
    assert_int_equal(counts(1)->tx_frames, 1);
    assert_int_equal(counts(2)->tx_frames, 1);
}

static void what_the_queue_refuses_is_dropped_for_its_reason(void **state)
{
    (void)state;
    outbox_begin(o, &ports[0], 3);
    for (unsigned int i = 0; i < 3; i++)
        outbox_add(o, &ports[1], &frames[i], i);
    queues[1].refused = 1;
    outbox_flush(o);
    assert_int_equal(counts(0)->forwarded, 2);
    assert_int_equal(counts(0)->drops[DROP_TX_FULL], 1);
    assert_int_equal(counts(1)->tx_frames, 2);
}

static void obstacles_are_named(void **state)
{
    static const struct {
        bool is_down, has_no_queue, has_no_fwd;
        uint32_t mtu;
        enum drop_reason reason;
    } rows[] = {
        /* clang-format off */
        {true,  false, false, 1500,      DROP_PORT_DOWN  },
        {false, true,  false, 1500,      DROP_PORT_DOWN  },
        {false, false, true,  1500,      DROP_PORT_NO_FWD},
        {false, false, false, SIZE - 15, DROP_MTU        },
        {false, false, false, SIZE - 14, DROP_NONE       },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct datapath_port port = ports[1];

        port.link.is_up = !rows[i].is_down;
        port.has_no_fwd = rows[i].has_no_fwd;
        port.link.mtu = rows[i].mtu;
        if (rows[i].has_no_queue)
            port.link.queues[WORKER] = NULL;
        memset(counters, 0, sizeof(counters));
        outbox_begin(o, &ports[0], 1);
        outbox_add(o, &port, &frames[1], 0);
        outbox_flush(o);
        assert_int_equal(counts(0)->forwarded, rows[i].reason == DROP_NONE);
        if (rows[i].reason != DROP_NONE) {
            assert_int_equal(counts(0)->drops[rows[i].reason], 1);
            assert_int_equal(counts(1)->tx_drops[rows[i].reason], 1);
        }
    }
}

static void a_copy_may_be_edited_while_the_original_waits(void **state)
{
    struct frame *copy;

    (void)state;
    frames[0].l3 = 14;
    frames[0].l4 = 34;
    frames[0].vnet.csum_start = 34;
    outbox_add(o, &ports[1], &frames[0], 0);
    copy = outbox_copy(o, &frames[0]);
    assert_int_equal(copy->size, SIZE);
    assert_int_equal(copy->l3, 14);
    assert_int_equal(copy->l4, 34);
    assert_int_equal(copy->vnet.csum_start, 34);
    assert_memory_equal(copy->data, bytes[0], SIZE);
    memset(copy->data - copy->headroom, 0xee,
           copy->headroom + SIZE + copy->tailroom);
    assert_true(copy->headroom >= FRAME_HEADROOM);
    outbox_add(o, &ports[1], copy, 0);
    outbox_flush(o);
    assert_int_equal(queues[1].sent[0].data[0], 0);
    assert_int_equal(queues[1].sent[1].data[0], 0xee);
}

/* A frame that wants too many copies gets no more; what waits is untouched, and
 * the next frame finds room. */
static void copies_end_and_come_back(void **state)
{
    struct frame *first = outbox_copy(o, &frames[7]), *more;
    unsigned int count = 1;

    (void)state;
    outbox_add(o, &ports[1], first, 7);
    while ((more = outbox_copy(o, &frames[8]))) {
        assert_true(++count < 100000);
        memset(more->data, 0xdd, more->size);
    }
    assert_true(count >= PORTS_MAX);
    assert_int_equal(queues[1].count, 0);
    outbox_make_room(o); /* sends what waits, to have its memory */
    assert_int_equal(queues[1].count, 1);
    assert_int_equal(queues[1].sent[0].data[0], 7);
    more = outbox_copy(o, &frames[9]);
    assert_non_null(more);
    outbox_add(o, &ports[2], more, 9);
    outbox_flush(o);
    assert_int_equal(queues[2].sent[0].data[0], 9);
    assert_int_equal(counts(0)->forwarded, 2);
}

/* 25 bytes of TCP over IPv4; to be given to frame_hex_free. */
static struct frame make_super(const char *ethertype, const char *payload)
{
    char hex[512];
    struct frame f;

    snprintf(hex, sizeof(hex),
             "020000000002 020000000001 %s"
             "45000041 00010000 40060000 0a000001 0a000002"
             "03e8 07d0 00000001 00000000 50100100 14360000 %s",
             ethertype, payload);
    f = frame_from_hex(hex);
    f.l3 = (uint16_t)(f.size - 65);
    f.l4 = f.l3 + 20;
    f.vnet = (struct virtio_net_hdr){
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
        .hdr_len = f.l4 + 20,
        .gso_size = 10,
        .csum_start = f.l4,
        .csum_offset = 16,
    };
    return f;
}

static const char payload[] =
    "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18";

/* Under an MPLS label the kernel would not segment it: TCP, 10 bytes each. */
static void a_super_frame_under_a_label_leaves_in_segments(void **state)
{
    struct frame f = make_super("8847 00064140", payload);

    (void)state;
    outbox_begin(o, &ports[0], 1);
    outbox_add(o, &ports[1], &f, 0);
    outbox_flush(o);
    assert_int_equal(queues[1].count, 3);
    assert_int_equal(queues[1].sent[0].size, 68);
    assert_int_equal(queues[1].sent[2].size, 63);
    assert_int_equal(queues[1].sent[1].data[58], 10);
    assert_int_equal(counts(1)->tx_frames, 3);
    assert_int_equal(counts(0)->forwarded, 1);
    f.vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV6; /* contradicts the header */
    outbox_begin(o, &ports[0], 1);
    outbox_add(o, &ports[1], &f, 0);
    outbox_flush(o);
    assert_int_equal(counts(0)->drops[DROP_BAD_GSO], 1);
    frame_hex_free(&f);
}

/* A kernel that does not know what it is asked for says EINVAL; one that has
 * no room for so much at once, EMSGSIZE. */
static void a_super_frame_that_is_refused_leaves_in_segments(void **state)
{
    static const enum drop_reason refusals[] = {DROP_TX_ERROR, DROP_MTU};
    struct frame f = make_super("0800", payload);

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        queues[1].count = 0;
        queues[1].refused_supers = refusals[i];
        outbox_begin(o, &ports[0], 1);
        outbox_add(o, &ports[1], &f, 0);
        outbox_flush(o);
        assert_int_equal(queues[1].count, 1 + 3);
        assert_int_equal(queues[1].sent[1].size, 64);
        assert_int_equal(queues[1].sent[3].data[54], 20);
        assert_int_equal(counts(1)->tx_drops[refusals[i]], 0);
        assert_int_equal(counts(1)->tx_frames, (i + 1) * 3);
        assert_int_equal(counts(0)->forwarded, i + 1);
    }
    /* A full queue is not made emptier by more frames. */
    queues[1].refused_supers = DROP_TX_FULL;
    queues[1].count = 0;
    outbox_begin(o, &ports[0], 1);
    outbox_add(o, &ports[1], &f, 0);
    outbox_flush(o);
    assert_int_equal(queues[1].count, 1);
    assert_int_equal(counts(0)->drops[DROP_TX_FULL], 1);
    frame_hex_free(&f);
}

/* However many segments a batch makes, each comes out whole and in order. */
static void segments_of_many_super_frames_all_leave(void **state)
{
    struct frame f = make_super("8847 00064140", payload);

    (void)state;
    f.vnet.gso_size = 1;
    outbox_begin(o, &ports[0], QUEUE_BATCH);
    for (unsigned int i = 0; i < QUEUE_BATCH; i++) {
        outbox_make_room(o);
        outbox_add(o, &ports[1], &f, i);
        outbox_add(o, &ports[2], &f, i);
    }
    outbox_flush(o);
    for (unsigned int port = 1; port < PORTS; port++) {
        assert_int_equal(queues[port].count, QUEUE_BATCH * 25);
        for (unsigned int i = 0; i < FAKE_SENT_MAX; i++) {
            unsigned int number = queues[port].count - FAKE_SENT_MAX + i;
            const struct fake_sent *sent =
                &queues[port].sent[number % FAKE_SENT_MAX];

            assert_int_equal(sent->size, 59);
            assert_int_equal(sent->data[58], number % 25);
        }
        assert_int_equal(counts(port)->tx_frames, QUEUE_BATCH * 25);
    }
    assert_int_equal(counts(0)->forwarded, QUEUE_BATCH);
    frame_hex_free(&f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_batch_is_sent_in_order_at_once),
        TEST(a_full_queue_is_sent_early),
        TEST(each_frame_has_one_disposition),
        TEST(what_the_queue_refuses_is_dropped_for_its_reason),
        TEST(obstacles_are_named),
        TEST(a_copy_may_be_edited_while_the_original_waits),
        TEST(copies_end_and_come_back),
        TEST(a_super_frame_under_a_label_leaves_in_segments),
        TEST(a_super_frame_that_is_refused_leaves_in_segments),
        TEST(segments_of_many_super_frames_all_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
