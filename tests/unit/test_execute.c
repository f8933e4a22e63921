/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a verdict does to one frame: each output gets it as it was at that step,
 * copies do not see one another, and a step that fails ends its copy alone.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "datapath/execute.h"
#include "datapath/upcall.h"
#include "packet/parse.h"
#include "tests/unit/fake_queue.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/test.h"

enum { PORTS = 4, STEPS_MAX = 64, UPCALL_BYTES = 4096, NOW_S = 100 };

#define PLAIN "020000000002 020000000001 88b5 0000000000000000"
#define AF11                                                                   \
    "020000000002 020000000001 0800"                                           \
    "45280026 00010000 0111 a59c 0a000001 0a000002"                            \
    "03e8 07d0 0012 0000 00010203040506070809"

static struct {
    struct ports ports;
    struct port_counters counters[PORTS];
    struct fake_queue queues[PORTS];
    struct datapath_port port[PORTS];
    struct executor x;
    struct meter_table *meters;
    struct flow_action steps[STEPS_MAX];
    unsigned int step_count;
} w;

static void publish(unsigned int index)
{
    assert_int_equal(ports_set(&w.ports, &w.port[index]), 0);
}

static int begin(void **state)
{
    (void)state;
    memset(&w, 0, sizeof(w));
    for (uint16_t i = 0; i < PORTS; i++) {
        fake_queue_init(&w.queues[i]);
        w.port[i] = (struct datapath_port){
            .index = i,
            .number = i + 1u,
            .link = {.is_up = true, .mtu = 1500, .counters = &w.counters[i]}};
        w.port[i].link.queues[0] = &w.queues[i].queue;
        publish(i);
    }
    w.meters = meter_table_create();
    w.x = (struct executor){
        .tables = {.ports = &w.ports, .macs = mac_table_create(16, 300)},
        .outbox = outbox_create(0),
        .learned = spsc_create(16, sizeof(struct learn_event)),
        .upcalls = byte_ring_create(UPCALL_BYTES),
        .meters = w.meters,
        .now_us = (int64_t)NOW_S * 1000000,
    };
    executor_begin(&w.x);
    return 0;
}

static int end(void **state)
{
    (void)state;
    outbox_free(w.x.outbox);
    spsc_free(w.x.learned);
    byte_ring_free(w.x.upcalls);
    mac_table_free(w.x.tables.macs);
    meter_table_free(w.meters);
    ports_clear(&w.ports);
    return 0;
}

static void step(uint8_t type, uint32_t argument)
{
    assert_true(w.step_count < STEPS_MAX);
    w.steps[w.step_count++] =
        (struct flow_action){.type = type, .port = argument};
}

/* The last byte of the destination: an edit to be seen. */
static void step_mark(uint8_t mark)
{
    const uint8_t mac[6] = {2, 0, 0, 0, 0, mark};
    struct action_list l = {.cells = NULL};

    action_list_set_field(&l, field_by_id(FIELD_ETH_DST), mac, NULL);
    memcpy(&w.steps[w.step_count], l.cells, l.count * sizeof(*l.cells));
    w.step_count += (unsigned int)l.count;
    action_list_clear(&l);
}

/* The frame comes in by the first port and takes all steps so far. */
static void run(const char *hex)
{
    struct frame f = frame_from_hex(hex);
    struct flow_key key;
    struct execution e = {.frame = &f, .key = &key, .from = &w.port[0]};

    memset(&key, 0, sizeof(key));
    e.key_words = frame_parse(&f, htonl(1), &key);
    outbox_begin(w.x.outbox, &w.port[0], 1);
    execute(&w.x, &e, w.steps, w.step_count);
    outbox_flush(w.x.outbox);
    frame_hex_free(&f);
    w.step_count = 0;
}

static unsigned int sent(unsigned int port)
{
    return w.queues[port].count;
}

static uint8_t mark(unsigned int port, unsigned int n)
{
    assert_true(n < sent(port));
    return w.queues[port].sent[n].data[5];
}

static uint64_t dropped(enum drop_reason reason)
{
    return atomic_load(&w.counters[0].drops[reason]);
}

static void an_output_gets_the_frame_as_it_was_then(void **state)
{
    (void)state;
    step(STEP_PORT, 1);
    step_mark(0x10);
    step(STEP_PORT, 2);
    step_mark(0x20);
    step(STEP_PORT, 1);
    step(STEP_PORT, 3);
    run(PLAIN);
    assert_int_equal(mark(1, 0), 2);
    assert_int_equal(mark(2, 0), 0x10);
    assert_int_equal(mark(1, 1), 0x20);
    assert_int_equal(mark(3, 0), 0x20);
    assert_int_equal(w.counters[0].forwarded, 1);
}

