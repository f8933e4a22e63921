/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each message gets its answer or the error that names its fault, with the xid
 * that it had; nothing is met by silence, which some clients wait on for ever.
 */
#include "control/dispatch.h"

#include "base/array.h"
#include "control/handle_basic.h"
#include "tests/unit/control_lab.h"

/* Types of errors: 1.0's and those since 1.1. */
enum {
    BAD_REQUEST = 1,
    PORT_MOD_FAILED_10 = 4,
    BAD_ACTION = 2,
    BAD_INSTRUCTION = 3,
    FLOW_MOD_FAILED = 5,
    PORT_MOD_FAILED = 7,
    TABLE_MOD_FAILED = 8,
    ROLE_REQUEST_FAILED = 11,
    METER_MOD_FAILED = 12,
};

static void faulty_messages_get_their_error(void **state)
{
    static const struct {
        enum of_version version;
        const char *message;
        uint16_t type, code;
    } rows[] = {
        /* Another version than was agreed on. */
        /* clang-format off */
        {OF10, "00 02 0008 00000001",                                      BAD_REQUEST,        0 },
        {OF10, "04 02 0008 00000001",                                      BAD_REQUEST,        0 },
        {OF13, "01 02 0008 00000001",                                      BAD_REQUEST,        0 },
 /* A type that there is not, and those that only a switch sends. */
        {OF10, "01 63 0008 00000001",                                      BAD_REQUEST,        1 },
        {OF10, "01 06 0008 00000001",                                      BAD_REQUEST,        1 },
        {OF10, "01 13 0008 00000001",                                      BAD_REQUEST,        1 },
        {OF10, "01 11 000c 00000001 0000 0000",                            BAD_REQUEST,        1 },
        {OF13, "04 0a 0008 00000001",                                      BAD_REQUEST,        1 },
        {OF13, "04 13 0010 00000001 0000 0000 00000000",                   BAD_REQUEST,        1 },
 /* 1.0 has no groups, 1.3 no role-status. */
        {OF13, "04 1e 0008 00000001",                                      BAD_REQUEST,        1 },
 /* Statistics. */
        {OF10, "01 10 000c 00000001 00ee 0000",                            BAD_REQUEST,        2 },
        {OF13, "04 12 0010 00000001 00ee 0000 00000000",                   BAD_REQUEST,        2 },
        {OF13, "04 12 0010 00000001 0010 0000 00000000",                   BAD_REQUEST,        2 },
        {OF14, "05 12 0010 00000001 0010 0000 00000000",                   BAD_REQUEST,        2 },
        {OF10, "01 10 000a 00000001 0000",                                 BAD_REQUEST,        6 },
        {OF13, "04 12 000c 00000001 0000 0000",                            BAD_REQUEST,        6 },
 /* Experimenters, as messages and as statistics. */
        {OF10, "01 04 0010 00000001 12345678 00000000",                    BAD_REQUEST,        3 },
        {OF13, "04 04 0010 00000001 12345678 00000000",                    BAD_REQUEST,        3 },
        {OF13, "04 04 0010 00000001 00002320 0000001f",                    BAD_REQUEST,        4 },
        {OF10, "01 04 0010 00000001 00002320 000000ee",                    BAD_REQUEST,        4 },
        {OF10, "01 04 0010 00000001 00002320 0000000b",                    BAD_REQUEST,        4 },
        {OF10, "01 04 000c 00000001 00002320",                             BAD_REQUEST,        6 },
        /* clang-format on */
        {OF10, "01 10 0018 00000001 ffff 0000 12345678 00000000 00000000",
         BAD_REQUEST, 3},
        {OF13, "04 12 0018 00000001 ffff 0000 00000000 12345678 00000000",
         BAD_REQUEST, 3},
        {OF13, "04 12 0018 00000001 ffff 0000 00000000 00002320 000000ee",
         BAD_REQUEST, 4},
        /* Lengths. */
        /* clang-format off */
        {OF10, "01 12 000c 00000001 00000000",                             BAD_REQUEST,        6 },
        {OF10, "01 05 000c 00000001 00000000",                             BAD_REQUEST,        6 },
        {OF10, "01 09 000a 00000001 0000",                                 BAD_REQUEST,        6 },
        {OF10, "01 0e 0010 00000001 00000000 00000000",                    BAD_REQUEST,        6 },
        {OF10, "01 0d 000c 00000001 00000000",                             BAD_REQUEST,        6 },
        {OF13, "04 0e 0010 00000001 00000000 00000000",                    BAD_REQUEST,        6 },
        {OF13, "04 18 000c 00000001 00000000",                             BAD_REQUEST,        6 },
        {OF13, "04 0f 000c 00000001 00000000",                             BAD_REQUEST,        6 },
        {OF13, "04 1d 000c 00000001 00000000",                             BAD_REQUEST,        6 },
 /* More parts announced where there can be but one. */
        {OF13, "04 12 0010 00000001 0000 0001 00000000",                   BAD_REQUEST,        13},
 /* Ports that are not there. */
        /* clang-format on */
        {OF10,
         "01 0f 0020 00000001 0009 020000000001 00000000 00000000 00000000"
         "00000000",
         PORT_MOD_FAILED_10, 0},
        {OF10,
         "01 0f 0020 00000001 0001 020000000009 00000000 00000000 00000000"
         "00000000",
         PORT_MOD_FAILED_10, 1},
        {OF13,
         "04 10 0028 00000001 00000009 00000000 020000000001 0000"
         "00000000 00000000 00000000 00000000",
         PORT_MOD_FAILED, 0},
        /* Tables. */
        {OF13, "04 11 0010 00000001 ff000000 00000000", 0xffff, 0},
        {OF12, "03 11 0010 00000001 00000000 00000002", TABLE_MOD_FAILED, 1},
        /* Roles and meters. */
        {OF13, "04 18 0018 00000001 00000009 00000000 0000000000000000",
         ROLE_REQUEST_FAILED, 2},
        {OF13, "04 1d 0010 00000001 0009 0001 00000001", METER_MOD_FAILED, 4},
        {OF13,
         "04 1d 0020 00000001 0000 0002 00000001"
         "0001 0010 00000000 00000000 00000000",
         METER_MOD_FAILED, 6},
        {OF13, "04 12 0018 00000001 0009 0000 00000000 00000005 00000000",
         METER_MOD_FAILED, 3},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lab *l = lab_open(rows[i].version);

        lab_say(l, 0, rows[i].message);
        if (rows[i].type == 0xffff) {
            lab_hears_nothing(l, 0);
        } else {
            struct reader r = lab_next(l, 0);
            struct of_header h = of_read_header(&r);
            uint32_t numbers = read_u32(&r);

            if (h.type != 1 ||
                numbers != ((uint32_t)rows[i].type << 16 | rows[i].code))
                fail_msg("%s: type %u, %08x", rows[i].message, h.type, numbers);
            assert_int_equal(h.version, rows[i].version);
            assert_int_equal(h.xid, 1);
            lab_hears_nothing(l, 0);
        }
        lab_close(l);
    }
}

