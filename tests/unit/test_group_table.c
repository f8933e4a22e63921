/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups: what a GROUP_MOD does to them, bucket by bucket, and that one which
 * is refused changes nothing.  OpenFlow 1.3.5 6.7, 1.5.1 7.3.4.3.
 */
#include <string.h>
#include <time.h>

#include "base/retire.h"
#include "flow/port_no.h"
#include "table/group_table.h"
#include "tests/unit/test.h"

enum { LIST_MAX = 8 };

static struct counters *counters;
static struct group_table *t;

static int begin(void **state)
{
    (void)state;
    counters = counters_create(1);
    t = group_table_create(counters);
    return 0;
}

static int end(void **state)
{
    (void)state;
    group_table_free(t);
    counters_free(counters);
    return 0;
}

/* Buckets of these ids, each with an output to the port 100 + id. */
struct list {
    struct flow_action cells[LIST_MAX];
    struct bucket buckets[LIST_MAX];
};

static enum flow_error apply(enum group_command command, uint32_t id,
                             uint32_t at, const uint32_t *ids, size_t count)
{
    static struct list l;
    struct group_mod mod = {.command = command,
                            .type = GROUP_TYPE_ALL,
                            .group_id = id,
                            .command_bucket_id = at,
                            .buckets = l.buckets,
                            .bucket_count = count};

    for (size_t i = 0; i < count; i++) {
        l.cells[i] =
            (struct flow_action){.type = ACTION_OUTPUT, .port = 100 + ids[i]};
        l.buckets[i] = (struct bucket){
            .id = ids[i],
            .watch_port = PORT_NO_ANY,
            .watch_group = GROUP_ANY,
            .actions = {.cells = &l.cells[i], .count = 1},
        };
    }
    return group_table_apply(t, &mod, 1000);
}

#define IDS(...)                                                               \
    (const uint32_t[]){__VA_ARGS__},                                           \
        sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)
#define NO_IDS NULL, 0

static void assert_buckets(uint32_t id, const uint32_t *ids, size_t count)
{
    const struct group *g = group_table_find(t, id);

    assert_non_null(g);
    assert_int_equal(g->bucket_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(g->buckets[i].id, ids[i]);
        assert_int_equal(g->buckets[i].cells[0].port, 100 + ids[i]);
    }
}

static void buckets_are_put_where_the_command_says(void **state)
{
    (void)state;
    assert_int_equal(apply(GROUP_ADD, 1, 0, IDS(10, 20)), FLOW_OK);
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 1, BUCKET_ID_FIRST, IDS(1, 2)),
                     FLOW_OK);
    assert_buckets(1, IDS(1, 2, 10, 20));
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 1, BUCKET_ID_LAST, IDS(30)),
                     FLOW_OK);
    assert_buckets(1, IDS(1, 2, 10, 20, 30));
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 1, 10, IDS(11)), FLOW_OK);
    assert_buckets(1, IDS(1, 2, 10, 11, 20, 30));
}

static void an_empty_group_takes_buckets_at_both_ends(void **state)
{
    (void)state;
    assert_int_equal(apply(GROUP_ADD, 1, 0, NO_IDS), FLOW_OK);
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 1, BUCKET_ID_LAST, IDS(5)),
                     FLOW_OK);
    assert_int_equal(apply(GROUP_REMOVE_BUCKET, 1, BUCKET_ID_ALL, NO_IDS),
                     FLOW_OK);
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 1, BUCKET_ID_FIRST, IDS(6)),
                     FLOW_OK);
    assert_buckets(1, IDS(6));
}

static void buckets_are_taken_where_the_command_says(void **state)
{
    (void)state;
    apply(GROUP_ADD, 1, 0, IDS(1, 2, 3, 4, 5));
    assert_int_equal(apply(GROUP_REMOVE_BUCKET, 1, BUCKET_ID_FIRST, NO_IDS),
                     FLOW_OK);
    assert_buckets(1, IDS(2, 3, 4, 5));
    assert_int_equal(apply(GROUP_REMOVE_BUCKET, 1, BUCKET_ID_LAST, NO_IDS),
                     FLOW_OK);
    assert_buckets(1, IDS(2, 3, 4));
    assert_int_equal(apply(GROUP_REMOVE_BUCKET, 1, 3, NO_IDS), FLOW_OK);
    assert_buckets(1, IDS(2, 4));
    assert_int_equal(apply(GROUP_REMOVE_BUCKET, 1, BUCKET_ID_ALL, NO_IDS),
                     FLOW_OK);
    assert_buckets(1, NO_IDS);
}

