/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups and meters come, change and go; what used them goes with them and is
 * told so; what cannot be is refused by its number.
 */
#include "control/handle_group.h"

#include "base/array.h"
#include "openflow/of_group.h"
#include "openflow/of_meter.h"
#include "tests/unit/control_lab.h"

enum { BAD_ACTION = 2, GROUP_MOD_FAILED = 6, METER_MOD_FAILED = 12 };

/* A bucket that sends to a port, or to a group. */
static struct bucket bucket_of(enum action_type type, uint32_t where,
                               uint16_t weight)
{
    struct bucket b = {
        .weight = weight, .watch_port = PORT_NO_ANY, .watch_group = GROUP_ANY};

    action_list_add(&b.actions,
                    (struct flow_action){.type = (uint8_t)type, .port = where});
    return b;
}

static void group_mod(struct lab *l, enum group_command command, uint32_t id,
                      uint8_t type, struct bucket b)
{
    struct group_mod mod = {
        .command = command,
        .type = type,
        .group_id = id,
        .command_bucket_id = BUCKET_ID_ALL,
        .buckets = &b,
        .bucket_count = command == GROUP_DELETE ? 0 : 1,
    };
    struct of_buffer message = {.data = NULL};

    of_group_write_mod(&message, l->peers[0].c.version, 3, &mod);
    action_list_clear(&b.actions);
    lab_say_buffer(l, 0, &message);
}

static void meter_mod(struct lab *l, uint16_t command, uint32_t id,
                      uint16_t flags)
{
    struct meter_mod mod = {
        .command = command,
        .flags = flags,
        .meter_id = id,
        .band_count = command == METER_DELETE ? 0 : 1,
        .bands = {{.type = BAND_DROP, .rate = 100}},
    };
    struct of_buffer message = {.data = NULL};

    of_meter_write_mod(&message, l->peers[0].c.version, 3, &mod);
    lab_say_buffer(l, 0, &message);
}

static void faults_of_groups_have_their_codes(void **state)
{
    static const struct {
        enum group_command command;
        uint32_t id;
        uint8_t type;
        enum action_type action;
        uint32_t where;
        uint16_t weight;
        uint16_t error_type, code;
    } rows[] = {
        {GROUP_ADD, 1, GROUP_TYPE_ALL, ACTION_OUTPUT, 1, 0, GROUP_MOD_FAILED,
         0},
        {GROUP_ADD, 0xffffff01, GROUP_TYPE_ALL, ACTION_OUTPUT, 1, 0,
         GROUP_MOD_FAILED, 1},
        {GROUP_ADD, 9, GROUP_TYPE_SELECT, ACTION_OUTPUT, 1, 0, GROUP_MOD_FAILED,
         1},
        /* A weight belongs to a select group. */
        {GROUP_ADD, 9, GROUP_TYPE_ALL, ACTION_OUTPUT, 1, 1, GROUP_MOD_FAILED,
         1},
        {GROUP_ADD, 9, GROUP_TYPE_INDIRECT, ACTION_OUTPUT, 1, 1,
         GROUP_MOD_FAILED, 1},
        {GROUP_ADD, 9, GROUP_TYPE_FAST_FAILOVER, ACTION_OUTPUT, 1, 1,
         GROUP_MOD_FAILED, 1},
        {GROUP_MODIFY, 1, GROUP_TYPE_ALL, ACTION_OUTPUT, 1, 1, GROUP_MOD_FAILED,
         1},
        {GROUP_ADD, 9, GROUP_TYPE_ALL, ACTION_GROUP, 9, 0, GROUP_MOD_FAILED, 7},
        {GROUP_MODIFY, 1, GROUP_TYPE_ALL, ACTION_GROUP, 2, 0, GROUP_MOD_FAILED,
         7},
        {GROUP_MODIFY, 7, GROUP_TYPE_ALL, ACTION_OUTPUT, 1, 0, GROUP_MOD_FAILED,
         8},
        {GROUP_DELETE, 1, GROUP_TYPE_ALL, ACTION_OUTPUT, 1, 0, GROUP_MOD_FAILED,
         9},
        {GROUP_ADD, 9, 7, ACTION_OUTPUT, 1, 0, GROUP_MOD_FAILED, 10},
        {GROUP_ADD, 9, GROUP_TYPE_FAST_FAILOVER, ACTION_OUTPUT, 1, 0,
         GROUP_MOD_FAILED, 13},
        {GROUP_ADD, 9, GROUP_TYPE_ALL, ACTION_GROUP, 77, 0, BAD_ACTION, 9},
        {GROUP_ADD, 9, GROUP_TYPE_ALL, ACTION_OUTPUT, 0xffffff01, 0, BAD_ACTION,
         4},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lab *l = lab_open(OF13);

        group_mod(l, GROUP_ADD, 1, GROUP_TYPE_ALL,
                  bucket_of(ACTION_OUTPUT, 1, 0));
        group_mod(l, GROUP_ADD, 2, GROUP_TYPE_ALL,
                  bucket_of(ACTION_GROUP, 1, 0));
        lab_hears_nothing(l, 0);
        group_mod(l, rows[i].command, rows[i].id, rows[i].type,
                  bucket_of(rows[i].action, rows[i].where, rows[i].weight));
        if (l->peers[0].size == 0)
            fail_msg("row %zu was taken", i);
        lab_hears_error(l, 0, rows[i].error_type, rows[i].code);
        assert_int_equal(group_table_count(datapath_groups(l->s.datapath)), 2);
        lab_close(l);
    }
}

