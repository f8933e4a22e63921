/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bundle is carried out as a whole when it is committed, or not at all; its
 * faults have their errors, and other messages go on meanwhile.
 */
#include "control/handle_bundle.h"

#include "base/clock.h"
#include "control/bundle.h"
#include "control/dispatch.h"
#include "control/packet_buffers.h"
#include "openflow/of_bundle.h"
#include "openflow/of_error.h"
#include "openflow/of_flow.h"
#include "openflow/of_group.h"
#include "tests/unit/control_lab.h"
#include "text/text_flow.h"

enum { BUNDLE_FAILED = 17 };

/* Codes of BUNDLE_FAILED, OpenFlow 1.4.1 7.4.4.15. */
enum {
    BAD_ID = 2,
    EXISTS = 3,
    CLOSED = 4,
    BAD_TYPE = 6,
    BAD_FLAGS = 7,
    MESSAGE_UNSUPPORTED = 10,
    TOO_MANY_MESSAGES = 12,
    MESSAGE_FAILED = 13,
};

static void control(struct lab *l, uint32_t id, uint16_t type, uint16_t flags)
{
    struct of_bundle_control c = {.id = id, .type = type, .flags = flags};
    struct of_buffer b = {.data = NULL};

    of_bundle_write_control(&b, l->peers[0].c.version, 9, &c);
    lab_say_buffer(l, 0, &b);
}

/* It is answered with the number that follows. */
static void controls(struct lab *l, uint32_t id, uint16_t type, uint16_t flags)
{
    struct reader r;

    control(l, id, type, flags);
    r = lab_hears_kind(l, 0, OF_BUNDLE_CONTROL);
    assert_int_equal(read_u32(&r), id);
    assert_int_equal(read_u16(&r), type + 1);
    lab_hears_nothing(l, 0);
}

static void fails(struct lab *l, uint16_t code)
{
    lab_hears_error(l, 0, BUNDLE_FAILED, code);
}

static void add_message(struct lab *l, uint32_t id, uint16_t flags,
                        struct of_buffer *message)
{
    struct of_bundle_add a = {.id = id,
                              .flags = flags,
                              .message =
                                  reader_over(message->data, message->size)};
    struct of_buffer b = {.data = NULL};

    assert_false(message->is_bad);
    of_bundle_write_add(&b, l->peers[0].c.version, 0x77, &a);
    of_buffer_clear(message);
    lab_say_buffer(l, 0, &b);
}

static void add_flow(struct lab *l, uint32_t id, enum flow_mod_command command,
                     const char *text)
{
    struct of_flow_format format = {.version = l->peers[0].c.version};
    struct text_error error;
    struct text_parse parse = {.error = &error};
    struct of_buffer b = {.data = NULL};
    struct flow_mod mod;

    assert_true(text_flow_read(&parse, command, text, &mod));
    if (command == FLOW_MOD_ADD && mod.table == FLOW_MOD_TABLE_ALL)
        mod.table = 0;
    of_flow_mod_write(&format, &b, 0x77, &mod);
    flow_mod_clear(&mod);
    add_message(l, id, OF_BUNDLE_ATOMIC, &b);
}

static void add_group(struct lab *l, uint32_t id, enum group_command command,
                      uint32_t group)
{
    struct bucket bucket = {
        .watch_port = PORT_NO_ANY, .watch_group = GROUP_ANY, .weight = 0};
    struct group_mod mod = {
        .command = command,
        .type = GROUP_TYPE_INDIRECT,
        .group_id = group,
        .command_bucket_id = BUCKET_ID_ALL,
        .buckets = &bucket,
        .bucket_count = command == GROUP_DELETE ? 0 : 1,
    };
    struct of_buffer b = {.data = NULL};

    of_group_write_mod(&b, l->peers[0].c.version, 0x77, &mod);
    add_message(l, id, OF_BUNDLE_ATOMIC, &b);
}