static void an_error_repeats_at_most_64_bytes(void **state)
{
    struct lab *l = lab_open(OF10);
    uint8_t message[100] = {1, 0x63, 0, 100, 0, 0, 0, 9};
    struct reader r;

    (void)state;
    lab_say_bytes(l, 0, message, sizeof(message));
    r = lab_next(l, 0);
    assert_int_equal(r.left, 12 + 64);
    assert_memory_equal(r.next + 12, message, 64);
    lab_close(l);
}

static void messages_of_the_connection_are_answered(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_say(l, 0, "01 02 000c 00000005 61626364");
    lab_hears(l, 0, "01 03 000c 00000005 61626364");
    lab_say(l, 0, "01 12 0008 00000006");
    lab_hears(l, 0, "01 13 0008 00000006");
    /* What asks for no answer gets none, HELLO of whatever version. */
    lab_say(l, 0, "01 03 0008 00000007");
    lab_say(l, 0, "01 00 0008 00000008");
    lab_say(l, 0, "05 00 0008 00000009");
    lab_say(l, 0, "01 01 000c 0000000a 0001 0006");
    lab_hears_nothing(l, 0);
    /* SET_CONFIG is read back; to put fragments together is not taken. */
    lab_say(l, 0, "01 09 000c 0000000b 0000 ffff");
    lab_say(l, 0, "01 07 0008 0000000c");
    lab_hears(l, 0, "01 08 000c 0000000c 0000 ffff");
    lab_say(l, 0, "01 09 000c 0000000b 0001 0080");
    lab_say(l, 0, "01 07 0008 0000000c");
    lab_hears(l, 0, "01 08 000c 0000000c 0001 0080");
    lab_say(l, 0, "01 09 000c 0000000b 0002 0080");
    lab_say(l, 0, "01 07 0008 0000000c");
    lab_hears(l, 0, "01 08 000c 0000000c 0001 0080");
    /* ovs-ofctl monitor asks so for frames whose TTL has expired. */
    lab_say(l, 0, "01 09 000c 0000000b 0004 0080");
    lab_say(l, 0, "01 07 0008 0000000c");
    lab_hears(l, 0, "01 08 000c 0000000c 0004 0080");
    lab_hears_nothing(l, 0);
    lab_close(l);
}