static void entries_go_with_their_group(void **state)
{
    struct lab *l = lab_open(OF13);
    struct reader r;

    (void)state;
    group_mod(l, GROUP_ADD, 5, GROUP_TYPE_ALL, bucket_of(ACTION_OUTPUT, 2, 0));
    group_mod(l, GROUP_ADD, 6, GROUP_TYPE_ALL, bucket_of(ACTION_OUTPUT, 2, 0));
    lab_add_flow(l, 0, "send_flow_rem,cookie=1,in_port=1,actions=group:5");
    lab_add_flow(l, 0, "table=2,actions=write_actions(group:5)");
    lab_add_flow(l, 0, "in_port=2,actions=group:6");
    lab_add_flow(l, 0, "in_port=3,actions=output:1");
    lab_frame(l, 1, LAB_UDP);
    assert_int_equal(lab_sent(l, 2), 1);

    /* Two entries lead to it, and it has counted. */
    lab_say(l, 0, "04 12 0018 00000001 0006 0000 00000000 00000005 00000000");
    r = lab_hears_kind(l, 0, OF_MP_GROUP);
    read_u32(&r);
    assert_int_equal(read_u32(&r), 5);
    assert_int_equal(read_u32(&r), 2);
    read_u32(&r);
    assert_int_equal(read_u64(&r), 1);
    assert_int_equal(read_u64(&r), 60);

    group_mod(l, GROUP_DELETE, 5, GROUP_TYPE_ALL, (struct bucket){0});
    r = lab_hears_kind(l, 0, OF_FLOW_REMOVED);
    assert_int_equal(read_u64(&r), 1);
    read_u16(&r);
    assert_int_equal(read_u8(&r), 3);
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_flows(l), 2);
    /* To delete what is not there is no error; all at once. */
    group_mod(l, GROUP_DELETE, 5, GROUP_TYPE_ALL, (struct bucket){0});
    group_mod(l, GROUP_DELETE, GROUP_ALL, GROUP_TYPE_ALL, (struct bucket){0});
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_flows(l), 1);
    assert_int_equal(group_table_count(datapath_groups(l->s.datapath)), 0);
    lab_close(l);
}

static void a_changed_group_is_followed_at_once(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    group_mod(l, GROUP_ADD, 5, GROUP_TYPE_ALL, bucket_of(ACTION_OUTPUT, 2, 0));
    lab_add_flow(l, 0, "in_port=1,actions=group:5");
    lab_frame(l, 1, LAB_UDP);
    group_mod(l, GROUP_MODIFY, 5, GROUP_TYPE_ALL,
              bucket_of(ACTION_OUTPUT, 3, 0));
    lab_frame(l, 1, LAB_UDP);
    assert_int_equal(lab_sent(l, 2), 1);
    assert_int_equal(lab_sent(l, 3), 1);
    lab_close(l);
}