static void a_refused_bucket_command_changes_nothing(void **state)
{
    (void)state;
    apply(GROUP_ADD, 1, 0, IDS(1, 2));
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 1, 7, IDS(3)),
                     FLOW_UNKNOWN_BUCKET);
    assert_int_equal(apply(GROUP_REMOVE_BUCKET, 1, 7, NO_IDS),
                     FLOW_UNKNOWN_BUCKET);
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 1, BUCKET_ID_LAST, IDS(3, 2)),
                     FLOW_BUCKET_EXISTS);
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 2, BUCKET_ID_LAST, IDS(3)),
                     FLOW_UNKNOWN_GROUP);
    assert_int_equal(apply(GROUP_REMOVE_BUCKET, 2, 1, NO_IDS),
                     FLOW_UNKNOWN_GROUP);
    assert_buckets(1, IDS(1, 2));
    assert_int_equal(group_table_count(t), 1);
    assert_int_equal(retire_flush(), 0);
}

static void buckets_without_ids_are_numbered(void **state)
{
    const struct group *g;

    (void)state;
    apply(GROUP_ADD, 1, 0, IDS(BUCKET_ID_ALL, BUCKET_ID_ALL));
    g = group_table_find(t, 1);
    assert_int_equal(g->buckets[0].id, 0);
    assert_int_equal(g->buckets[1].id, 1);
}

/* Counts 'packets' for the bucket. */
static void count_for(uint32_t id, size_t place, uint32_t packets)
{
    const struct group *g = group_table_find(t, id);

    for (uint32_t i = 0; i < packets; i++)
        counters_add(counters, 0, g->buckets[place].counter, 60, 1);
}