static void it_is_done_at_the_commit(void **state)
{
    static const enum of_version versions[] = {OF13, OF14};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct lab *l = lab_open(versions[i]);

        lab_add_flow(l, 0, "in_port=9,actions=drop");
        controls(l, 5, OF_BUNDLE_OPEN_REQUEST, OF_BUNDLE_ATOMIC);
        /* A later message may need an earlier one. */
        add_group(l, 5, GROUP_ADD, 7);
        add_flow(l, 5, FLOW_MOD_ADD, "in_port=1,actions=group:7");
        add_flow(l, 5, FLOW_MOD_ADD, "in_port=2,actions=output:3");
        add_flow(l, 5, FLOW_MOD_DELETE, "in_port=9");
        lab_hears_nothing(l, 0);
        assert_int_equal(lab_flows(l), 1);
        assert_int_equal(group_table_count(datapath_groups(l->s.datapath)), 0);
        /* Others are answered meanwhile. */
        lab_say(l, 0,
                versions[i] == OF13 ? "04 02 0008 00000001"
                                    : "05 02 0008 00000001");
        lab_hears_kind(l, 0, OF_ECHO_REPLY);
        controls(l, 5, OF_BUNDLE_CLOSE_REQUEST, OF_BUNDLE_ATOMIC);
        controls(l, 5, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
        assert_int_equal(lab_flows(l), 2);
        assert_int_equal(group_table_count(datapath_groups(l->s.datapath)), 1);
        assert_null(l->peers[0].c.bundles.first);
        lab_close(l);
    }
}