static void an_unknown_group_has_no_statistics(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    lab_say(l, 0, "04 12 0018 00000001 0006 0000 00000000 00000005 00000000");
    lab_hears(l, 0, "04 13 0010 00000001 0006 0000 00000000");
    lab_say(l, 0, "04 12 0010 00000001 0007 0000 00000000");
    lab_hears(l, 0, "04 13 0010 00000001 0007 0000 00000000");
    lab_say(l, 0, "04 12 0010 00000001 0008 0000 00000000");
    lab_hears_kind(l, 0, OF_MP_GROUP_FEATURES);
    lab_close(l);
}

static void meters_take_their_entries_along(void **state)
{
    struct lab *l = lab_open(OF14);
    struct reader r;

    (void)state;
    meter_mod(l, METER_ADD, 1, METER_KBPS);
    meter_mod(l, METER_ADD, 2, METER_PKTPS | METER_BURST);
    lab_hears_nothing(l, 0);
    meter_mod(l, METER_ADD, 1, METER_KBPS);
    lab_hears_error(l, 0, METER_MOD_FAILED, 1);
    meter_mod(l, METER_MODIFY, 9, METER_KBPS);
    lab_hears_error(l, 0, METER_MOD_FAILED, 3);
    meter_mod(l, METER_ADD, 0, METER_KBPS);
    lab_hears_error(l, 0, METER_MOD_FAILED, 2);
    lab_add_flow(l, 0, "send_flow_rem,in_port=1,actions=meter:1,output:2");
    lab_add_flow(l, 0, "in_port=2,actions=meter:2,output:2");

    /* Flags and burst as they were sent, and who uses it. */
    lab_say(l, 0, "05 12 0018 00000001 000a 0000 00000000 00000002 00000000");
    lab_hears(l, 0,
              "05 13 0028 00000001 000a 0000 00000000 0018 0006 00000002"
              "0001 0010 00000064 00000000 00000000");
    lab_say(l, 0, "05 12 0018 00000001 0009 0000 00000000 ffffffff 00000000");
    r = lab_hears_kind(l, 0, OF_MP_METER);
    assert_int_equal(read_u32(&r), 1);
    read_u64(&r);
    assert_int_equal(read_u32(&r), 1);

    meter_mod(l, METER_DELETE, 1, 0);
    r = lab_hears_kind(l, 0, OF_FLOW_REMOVED);
    read_u64(&r);
    read_u16(&r);
    assert_int_equal(read_u8(&r), 4);
    assert_int_equal(lab_flows(l), 1);
    meter_mod(l, METER_DELETE, METER_ALL, 0);
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_flows(l), 0);
    lab_close(l);
}

/* A controller may delete again and again what is not there: workers keep what
 * they have of the tables. */
static void deleting_what_is_not_there_leaves_the_version(void **state)
{
    struct lab *l = lab_open(OF13);
    const struct flow_tables *tables = datapath_tables(l->s.datapath);
    uint32_t version;

    (void)state;
    group_mod(l, GROUP_ADD, 5, GROUP_TYPE_ALL, bucket_of(ACTION_OUTPUT, 2, 0));
    meter_mod(l, METER_ADD, 5, METER_KBPS);
    version = flow_tables_version(tables);
    group_mod(l, GROUP_DELETE, 6, GROUP_TYPE_ALL, (struct bucket){0});
    meter_mod(l, METER_DELETE, 6, 0);
    assert_int_equal(flow_tables_version(tables), version);
    group_mod(l, GROUP_DELETE, 5, GROUP_TYPE_ALL, (struct bucket){0});
    assert_int_not_equal(flow_tables_version(tables), version);
    version = flow_tables_version(tables);
    meter_mod(l, METER_DELETE, 5, 0);
    assert_int_not_equal(flow_tables_version(tables), version);
    version = flow_tables_version(tables);
    group_mod(l, GROUP_DELETE, GROUP_ALL, GROUP_TYPE_ALL, (struct bucket){0});
    meter_mod(l, METER_DELETE, METER_ALL, 0);
    assert_int_equal(flow_tables_version(tables), version);
    lab_hears_nothing(l, 0);
    lab_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_of_groups_have_their_codes),
        cmocka_unit_test(entries_go_with_their_group),
        cmocka_unit_test(a_changed_group_is_followed_at_once),
        cmocka_unit_test(an_unknown_group_has_no_statistics),
        cmocka_unit_test(meters_take_their_entries_along),
        cmocka_unit_test(deleting_what_is_not_there_leaves_the_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