static void assert_counted(uint32_t id, const uint32_t *packets, size_t count)
{
    const struct group *g = group_table_find(t, id);

    assert_int_equal(g->bucket_count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(
            counters_total(counters, g->buckets[i].counter).packets,
            packets[i]);
}

/* Those that a bucket command does not speak of; what was counted by belongs to
 * nobody else after it. */
static void other_buckets_count_on(void **state)
{
    (void)state;
    apply(GROUP_ADD, 1, 0, IDS(1, 2, 3));
    count_for(1, 0, 1);
    count_for(1, 1, 2);
    count_for(1, 2, 3);
    apply(GROUP_INSERT_BUCKET, 1, 1, IDS(11, 12));
    assert_counted(1, IDS(1, 0, 0, 2, 3));
    apply(GROUP_REMOVE_BUCKET, 1, 2, NO_IDS);
    retire_flush();
    assert_counted(1, IDS(1, 0, 0, 3));
    apply(GROUP_ADD, 2, 0, IDS(1, 2, 3, 4));
    for (size_t i = 0; i < 4; i++)
        count_for(2, i, 100);
    assert_counted(1, IDS(1, 0, 0, 3));
    assert_int_equal(apply(GROUP_INSERT_BUCKET, 1, 3, IDS(1)),
                     FLOW_BUCKET_EXISTS);
    apply(GROUP_INSERT_BUCKET, 1, BUCKET_ID_FIRST, IDS(7));
    assert_counted(1, IDS(0, 1, 0, 0, 3));
    /* Taken out and put in again it is another one. */
    apply(GROUP_REMOVE_BUCKET, 1, BUCKET_ID_ALL, NO_IDS);
    retire_flush();
    apply(GROUP_INSERT_BUCKET, 1, BUCKET_ID_FIRST, IDS(1));
    assert_counted(1, IDS(0));
}

static void a_modified_group_counts_on_and_its_buckets_anew(void **state)
{
    const struct group *g;

    (void)state;
    apply(GROUP_ADD, 1, 0, IDS(1));
    g = group_table_find(t, 1);
    counters_add(counters, 0, g->counter, 60, 1);
    counters_add(counters, 0, g->buckets[0].counter, 60, 1);
    assert_int_equal(apply(GROUP_MODIFY, 1, 0, IDS(1, 2)), FLOW_OK);
    retire_flush();
    g = group_table_find(t, 1);
    assert_int_equal(counters_total(counters, g->counter).packets, 1);
    assert_int_equal(counters_total(counters, g->buckets[0].counter).packets,
                     0);
    /* Made anew it is another group. */
    apply(GROUP_DELETE, 1, 0, NO_IDS);
    retire_flush();
    apply(GROUP_ADD, 1, 0, IDS(1));
    g = group_table_find(t, 1);
    assert_int_equal(counters_total(counters, g->counter).packets, 0);
}

static void all_counters_come_back(void **state)
{
    uint32_t first = counters_take(counters);

    (void)state;
    counters_return(counters, first);
    for (unsigned int i = 0; i < 100; i++) {
        apply(GROUP_ADD_OR_MODIFY, 1, 0, IDS(1, 2, 3));
        apply(GROUP_REMOVE_BUCKET, 1, 2, NO_IDS);
        apply(GROUP_DELETE, GROUP_ALL, 0, NO_IDS);
        retire_flush();
    }
    for (unsigned int i = 0; i < COUNTERS_CHUNK; i++)
        assert_true(counters_take(counters) < COUNTERS_CHUNK);
}

static void note_id(void *context, const struct group *g)
{
    uint32_t **next = context;

    *(*next)++ = g->id;
}

static void groups_are_listed_by_id(void **state)
{
    static const uint32_t ids[] = {1025, 1, GROUP_MAX, 7, 2049};
    uint32_t seen[5], *next = seen;

    (void)state;
    group_table_each(t, note_id, &next);
    assert_ptr_equal(next, seen);
    for (size_t i = 0; i < 5; i++) /* some share a chain of the hash */
        assert_int_equal(apply(GROUP_ADD, ids[i], 0, IDS(1)), FLOW_OK);
    group_table_each(t, note_id, &next);
    assert_memory_equal(seen, ((const uint32_t[]){1, 7, 1025, 2049, GROUP_MAX}),
                        sizeof(seen));
    assert_int_equal(apply(GROUP_DELETE, 1025, 0, NO_IDS), FLOW_OK);
    assert_null(group_table_find(t, 1025));
    assert_non_null(group_table_find(t, 1));
    assert_non_null(group_table_find(t, 2049));
    assert_int_equal(apply(GROUP_DELETE, 1025, 0, NO_IDS), FLOW_OK);
    assert_int_equal(group_table_count(t), 4);
    assert_int_equal(group_table_flush(t), 4);
    assert_int_equal(group_table_count(t), 0);
}

/* Each group sends to the one before it, WIDE times: there are WIDE^DEEP ways
 * through them, which nobody has the time to go. */
static void groups_in_groups_are_checked_in_no_time(void **state)
{
    enum { WIDE = 64 };
    struct flow_action cell = {.type = ACTION_GROUP};
    struct bucket buckets[WIDE];
    struct group_mod mod = {
        .command = GROUP_ADD, .buckets = buckets, .bucket_count = WIDE};

    (void)state;
    for (size_t i = 0; i < WIDE; i++)
        buckets[i] = (struct bucket){.id = BUCKET_ID_ALL,
                                     .watch_port = PORT_NO_ANY,
                                     .watch_group = GROUP_ANY,
                                     .actions = {.cells = &cell, .count = 1}};
    assert_int_equal(apply(GROUP_ADD, 0, 0, IDS(1)), FLOW_OK);
    for (mod.group_id = 1; mod.group_id <= GROUP_DEPTH_LIMIT; mod.group_id++) {
        cell.group = mod.group_id - 1;
        assert_int_equal(group_table_apply(t, &mod, 0), FLOW_OK);
    }
    cell.group = mod.group_id - 1;
    assert_int_equal(group_table_apply(t, &mod, 0), FLOW_GROUP_LOOP);
    cell.group = GROUP_DEPTH_LIMIT; /* the lowest to send to the highest */
    mod.group_id = 0;
    mod.command = GROUP_MODIFY;
    assert_int_equal(group_table_apply(t, &mod, 0), FLOW_GROUP_LOOP);
}

/* The same if all were in one chain, as by the lowest bits of their ids. */
static void as_many_as_there_may_be(void **state)
{
    struct group_mod mod = {.command = GROUP_ADD};
    enum flow_error error = FLOW_OK;
    clock_t begun = clock();

    (void)state;
    for (uint32_t i = 0; i < GROUP_TABLE_LIMIT && !error; i++) {
        mod.group_id = i * 0x4000;
        error = group_table_apply(t, &mod, 0);
    }
    assert_int_equal(error, FLOW_OK);
    mod.group_id = 1;
    assert_int_equal(group_table_apply(t, &mod, 0), FLOW_GROUP_FULL);
    assert_int_equal(group_table_count(t), GROUP_TABLE_LIMIT);
    assert_int_equal(apply(GROUP_DELETE, 0, 0, IDS(1)), FLOW_OK);
    assert_int_equal(group_table_apply(t, &mod, 0), FLOW_OK);
    assert_in_range(clock() - begun, 0, 5 * CLOCKS_PER_SEC);
}

static void too_many_buckets_are_refused(void **state)
{
    static struct bucket buckets[GROUP_BUCKETS_LIMIT + 1];
    struct group_mod mod = {.command = GROUP_ADD,
                            .group_id = 1,
                            .buckets = buckets,
                            .bucket_count = GROUP_BUCKETS_LIMIT + 1};

    (void)state;
    for (size_t i = 0; i <= GROUP_BUCKETS_LIMIT; i++)
        buckets[i] = (struct bucket){.id = BUCKET_ID_ALL,
                                     .watch_port = PORT_NO_ANY,
                                     .watch_group = GROUP_ANY};
    assert_int_equal(group_table_apply(t, &mod, 0), FLOW_BUCKETS_FULL);
    mod.bucket_count--;
    assert_int_equal(group_table_apply(t, &mod, 0), FLOW_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(buckets_are_put_where_the_command_says),
        TEST(an_empty_group_takes_buckets_at_both_ends),
        TEST(other_buckets_count_on),
        TEST(buckets_are_taken_where_the_command_says),
        TEST(a_refused_bucket_command_changes_nothing),
        TEST(buckets_without_ids_are_numbered),
        TEST(a_modified_group_counts_on_and_its_buckets_anew),
        TEST(all_counters_come_back),
        TEST(groups_are_listed_by_id),
        TEST(groups_in_groups_are_checked_in_no_time),
        TEST(as_many_as_there_may_be),
        TEST(too_many_buckets_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