static void copies_do_not_see_one_another(void **state)
{
    (void)state;
    step(STEP_CLONE, 0);
    step_mark(0x10);
    step(STEP_CLONE, 0);
    step_mark(0x11);
    step(STEP_PORT, 1);
    step(STEP_CLONE_END, 0);
    step(STEP_PORT, 1);
    step(STEP_CLONE_END, 0);
    step(STEP_CLONE, 0);
    step(STEP_PORT, 2);
    step(STEP_CLONE_END, 0);
    step_mark(0x30);
    step(STEP_PORT, 3);
    run(PLAIN);
    assert_int_equal(mark(1, 0), 0x11);
    assert_int_equal(mark(1, 1), 0x10);
    assert_int_equal(mark(2, 0), 2);
    assert_int_equal(mark(3, 0), 0x30);
}

static void a_failed_step_ends_its_copy_alone(void **state)
{
    (void)state;
    step(STEP_CLONE, 0);
    step(ACTION_DEC_IP_TTL, 0); /* from 1 */
    step(STEP_CLONE, 0);
    step(STEP_PORT, 1);
    step(STEP_CLONE_END, 0);
    step(STEP_PORT, 1);
    step(STEP_CLONE_END, 0);
    step(STEP_PORT, 2);
    run(AF11);
    assert_int_equal(sent(1), 0);
    assert_int_equal(sent(2), 1);
    assert_int_equal(w.counters[0].forwarded, 1);
    step(ACTION_DEC_IP_TTL, 0);
    step(STEP_PORT, 2);
    run(AF11);
    assert_int_equal(sent(2), 1);
    assert_int_equal(dropped(DROP_TTL), 1);
}

static void set_meter(uint16_t type, uint8_t prec_level)
{
    struct meter_mod mod = {
        .command = METER_ADD,
        .flags = METER_PKTPS | METER_BURST,
        .meter_id = 1,
        .band_count = 1,
        .bands = {
            {.type = type, .rate = 1, .burst = 1, .prec_level = prec_level}}};

    assert_int_equal(meter_table_apply(w.meters, &mod, 0), FLOW_OK);
}

/* The clock stands still, so that only the burst gets through. */
static void a_meter_s_drop_ends_the_frame(void **state)
{
    unsigned int passed;

    (void)state;
    set_meter(BAND_DROP, 0);
    for (unsigned int i = 0; i < 5; i++) {
        step(STEP_METER, 1);
        step(STEP_PORT, 1);
        run(PLAIN);
    }
    passed = sent(1);
    assert_in_range(passed, 1, 2);
    assert_int_equal(dropped(DROP_METER), 5 - passed);
    step(STEP_METER, 99); /* one that is gone holds nobody back */
    step(STEP_PORT, 1);
    run(PLAIN);
    assert_int_equal(sent(1), passed + 1);
}

/* AF11 to AF12: RFC 2597.  What went out before keeps its DSCP. */
static void a_meter_s_remark_raises_the_drop_precedence(void **state)
{
    const struct fake_sent *last;

    (void)state;
    set_meter(BAND_DSCP_REMARK, 1);
    for (unsigned int i = 0; i < 3; i++) {
        step(STEP_PORT, 2);
        step(STEP_METER, 1);
        step(STEP_PORT, 1);
        run(AF11);
    }
    assert_int_equal(sent(1), 3);
    last = &w.queues[1].sent[2];
    assert_int_equal(last->data[15], 12 << 2);
    assert_int_equal(last->data[24] << 8 | last->data[25], 0xa594);
    assert_int_equal(w.queues[2].sent[2].data[15], 10 << 2);
    for (unsigned int i = 0; i < 3; i++) { /* no DSCP, and not assured */
        step(STEP_METER, 1);
        step(STEP_PORT, 3);
        run(PLAIN);
    }
    assert_int_equal(sent(3), 3);
}

/* AF11 to AF12 to AF13: each goes by what the one before has left. */
static void a_remark_follows_an_edit(void **state)
{
    (void)state;
    set_meter(BAND_DSCP_REMARK, 1);
    for (unsigned int i = 0; i < 4; i++) {
        step(STEP_METER, 1);
        step(STEP_METER, 1);
        step(STEP_PORT, 1);
        run(AF11);
    }
    assert_int_equal(w.queues[1].sent[3].data[15], 14 << 2);
}