/* This thread is a worker in the midst of its turn: the reply waits, and with
 * it what the peer says next, but the main thread goes on. */
static void a_barrier_waits_for_the_workers(void **state)
{
    struct lab *l = lab_open(OF13);
    struct connection *c = &l->peers[0].c;

    (void)state;
    lab_say(l, 0, "04 14 0008 00000009");
    lab_hears(l, 0, "04 15 0008 00000009");
    assert_int_equal(l->s.barriers_late, 0);
    retire_thread_register();
    lab_say(l, 0, "04 14 0008 00000001");
    assert_true(c->awaits_barrier);
    assert_int_equal(l->s.barriers_late, 1);
    assert_false(handle_barrier_over(&l->s, c));
    lab_hears_nothing(l, 0);
    retire_quiescent();
    assert_true(handle_barrier_over(&l->s, c));
    assert_false(c->awaits_barrier);
    lab_hears(l, 0, "04 15 0008 00000001");
    lab_say(l, 0, "04 14 0008 00000002");
    assert_true(c->awaits_barrier);
    retire_thread_unregister();
    assert_true(handle_barrier_over(&l->s, c));
    lab_hears(l, 0, "04 15 0008 00000002");
    assert_int_equal(l->s.barriers_late, 2);
    lab_close(l);
}

static void features_tell_of_ports_before_13(void **state)
{
    struct lab *l = lab_open(OF10);
    struct reader r;

    (void)state;
    lab_say(l, 0, "01 05 0008 00000001");
    r = lab_hears_kind(l, 0, OF_FEATURES_REPLY);
    assert_int_equal(read_u64(&r), 0xab);
    assert_int_equal(read_u32(&r), 256);
    assert_int_equal(read_u32(&r), 255u << 24);
    assert_int_equal(read_u32(&r), 0xc7);
    assert_int_equal(read_u32(&r), 0xfff);
    assert_int_equal(r.left, LAB_PORTS * 48);
    assert_int_equal(read_u16(&r), 1);
    read_bytes(&r, 2 * 48 + 46);
    assert_int_equal(read_u16(&r), 0xfffe);
    lab_close(l);

    l = lab_open(OF13);
    lab_say(l, 0, "04 05 0008 00000001");
    lab_hears(l, 0,
              "04 06 0020 00000001 00000000000000ab 00000100 ff 00 0000"
              "0000004f 00000000");
    lab_close(l);
}

static void ports_are_described_and_counted(void **state)
{
    struct lab *l = lab_open(OF13);
    struct reader r;

    (void)state;
    lab_say(l, 0, "04 12 0010 00000001 000d 0000 00000000");
    r = lab_hears_kind(l, 0, OF_MP_PORT_DESC);
    assert_int_equal(r.left, LAB_PORTS * 64);
    lab_say(l, 0, "04 12 0018 00000001 0004 0000 00000000 ffffffff 00000000");
    r = lab_hears_kind(l, 0, OF_MP_PORT);
    assert_int_equal(r.left, LAB_PORTS * 112);
    lab_say(l, 0, "04 12 0018 00000001 0004 0000 00000000 00000002 00000000");
    r = lab_hears_kind(l, 0, OF_MP_PORT);
    assert_int_equal(r.left, 112);
    assert_int_equal(read_u32(&r), 2);
    lab_say(l, 0, "04 12 0018 00000001 0004 0000 00000000 00000009 00000000");
    assert_int_equal(lab_hears_kind(l, 0, OF_MP_PORT).left, 0);
    lab_hears_nothing(l, 0);
    lab_close(l);
    l = lab_open(OF15);
    lab_say(l, 0, "06 12 0018 00000001 000d 0000 00000000 00000009 00000000");
    assert_int_equal(lab_hears_kind(l, 0, OF_MP_PORT_DESC).left, 0);
    lab_say(l, 0, "06 12 0018 00000001 0004 0000 00000000 00000009 00000000");
    assert_int_equal(lab_hears_kind(l, 0, OF_MP_PORT).left, 0);
    lab_close(l);

    /* As ovs-ofctl dump-ports-desc asks in 1.0. */
    l = lab_open(OF10);
    lab_say(l, 0, "01 10 000c 00000001 000d 0000");
    r = lab_hears_kind(l, 0, OF_MP_PORT_DESC);
    assert_int_equal(r.left, LAB_PORTS * 48);
    lab_close(l);
}