/* The fault is the last message's: what it was, then that the bundle failed. */
static void a_fault_at_the_end_leaves_all_as_it_was(void **state)
{
    static const struct {
        const char *flow;
        uint16_t type, code;
    } rows[] = {
        /* clang-format off */
        {"check_overlap,in_port=1,priority=3,actions=drop", 5, 3},
        {"actions=group:99",                                2, 9},
        {"actions=group:8",                                 2, 9},
        {"actions=group:6",                                 0, 0},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct lab *l = lab_open(OF14);
        struct reader r;
        struct of_error e;

        controls(l, 1, OF_BUNDLE_OPEN_REQUEST, OF_BUNDLE_ATOMIC);
        add_group(l, 1, GROUP_ADD, 6);
        add_group(l, 1, GROUP_ADD, 8);
        controls(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
        lab_add_flow(l, 0, "priority=4,in_port=9,actions=group:8");
        controls(l, 1, OF_BUNDLE_OPEN_REQUEST, OF_BUNDLE_ATOMIC);
        add_flow(l, 1, FLOW_MOD_ADD, "priority=3,actions=output:1");
        add_flow(l, 1, FLOW_MOD_DELETE, "in_port=9");
        add_group(l, 1, GROUP_DELETE, 8);
        add_group(l, 1, GROUP_ADD, 10);
        add_flow(l, 1, FLOW_MOD_ADD, rows[i].flow);
        lab_hears_nothing(l, 0);
        control(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
        if (!rows[i].type) {
            lab_hears_kind(l, 0, OF_BUNDLE_CONTROL);
            assert_int_equal(lab_flows(l), 2);
            lab_close(l);
            continue;
        }
        r = lab_hears_kind(l, 0, OF_ERROR);
        assert_int_equal(of_error_read(&r, &e), FLOW_OK);
        assert_int_equal(e.type, rows[i].type);
        assert_int_equal(e.code, rows[i].code);
        /* The message's own bytes, of type FLOW_MOD. */
        assert_int_equal(e.data.next[1], 14);
        fails(l, MESSAGE_FAILED);
        assert_int_equal(lab_flows(l), 1);
        assert_int_equal(group_table_count(datapath_groups(l->s.datapath)), 2);
        assert_null(l->peers[0].c.bundles.first);
        lab_close(l);
    }
}

/* The tables that it is tried on take no more than the real ones. */
static void a_full_table_refuses_all_of_it(void **state)
{
    struct lab *l = lab_open(OF14);
    struct of_error e;
    struct reader r;

    (void)state;
    flow_tables_set_limit(datapath_tables(l->s.datapath), 0, 1);
    controls(l, 1, OF_BUNDLE_OPEN_REQUEST, OF_BUNDLE_ATOMIC);
    add_flow(l, 1, FLOW_MOD_ADD, "priority=1,actions=output:1");
    add_flow(l, 1, FLOW_MOD_ADD, "priority=2,actions=output:1");
    control(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    r = lab_hears_kind(l, 0, OF_ERROR);
    assert_int_equal(of_error_read(&r, &e), FLOW_OK);
    assert_int_equal(of_error_meaning(OF14, &e), FLOW_TABLE_FULL);
    fails(l, MESSAGE_FAILED);
    assert_int_equal(lab_flows(l), 0);
    lab_close(l);
}

/* What the last message is refused for, and that nothing was done then. */
static void commit_fails(struct lab *l, enum flow_error error)
{
    struct of_error e;
    struct reader r;

    control(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    r = lab_hears_kind(l, 0, OF_ERROR);
    assert_int_equal(of_error_read(&r, &e), FLOW_OK);
    assert_int_equal(of_error_meaning(OF14, &e), error);
    fails(l, MESSAGE_FAILED);
}

/* The entries that it is tried on have the cookies of the real ones. */
static void a_delete_spares_entries_of_other_cookies(void **state)
{
    static const char *const add =
        "check_overlap,in_port=1,priority=3,actions=drop";
    struct lab *l = lab_open(OF14);

    (void)state;
    lab_add_flow(l, 0, "cookie=5,in_port=1,priority=3,actions=output:1");
    add_flow(l, 1, FLOW_MOD_ADD, "in_port=2,actions=drop");
    add_flow(l, 1, FLOW_MOD_DELETE, "cookie=0/-1");
    add_flow(l, 1, FLOW_MOD_ADD, add);
    commit_fails(l, FLOW_OVERLAP);
    assert_int_equal(lab_flows(l), 1);
    add_flow(l, 1, FLOW_MOD_DELETE, "cookie=5/-1");
    add_flow(l, 1, FLOW_MOD_ADD, add);
    controls(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    assert_int_equal(lab_flows(l), 1);
    lab_close(l);
}

/* Deleting all groups makes room for what would overlap. */
static void all_groups_take_their_entries_along(void **state)
{
    struct lab *l = lab_open(OF14);

    (void)state;
    add_group(l, 1, GROUP_ADD, 8);
    controls(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    lab_add_flow(l, 0, "in_port=1,priority=3,actions=group:8");
    add_group(l, 1, GROUP_DELETE, GROUP_ALL);
    add_flow(l, 1, FLOW_MOD_ADD,
             "check_overlap,in_port=1,priority=3,actions=drop");
    controls(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    assert_int_equal(lab_flows(l), 1);
    lab_close(l);
}

static void add_with_buffer(struct lab *l, enum flow_mod_command command,
                            const char *match, uint32_t buffer)
{
    struct of_flow_format format = {.version = OF14};
    struct text_error error;
    struct text_parse parse = {.error = &error};
    struct of_buffer b = {.data = NULL};
    struct flow_mod mod;

    assert_true(text_flow_read(&parse, command, match, &mod));
    mod.table = 0;
    mod.buffer_id = buffer;
    of_flow_mod_write(&format, &b, 0x77, &mod);
    flow_mod_clear(&mod);
    add_message(l, 1, OF_BUNDLE_ATOMIC, &b);
}

/* A frame is handed out once, so only one message can have it; a delete does
 * not want it. */
static void a_held_frame_is_named_once(void **state)
{
    uint8_t bytes[60] = {0};
    const struct packet_buffer frame = {.bytes = bytes, .size = sizeof(bytes)};
    struct lab *l = lab_open(OF14);
    uint32_t id = packet_buffers_hold(l->s.buffers, &frame, 0);

    (void)state;
    add_with_buffer(l, FLOW_MOD_ADD, "in_port=1,actions=drop", id);
    add_with_buffer(l, FLOW_MOD_ADD, "in_port=2,actions=drop", id);
    commit_fails(l, FLOW_BUFFER_EMPTY);
    assert_int_equal(lab_flows(l), 0);
    add_with_buffer(l, FLOW_MOD_ADD, "in_port=1,actions=drop", id);
    add_with_buffer(l, FLOW_MOD_DELETE, "in_port=2", id);
    controls(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    assert_int_equal(lab_flows(l), 1);
    lab_close(l);
}

static void faults_have_their_errors(void **state)
{
    struct lab *l = lab_open(OF14);
    struct of_buffer echo = {.data = NULL};

    (void)state;
    control(l, 5, OF_BUNDLE_COMMIT_REQUEST, 0);
    fails(l, BAD_ID);
    control(l, 5, OF_BUNDLE_CLOSE_REQUEST, 0);
    fails(l, BAD_ID);
    control(l, 5, OF_BUNDLE_DISCARD_REQUEST, 0);
    fails(l, BAD_ID);
    control(l, 5, OF_BUNDLE_OPEN_REPLY, 0);
    fails(l, BAD_TYPE);
    control(l, 5, OF_BUNDLE_OPEN_REQUEST, 8);
    fails(l, BAD_FLAGS);
    controls(l, 5, OF_BUNDLE_OPEN_REQUEST, OF_BUNDLE_ATOMIC);
    control(l, 5, OF_BUNDLE_OPEN_REQUEST, OF_BUNDLE_ATOMIC);
    fails(l, EXISTS);
    control(l, 5, OF_BUNDLE_CLOSE_REQUEST, OF_BUNDLE_ORDERED);
    fails(l, BAD_FLAGS);
    of_end(&echo, of_begin(&echo, OF14, OF_ECHO_REQUEST, 0x77));
    add_message(l, 5, OF_BUNDLE_ATOMIC, &echo);
    fails(l, MESSAGE_UNSUPPORTED);
    controls(l, 5, OF_BUNDLE_CLOSE_REQUEST, OF_BUNDLE_ATOMIC);
    control(l, 5, OF_BUNDLE_CLOSE_REQUEST, OF_BUNDLE_ATOMIC);
    fails(l, CLOSED);
    add_flow(l, 5, FLOW_MOD_ADD, "actions=drop");
    fails(l, CLOSED);
    controls(l, 5, OF_BUNDLE_DISCARD_REQUEST, OF_BUNDLE_ATOMIC);
    assert_int_equal(lab_flows(l), 0);
    lab_close(l);
}

static void a_message_opens_it(void **state)
{
    struct lab *l = lab_open(OF14);

    (void)state;
    add_flow(l, 5, FLOW_MOD_ADD, "actions=drop");
    lab_hears_nothing(l, 0);
    controls(l, 5, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    assert_int_equal(lab_flows(l), 1);
    lab_close(l);
}

static void ports_change_with_the_rest(void **state)
{
    struct lab *l = lab_open(OF13);
    uint8_t mod[40] = {4, 16, 0, 40, 0, 0, 0, 0x77, 0, 0, 0, 2, 0, 0, 0, 0,
                       2, 0,  0, 0,  0, 2, 0, 0,    0, 0, 0, 4, 0, 0, 0, 4};
    struct of_buffer b = {.data = NULL};

    (void)state;
    controls(l, 1, OF_BUNDLE_OPEN_REQUEST, OF_BUNDLE_ATOMIC);
    of_put(&b, mod, sizeof(mod));
    add_message(l, 1, OF_BUNDLE_ATOMIC, &b);
    lab_hears_nothing(l, 0);
    assert_int_equal(l->ports[1].desc.config, 0);
    controls(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    assert_int_equal(l->ports[1].desc.config, PORT_CONFIG_NO_RECV);
    lab_close(l);
}

static void a_forgotten_one_is_dropped(void **state)
{
    struct lab *l = lab_open(OF14);

    (void)state;
    controls(l, 1, OF_BUNDLE_OPEN_REQUEST, 0);
    l->now_ms += BUNDLE_IDLE_MS + 1;
    controls(l, 2, OF_BUNDLE_OPEN_REQUEST, 0);
    control(l, 1, OF_BUNDLE_COMMIT_REQUEST, 0);
    fails(l, BAD_ID);
    lab_close(l);
}

/* Each of these looks at all that came before it: half a minute, in which
 * nothing else would be done. */
static void one_that_takes_too_long_is_refused(void **state)
{
    struct lab *l = lab_open(OF14);
    char text[64];
    int64_t begun_ms;

    (void)state;
    controls(l, 1, OF_BUNDLE_OPEN_REQUEST, OF_BUNDLE_ATOMIC);
    for (unsigned int i = 0; i < 60000; i++) {
        snprintf(text, sizeof(text), "check_overlap,metadata=%u,actions=drop",
                 i);
        add_flow(l, 1, FLOW_MOD_ADD, text);
    }
    begun_ms = clock_monotonic_ms();
    control(l, 1, OF_BUNDLE_COMMIT_REQUEST, OF_BUNDLE_ATOMIC);
    fails(l, TOO_MANY_MESSAGES);
    assert_in_range(clock_monotonic_ms() - begun_ms, 0, 5 * BUNDLE_STAGING_MS);
    assert_int_equal(l->s.refused[FLOW_BUNDLE_MESSAGES_FULL], 1);
    assert_int_equal(lab_flows(l), 0);
    lab_close(l);
}

static void there_are_not_too_many(void **state)
{
    struct lab *l = lab_open(OF14);

    (void)state;
    for (uint32_t id = 0; id < BUNDLE_COUNT_MAX; id++)
        controls(l, id, OF_BUNDLE_OPEN_REQUEST, 0);
    control(l, 99, OF_BUNDLE_OPEN_REQUEST, 0);
    fails(l, 5);
    lab_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_done_at_the_commit),
        cmocka_unit_test(a_fault_at_the_end_leaves_all_as_it_was),
        cmocka_unit_test(a_full_table_refuses_all_of_it),
        cmocka_unit_test(a_delete_spares_entries_of_other_cookies),
        cmocka_unit_test(all_groups_take_their_entries_along),
        cmocka_unit_test(a_held_frame_is_named_once),
        cmocka_unit_test(faults_have_their_errors),
        cmocka_unit_test(a_message_opens_it),
        cmocka_unit_test(ports_change_with_the_rest),
        cmocka_unit_test(a_forgotten_one_is_dropped),
        cmocka_unit_test(one_that_takes_too_long_is_refused),
        cmocka_unit_test(there_are_not_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