static void flood_and_all_leave_out_the_in_port(void **state)
{
    (void)state;
    w.port[2].has_no_flood = true;
    publish(2);
    w.port[3].link.is_up = false;
    publish(3);
    step(STEP_FLOOD, 0);
    run(PLAIN);
    assert_int_equal(sent(0) + sent(2) + sent(3), 0);
    assert_int_equal(sent(1), 1);
    step(STEP_ALL, 0);
    run(PLAIN);
    assert_int_equal(sent(0) + sent(3), 0);
    assert_int_equal(sent(1), 2);
    assert_int_equal(sent(2), 1);
    step(STEP_PORT, 200);
    run(PLAIN);
    assert_int_equal(dropped(DROP_PORT_DOWN), 1);
}

static void the_controller_gets_the_frame_as_it_is_then(void **state)
{
    const struct step_pipeline more = {
        .cookie = 0x1234, .reason = 1, .table = 7, .words = 1 | 1 << 2};
    const uint64_t words[2] = {5, 6}; /* metadata, and two registers */
    struct upcall *u;

    (void)state;
    step_mark(0x77);
    w.steps[w.step_count] = (struct flow_action){
        .type = STEP_CONTROLLER, .extra = 2, .max_len = 128};
    memcpy(&w.steps[w.step_count + 1], &more, sizeof(more));
    memcpy(&w.steps[w.step_count + 2], words, sizeof(words));
    w.step_count += 3;
    run(PLAIN);
    assert_true(w.x.has_news);
    assert_int_equal(w.counters[0].consumed, 1);
    u = byte_ring_peek(w.x.upcalls);
    assert_non_null(u);
    assert_int_equal(u->size, 22);
    assert_int_equal(u->addressee, UPCALL_CONTROLLER);
    assert_int_equal(upcall_bytes(u)[5], 0x77);
    assert_int_equal(u->cookie, 0x1234);
    assert_int_equal(u->key.metadata, 5);
    assert_int_equal(u->key.in_port, htonl(1));
    assert_int_equal(u->key.tunnel_id, 0);
    assert_int_equal(u->key.word[KEY_FRAME_WORDS + 2], 6);
    assert_int_equal(u->key.reg[2], 0);
    assert_int_equal(u->max_len, 128);
    assert_int_equal(u->table, 7);
    byte_ring_pop(w.x.upcalls);
}

/* Who has the tables looks again, at a frame that is still there. */
static void a_look_again_is_left_to_the_caller(void **state)
{
    (void)state;
    step(STEP_LOOK_AGAIN, 0);
    run(PLAIN);
    assert_ptr_equal(w.x.again, &w.steps[0]);
    w.x.again = NULL;
    step(ACTION_DEC_IP_TTL, 0); /* from 1 */
    step(STEP_LOOK_AGAIN, 0);
    run(AF11);
    assert_null(w.x.again);
    assert_int_equal(dropped(DROP_TTL), 1);
}

static void a_full_way_to_the_controller_is_said(void **state)
{
    unsigned int frames = 100; /* of more bytes than there is room for */

    (void)state;
    for (unsigned int i = 0; i < frames; i++) {
        memset(&w.steps, 0, sizeof(w.steps));
        w.steps[0] = (struct flow_action){.type = STEP_CONTROLLER, .extra = 1};
        w.step_count = 2;
        run(PLAIN);
    }
    assert_true(dropped(DROP_UPCALL_FULL) > 0);
    assert_int_equal(w.counters[0].consumed + dropped(DROP_UPCALL_FULL),
                     frames);
}

static void an_address_is_told_once_a_turn(void **state)
{
    const struct learn_event *told;

    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        step(STEP_NORMAL, 0);
        run(PLAIN);
    }
    told = spsc_peek(w.x.learned);
    assert_non_null(told);
    assert_int_equal(told->mac, 0x020000000001);
    assert_int_equal(told->port, 0);
    spsc_pop(w.x.learned);
    assert_null(spsc_peek(w.x.learned));
    assert_int_equal(sent(1), 3); /* nobody knows the destination yet */
    mac_table_learn(w.x.tables.macs, 0x020000000001, 0, 0, NOW_S);
    mac_table_learn(w.x.tables.macs, 0x020000000002, 0, 2, NOW_S);
    executor_begin(&w.x);
    step(STEP_NORMAL, 0);
    run(PLAIN);
    assert_null(spsc_peek(w.x.learned));
    assert_int_equal(sent(1), 3);
    assert_int_equal(sent(2), 4);
    mac_table_learn(w.x.tables.macs, 0x020000000002, 0, 0, NOW_S);
    executor_begin(&w.x);
    step(STEP_NORMAL, 0);
    run(PLAIN);
    assert_int_equal(dropped(DROP_SAME_PORT), 1);
}