/* As spanning_tree of POX does it. */
static void a_port_mod_shows_in_the_features(void **state)
{
    struct lab *l = lab_open(OF10);
    struct reader r;

    (void)state;
    lab_say(l, 0,
            "01 0f 0020 00000001 0002 020000000002 00000010 00000010 00000000"
            "00000000");
    lab_hears_nothing(l, 0);
    lab_say(l, 0, "01 05 0008 00000002");
    r = lab_hears_kind(l, 0, OF_FEATURES_REPLY);
    read_bytes(&r, 24 + 48 + 24);
    assert_int_equal(read_u32(&r), 0x10);
    lab_close(l);
}

static void queues_are_none_and_no_error(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_say(l, 0, "01 14 000c 00000001 0001 0000");
    lab_hears(l, 0, "01 15 0010 00000001 0001 000000000000");
    lab_say(l, 0, "01 10 0014 00000001 0005 0000 fffc 0000 ffffffff");
    lab_hears(l, 0, "01 11 000c 00000001 0005 0000");
    lab_say(l, 0, "01 10 0014 00000001 0005 0000 0001 0000 00000007");
    lab_hears(l, 0, "01 11 000c 00000001 0005 0000");
    lab_close(l);
}

static void each_queue(void *context,
                       void (*visit)(void *visitor, const struct queue_desc *q),
                       void *visitor)
{
    static const struct queue_desc queues[] = {
        /* clang-format off */
        {1, 5, 100,             QUEUE_RATE_NONE},
        {1, 6, QUEUE_RATE_NONE, QUEUE_RATE_NONE},
        {2, 5, QUEUE_RATE_NONE, QUEUE_RATE_NONE},
        /* clang-format on */
    };

    (void)context;
    for (size_t i = 0; i < 3; i++)
        visit(visitor, &queues[i]);
}

static bool queue_stats(void *context, uint32_t port, uint32_t queue,
                        int64_t now_ms, struct queue_stats *s)
{
    (void)context;
    (void)now_ms;
    *s = (struct queue_stats){.port = port, .queue = queue, .tx_packets = 9};
    return true;
}

static void queues_are_told_as_asked_for(void **state)
{
    struct lab *l = lab_open(OF13);
    struct reader r;

    (void)state;
    l->s.host.each_queue = each_queue;
    l->s.host.queue_stats = queue_stats;
    lab_say(l, 0, "04 12 0018 00000001 0005 0000 00000000 ffffffff ffffffff");
    r = lab_hears_kind(l, 0, OF_MP_QUEUE);
    assert_int_equal(r.left, 3 * 40);
    lab_say(l, 0, "04 12 0018 00000001 0005 0000 00000000 00000001 00000006");
    r = lab_hears_kind(l, 0, OF_MP_QUEUE);
    assert_int_equal(r.left, 40);
    assert_int_equal(read_u64(&r), UINT64_C(1) << 32 | 6);
    read_u64(&r);
    assert_int_equal(read_u64(&r), 9);
    lab_say(l, 0, "04 16 0010 00000001 00000002 00000000");
    r = lab_hears_kind(l, 0, OF_QUEUE_GET_CONFIG_REPLY);
    assert_int_equal(read_u32(&r), 2);
    read_u32(&r);
    assert_int_equal(read_u32(&r), 5);
    /* A port that is not there is an error all the same. */
    lab_say(l, 0, "04 16 0010 00000001 00000009 00000000");
    lab_hears_error(l, 0, 9, 0);
    lab_close(l);
}

