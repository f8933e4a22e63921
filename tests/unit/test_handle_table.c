/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a controller asks of the tables: how many entries they take, which is
 * then so, and all of a request in several parts or nothing.
 */
#include "control/handle_table.h"

#include "openflow/of_table_features.h"
#include "tests/unit/control_lab.h"

/* Types and codes of errors since 1.1. */
enum {
    BAD_REQUEST = 1,
    FLOW_MOD_FAILED = 5,
    TABLE_FULL = 1,
    TABLE_FEATURES_FAILED = 13,
    MULTIPART_BUFFER_OVERFLOW = 13,
};

enum { MORE = 1 };

/* A part of a request that wants 'table' to take that many entries. */
static void ask_for(struct lab *l, uint32_t xid, uint8_t flags, uint8_t table,
                    uint32_t max_entries)
{
    enum of_version version = l->peers[0].c.version;
    struct table_features f = table_features_full(table, 255);
    struct of_buffer b = {.data = NULL};
    size_t start = of_begin_request(&b, version, OF_MP_TABLE_FEATURES, xid);

    f.max_entries = max_entries;
    of_table_features_put(&b, version, &f);
    of_end(&b, start);
    b.data[start + 11] = flags;
    lab_say_buffer(l, 0, &b);
}

static void hears_all_features(struct lab *l, uint32_t xid)
{
    for (unsigned int more = 1; more;) {
        struct reader r = lab_next(l, 0);
        struct reader body = r;
        struct of_header h = of_read_header(&body);

        assert_int_equal(of_kind_of(&h, &body), OF_MP_TABLE_FEATURES);
        assert_int_equal(h.xid, xid);
        more = r.next[11] & MORE;
    }
    lab_hears_nothing(l, 0);
}

static size_t limit(const struct lab *l, uint8_t table)
{
    return flow_tables_limit(datapath_tables(l->s.datapath), table);
}

static void a_table_takes_no_more_than_it_was_asked_for(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    ask_for(l, 1, 0, 2, 2);
    hears_all_features(l, 1);
    lab_add_flow(l, 0, "table=2,priority=1,actions=drop");
    lab_add_flow(l, 0, "table=2,priority=2,actions=drop");
    lab_flow_mod(l, 0, FLOW_MOD_ADD, "table=2,priority=3,actions=drop");
    lab_hears_error(l, 0, FLOW_MOD_FAILED, TABLE_FULL);
    assert_int_equal(lab_flows(l), 2);
    /* One of those that are there may be written anew. */
    lab_add_flow(l, 0, "table=2,priority=2,actions=output:1");
    lab_add_flow(l, 0, "table=3,priority=3,actions=drop");
    lab_flow_mod(l, 0, FLOW_MOD_DELETE_STRICT, "table=2,priority=1");
    lab_add_flow(l, 0, "table=2,priority=3,actions=drop");
    lab_close(l);
}

/* In 1.0 the error is ALL_TABLES_FULL. */
static void a_controller_of_1_0_is_told_so_too(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    flow_tables_set_limit(datapath_tables(l->s.datapath), 0, 1);
    lab_add_flow(l, 0, "priority=1,actions=drop");
    lab_flow_mod(l, 0, FLOW_MOD_ADD, "priority=2,actions=drop");
    lab_hears_error(l, 0, 3, 0);
    lab_close(l);
}

static void parts_are_one_request(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    ask_for(l, 1, MORE, 1, 10);
    ask_for(l, 1, MORE, 2, 20);
    lab_hears_nothing(l, 0);
    assert_int_equal(limit(l, 1), FLOW_TABLE_LIMIT);
    ask_for(l, 1, 0, 3, 30);
    hears_all_features(l, 1);
    assert_int_equal(limit(l, 1), 10);
    assert_int_equal(limit(l, 2), 20);
    assert_int_equal(limit(l, 3), 30);
    /* A last part may be empty. */
    ask_for(l, 2, MORE, 1, 11);
    lab_say(l, 0, "04 12 0010 00000002 000c 0000 00000000");
    hears_all_features(l, 2);
    assert_int_equal(limit(l, 1), 11);
    lab_close(l);
}

static void a_fault_in_the_last_part_leaves_all_as_it_was(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    ask_for(l, 1, MORE, 1, 10);
    ask_for(l, 1, 0, 255, 10);
    lab_hears_error(l, 0, TABLE_FEATURES_FAILED, 0);
    assert_int_equal(limit(l, 1), FLOW_TABLE_LIMIT);
    ask_for(l, 2, 0, 2, 20);
    hears_all_features(l, 2);
    assert_int_equal(limit(l, 1), FLOW_TABLE_LIMIT);
    assert_int_equal(limit(l, 2), 20);
    lab_close(l);
}

static void parts_of_two_requests_are_not_mixed(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    ask_for(l, 1, MORE, 1, 10);
    ask_for(l, 2, MORE, 2, 20);
    lab_hears_error(l, 0, BAD_REQUEST, MULTIPART_BUFFER_OVERFLOW);
    /* One that is never ended does not stand in the way for ever. */
    l->now_ms += REQUEST_PARTS_KEPT_MS;
    ask_for(l, 3, 0, 3, 30);
    hears_all_features(l, 3);
    assert_int_equal(limit(l, 1), FLOW_TABLE_LIMIT);
    assert_int_equal(limit(l, 3), 30);
    lab_close(l);
}

static void parts_without_end_are_refused(void **state)
{
    struct lab *l = lab_open(OF13);
    size_t sent = 0;

    (void)state;
    while (l->peers[0].at == l->peers[0].size) {
        ask_for(l, 1, MORE, 1, 10);
        assert_true(++sent < 100000);
    }
    lab_hears_error(l, 0, BAD_REQUEST, MULTIPART_BUFFER_OVERFLOW);
    assert_true(sent > 100);
    /* What a connection leaves behind goes with it. */
    ask_for(l, 2, MORE, 1, 10);
    lab_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_takes_no_more_than_it_was_asked_for),
        cmocka_unit_test(a_controller_of_1_0_is_told_so_too),
        cmocka_unit_test(parts_are_one_request),
        cmocka_unit_test(a_fault_in_the_last_part_leaves_all_as_it_was),
        cmocka_unit_test(parts_of_two_requests_are_not_mixed),
        cmocka_unit_test(parts_without_end_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