/* Port 3 is where the host is.  Its address is looked for only where the table
 * does not know the sender. */
static void
the_host_s_address_is_told_once_a_second_and_not_learned(void **state)
{
    const struct learn_event *told;

    (void)state;
    w.port[3].own_address = 0x020000000001;
    publish(3);
    for (unsigned int i = 0; i < 3; i++) {
        executor_begin(&w.x);
        step(STEP_NORMAL, 0);
        run(PLAIN);
    }
    told = spsc_peek(w.x.learned);
    assert_non_null(told);
    assert_int_equal(told->mac, 0x020000000001);
    spsc_pop(w.x.learned);
    assert_null(spsc_peek(w.x.learned));
    w.x.now_us += 1000000;
    step(STEP_NORMAL, 0);
    run(PLAIN);
    assert_non_null(spsc_peek(w.x.learned));
    assert_int_equal(atomic_load(&w.counters[0].rx_own_address), 4);
    assert_int_equal(sent(3), 4); /* and it takes its way */
}

static void the_host_is_found_without_having_spoken(void **state)
{
    (void)state;
    w.port[3].own_address = 0x020000000002;
    publish(3);
    step(STEP_NORMAL, 0);
    run(PLAIN);
    assert_int_equal(sent(3), 1);
    assert_int_equal(sent(1) + sent(2), 0);
    w.port[3].own_address = 0;
    publish(3);
    executor_begin(&w.x);
    step(STEP_NORMAL, 0);
    run(PLAIN);
    assert_int_equal(sent(1) + sent(2), 2);
}

/* From an access port: bare to another one, tagged to the others, and two ports
 * of one form share it. */
static void each_port_gets_its_form_of_the_tag(void **state)
{
    static const uint8_t tagged[] = {0x81, 0, 0, 10, 0x88, 0xb5};
    static const uint8_t bare[] = {0x88, 0xb5};

    (void)state;
    w.port[0].vlan = (struct vlan_membership){VLAN_ACCESS, .access = 10};
    w.port[1].vlan = w.port[0].vlan;
    for (unsigned int i = 0; i < PORTS; i++)
        publish(i);
    step_mark(0xff);
    step(STEP_NORMAL, 0);
    step_mark(0x55); /* what waits is not touched any more */
    step(STEP_PORT, 1);
    run(PLAIN);
    assert_memory_equal(w.queues[1].sent[0].data + 12, bare, sizeof(bare));
    assert_memory_equal(w.queues[2].sent[0].data + 12, tagged, sizeof(tagged));
    assert_memory_equal(w.queues[3].sent[0].data + 12, tagged, sizeof(tagged));
    assert_int_equal(w.queues[2].sent[0].size, 26);
    for (unsigned int i = 1; i < PORTS; i++)
        assert_int_equal(mark(i, 0), 0xff);
    assert_int_equal(mark(1, 1), 0x55);
    w.port[2].vlan = (struct vlan_membership){VLAN_ACCESS, .access = 20};
    publish(2);
    mac_table_learn(w.x.tables.macs, 0x020000000002, 10, 2, NOW_S);
    step(STEP_NORMAL, 0);
    run(PLAIN);
    assert_int_equal(dropped(DROP_VLAN), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_output_gets_the_frame_as_it_was_then),
        TEST(copies_do_not_see_one_another),
        TEST(a_failed_step_ends_its_copy_alone),
        TEST(a_meter_s_drop_ends_the_frame),
        TEST(a_meter_s_remark_raises_the_drop_precedence),
        TEST(a_remark_follows_an_edit),
        TEST(flood_and_all_leave_out_the_in_port),
        TEST(the_controller_gets_the_frame_as_it_is_then),
        TEST(a_look_again_is_left_to_the_caller),
        TEST(a_full_way_to_the_controller_is_said),
        TEST(an_address_is_told_once_a_turn),
        TEST(the_host_s_address_is_told_once_a_second_and_not_learned),
        TEST(the_host_is_found_without_having_spoken),
        TEST(each_port_gets_its_form_of_the_tag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