static void a_slave_may_only_look(void **state)
{
    static const char *const refused[] = {
        "04 0d 0018 00000001 ffffffff fffffffd 0000 000000000000",
        "04 0e 0038 00000001 0000000000000000 0000000000000000 00 00 0000"
        "0000 0000 ffffffff ffffffff ffffffff 0000 0000 0001 0004 00000000",
        "04 0f 0010 00000001 0000 00 00 00000001",
        "04 10 0028 00000001 00000001 00000000 020000000001 0000"
        "00000000 00000000 00000000 00000000",
        "04 11 0010 00000001 00 000000 00000000",
        "04 1d 0010 00000001 0000 0001 00000001",
    };
    struct lab *l = lab_open(OF13);

    (void)state;
    lab_say(l, 0, "04 18 0018 00000001 00000003 00000000 0000000000000001");
    lab_hears(l, 0, "04 19 0018 00000001 00000003 00000000 0000000000000001");
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        lab_say(l, 0, refused[i]);
        lab_hears_error(l, 0, BAD_REQUEST, 10);
    }
    /* Of SET_CONFIG, what is its own is taken and what is all the switch's is
     * not. */
    lab_say(l, 0, "04 09 000c 00000001 0001 0080");
    lab_say(l, 0, "04 07 0008 00000001");
    lab_hears(l, 0, "04 08 000c 00000001 0000 0080");
    lab_say(l, 0, "04 14 0008 00000002");
    lab_hears(l, 0, "04 15 0008 00000002");
    lab_close(l);
}

static void one_master_at_a_time(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    lab_join(l, 1, OF13, false);
    lab_join(l, 2, OF14, false);
    /* NOCHANGE tells the role and, with none seen yet, all ones. */
    lab_say(l, 0, "04 18 0018 00000001 00000000 00000000 0000000000000000");
    lab_hears(l, 0, "04 19 0018 00000001 00000001 00000000 ffffffffffffffff");
    lab_say(l, 2, "05 18 0018 00000001 00000002 00000000 0000000000000005");
    lab_hears(l, 2, "05 19 0018 00000001 00000002 00000000 0000000000000005");
    /* Of an older generation, by distance. */
    lab_say(l, 0, "04 18 0018 00000002 00000002 00000000 0000000000000004");
    lab_hears_error(l, 0, ROLE_REQUEST_FAILED, 0);
    lab_say(l, 0, "04 18 0018 00000003 00000002 00000000 0000000000000006");
    lab_hears(l, 0, "04 19 0018 00000003 00000002 00000000 0000000000000006");
    assert_int_equal(l->peers[2].c.role, ROLE_SLAVE);
    /* 1.4 is told. */
    lab_hears(l, 2, "05 1e 0018 00000000 00000003 00 000000 0000000000000006");
    /* The equal role asks for no generation. */
    lab_say(l, 0, "04 18 0018 00000004 00000001 00000000 0000000000000000");
    lab_hears(l, 0, "04 19 0018 00000004 00000001 00000000 0000000000000006");
    lab_hears_nothing(l, 2);
    lab_close(l);
}

static void nicira_roles_need_no_generation(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_say(l, 0, "01 04 0014 00000001 00002320 0000000a 00000001");
    lab_hears(l, 0, "01 04 0014 00000001 00002320 0000000b 00000001");
    assert_int_equal(l->peers[0].c.role, ROLE_MASTER);
    lab_close(l);
}

static void async_masks_are_as_the_specification_has_them(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    lab_say(l, 0, "04 1a 0008 00000001");
    lab_hears(l, 0,
              "04 1b 0020 00000001 00000003 00000000 00000007 00000007"
              "0000000f 00000000");
    lab_say(l, 0,
            "04 1c 0020 00000002 00000007 00000001 00000001 00000002"
            "00000003 00000004");
    lab_say(l, 0, "04 1a 0008 00000003");
    lab_hears(l, 0,
              "04 1b 0020 00000003 00000007 00000001 00000001 00000002"
              "00000003 00000004");
    lab_hears_nothing(l, 0);
    lab_close(l);
}

static void tables_are_counted_and_described(void **state)
{
    struct lab *l = lab_open(OF13);
    struct reader r;

    (void)state;
    lab_add_flow(l, 0, "table=3,priority=9,actions=drop");
    lab_say(l, 0, "04 12 0010 00000001 0003 0000 00000000");
    r = lab_hears_kind(l, 0, OF_MP_TABLE);
    assert_int_equal(r.left, 255 * 24);
    read_bytes(&r, 3 * 24);
    assert_int_equal(read_u32(&r), 3u << 24);
    assert_int_equal(read_u32(&r), 1);
    /* Long: in several messages, of which all but the last say so. */
    lab_say(l, 0, "04 12 0010 00000002 000c 0000 00000000");
    for (unsigned int more = 1; more;) {
        r = lab_next(l, 0);
        assert_int_equal(r.next[1], 19);
        more = r.next[11];
    }
    lab_hears_nothing(l, 0);
    lab_close(l);
}

/* As Faucet asks: what the reply told, sent back. */
static void table_features_can_be_set(void **state)
{
    struct lab *l = lab_open(OF13);
    struct of_buffer b = {.data = NULL};
    struct reader r;
    size_t size;

    (void)state;
    lab_say(l, 0, "04 12 0010 00000001 000c 0000 00000000");
    r = lab_next(l, 0);
    size = (size_t)(r.next[16] << 8 | r.next[17]);
    of_put(&b, r.next, 16 + size);
    b.data[1] = 18;
    b.data[11] = 0;
    b.data[2] = (uint8_t)((16 + size) >> 8);
    b.data[3] = (uint8_t)(16 + size);
    b.data[16 + 8] = 'V';
    while (l->peers[0].at < l->peers[0].size)
        lab_next(l, 0);
    lab_say_buffer(l, 0, &b);
    r = lab_hears_kind(l, 0, OF_MP_TABLE_FEATURES);
    assert_int_equal(r.next[8], 'V');
    lab_close(l);
}

static bool send_nothing(struct connection *c, const void *bytes, size_t size)
{
    (void)c;
    (void)bytes;
    (void)size;
    return false;
}

static void a_full_send_queue_ends_it(void **state)
{
    struct lab *l = lab_open(OF10);
    static const uint8_t echo[] = {1, 2, 0, 8, 0, 0, 0, 1};
    struct of_message m = of_message_read(reader_over(echo, sizeof(echo)));

    (void)state;
    l->peers[0].c.send = send_nothing;
    assert_false(dispatch_message(&l->s, &l->peers[0].c, &m, l->now_ms));
    lab_close(l);
}

/* In each version that has it; a kind without a row ends the program. */
static void each_kind_has_its_row(void **state)
{
    (void)state;
    for (unsigned int version = OF10; version <= OF15; version++)
        for (unsigned int kind = 0; kind < OF_KIND_COUNT; kind++) {
            struct lab *l = lab_open((enum of_version)version);
            struct of_buffer b = {.data = NULL};

            of_end(&b, of_begin_request(&b, (enum of_version)version,
                                        (enum of_kind)kind, 1));
            if (!b.is_bad) {
                struct of_message m =
                    of_message_read(reader_over(b.data, b.size));

                assert_int_equal(m.kind, kind);
                assert_true(
                    dispatch_message(&l->s, &l->peers[0].c, &m, l->now_ms));
            }
            of_buffer_clear(&b);
            lab_close(l);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_row),
        cmocka_unit_test(faulty_messages_get_their_error),
        cmocka_unit_test(an_error_repeats_at_most_64_bytes),
        cmocka_unit_test(messages_of_the_connection_are_answered),
        cmocka_unit_test(a_barrier_waits_for_the_workers),
        cmocka_unit_test(features_tell_of_ports_before_13),
        cmocka_unit_test(ports_are_described_and_counted),
        cmocka_unit_test(a_port_mod_shows_in_the_features),
        cmocka_unit_test(queues_are_none_and_no_error),
        cmocka_unit_test(queues_are_told_as_asked_for),
        cmocka_unit_test(a_slave_may_only_look),
        cmocka_unit_test(one_master_at_a_time),
        cmocka_unit_test(nicira_roles_need_no_generation),
        cmocka_unit_test(async_masks_are_as_the_specification_has_them),
        cmocka_unit_test(tables_are_counted_and_described),
        cmocka_unit_test(table_features_can_be_set),
        cmocka_unit_test(a_full_send_queue_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
