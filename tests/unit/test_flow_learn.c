/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries that learn actions make: made once, refreshed without a change to the
 * tables, changed when something else is learned, and no more of them than are
 * allowed; none of which takes a look at all entries each time.
 */
#include "table/flow_learn.h"

#include <stdio.h>
#include <time.h>

#include "tests/unit/test.h"
#include "text/text_flow.h"

enum { START_MS = 1000, COOKIE = 7 };

/* Frames from this port go to that one. */
static enum flow_learn_news learn(struct flow_tables *t, uint32_t from,
                                  uint32_t to, uint32_t limit, int64_t now_ms)
{
    struct flow_action output = {.type = ACTION_OUTPUT, .port = to};
    struct flow_mod mod = flow_mod_empty();
    enum flow_learn_news news;

    mod.command = FLOW_MOD_MODIFY_STRICT;
    mod.adds_if_none = mod.sets_cookie = true;
    mod.table = 1;
    mod.cookie = COOKIE;
    mod.hard_timeout_s = 10;
    mod.idle_timeout_s = 8;
    mod.match.key.in_port = from;
    mod.match.mask.in_port = UINT32_MAX;
    mod.flags = FLOW_MOD_LEARNED;
    mod.instructions.apply_count = 1;
    mod.instructions.has_apply = true;
    mod.instructions.cells = &output; /* borrowed: not to be cleared */
    assert_int_equal(flow_learn(t, &mod, limit, now_ms, &news), FLOW_OK);
    assert_true(flow_learn_is_same(t, &mod) == (news != LEARN_LIMITED));
    assert_true(flow_learn_is_known(t, &mod, now_ms + LEARN_AGAIN_MS - 1) ==
                (news != LEARN_LIMITED));
    assert_false(flow_learn_is_known(t, &mod, now_ms + LEARN_AGAIN_MS));
    return news;
}

static struct flow_tables *make(void)
{
    struct flow_tables *t = flow_tables_create(1, START_MS);

    assert_non_null(t);
    return t;
}

static void it_is_made_once_and_changed(void **state)
{
    struct flow_tables *t = make();
    uint32_t version, epoch = flow_tables_epoch(t);

    (void)state;
    assert_int_equal(learn(t, 1, 2, 0, START_MS), LEARN_NEW);
    version = flow_tables_version(t);
    assert_int_equal(learn(t, 1, 2, 0, START_MS + 100), LEARN_KNOWN);
    assert_int_equal(flow_tables_version(t), version);
    assert_int_equal(learn(t, 1, 3, 0, START_MS + 200), LEARN_CHANGED);
    assert_int_not_equal(flow_tables_version(t), version);
    assert_int_equal(flow_tables_count(t, 1), 1);
    /* None of these makes what was found before it out of date. */
    assert_int_equal(flow_tables_epoch(t), epoch);
    flow_tables_flush(t, NULL, NULL, START_MS + 200);
    assert_int_not_equal(flow_tables_epoch(t), epoch);
    flow_tables_free(t);
}

/* Hard timeouts count from when it was learned last, idle ones do not. */
static void learning_again_keeps_it_from_its_hard_time_out(void **state)
{
    struct flow_tables *t = make();
    struct flow_key key = {.in_port = 1};
    const struct flow_entry *e;

    (void)state;
    learn(t, 1, 2, 0, START_MS);
    e = flow_tables_find(t, 1, &key);
    assert_non_null(e);
    /* Used at 7 s, learned again at 5 s: gone idle at 15, else hard at 15. */
    counters_add_sum(flow_tables_counters(t), 0, e->counter,
                     (struct counter_sum){1, 60}, START_MS + 7000);
    learn(t, 1, 2, 0, START_MS + 5000);
    assert_int_equal(flow_tables_expire(t, START_MS + 14900, 10), 0);
    assert_int_equal(flow_tables_expire(t, START_MS + 15000, 10), 1);

    learn(t, 1, 2, 0, START_MS + 20000);
    learn(t, 1, 2, 0, START_MS + 27000);
    assert_int_equal(flow_tables_expire(t, START_MS + 27900, 10), 0);
    assert_int_equal(flow_tables_expire(t, START_MS + 28000, 10), 1);
    flow_tables_free(t);
}

static void no_more_are_made_than_allowed(void **state)
{
    struct flow_tables *t = make();

    (void)state;
    assert_int_equal(learn(t, 1, 2, 2, START_MS), LEARN_NEW);
    assert_int_equal(learn(t, 2, 2, 2, START_MS), LEARN_NEW);
    assert_int_equal(learn(t, 3, 2, 2, START_MS), LEARN_LIMITED);
    assert_int_equal(learn(t, 1, 3, 2, START_MS), LEARN_CHANGED);
    assert_int_equal(learn(t, 3, 2, 3, START_MS), LEARN_NEW);
    assert_int_equal(flow_tables_count(t, 1), 3);
    flow_tables_free(t);
}

/* How many it takes to see: other changes come between, from elsewhere or by a
 * learn request that has no limit. */
static void the_count_follows_other_changes(void **state)
{
    struct flow_tables *t = make();
    struct flow_mod mod = flow_mod_empty();

    (void)state;
    assert_int_equal(learn(t, 1, 2, 2, START_MS), LEARN_NEW);
    assert_int_equal(learn(t, 2, 2, 0, START_MS), LEARN_NEW);
    assert_int_equal(learn(t, 3, 2, 2, START_MS), LEARN_LIMITED);
    mod.command = FLOW_MOD_DELETE;
    mod.match.key.in_port = 2;
    mod.match.mask.in_port = UINT32_MAX;
    assert_int_equal(flow_tables_apply(t, &mod, START_MS), FLOW_OK);
    assert_int_equal(learn(t, 3, 2, 2, START_MS), LEARN_NEW);
    assert_int_equal(learn(t, 4, 2, 2, START_MS), LEARN_LIMITED);
    /* All time out. */
    assert_int_equal(flow_tables_expire(t, START_MS + 20000, 10), 2);
    assert_int_equal(learn(t, 4, 2, 2, START_MS + 20000), LEARN_NEW);
    flow_tables_free(t);
}

/* Looking at all entries for each of these learn requests would take minutes.
 */
static void a_storm_of_learn_requests_is_counted_in_no_time(void **state)
{
    enum { OTHERS = 100000, REQUESTS = 50000 };
    struct flow_tables *t = make();
    struct flow_mod mod = flow_mod_empty();
    clock_t begun = clock();

    (void)state;
    mod.command = FLOW_MOD_ADD;
    mod.table = 1;
    mod.match.mask.metadata = UINT64_MAX;
    for (uint64_t i = 0; i < OTHERS; i++) {
        mod.match.key.metadata = i;
        assert_int_equal(flow_tables_apply(t, &mod, START_MS), FLOW_OK);
    }
    for (uint32_t i = 1; i <= REQUESTS; i++)
        assert_int_equal(learn(t, i, 2, REQUESTS / 2, START_MS),
                         i <= REQUESTS / 2 ? LEARN_NEW : LEARN_LIMITED);
    assert_int_equal(flow_tables_count(t, 1), OTHERS + REQUESTS / 2);
    assert_in_range(clock() - begun, 0, 10 * CLOCKS_PER_SEC);
    flow_tables_free(t);
}

/* Each of these entries has made those of a cookie of its own. */
static void add_owner(struct flow_tables *t, unsigned int i)
{
    struct text_error error;
    const struct text_parse parse = {.error = &error};
    char text[160];
    struct flow_mod mod;

    snprintf(text, sizeof(text),
             "table=2,metadata=%u,actions=learn(table=1,delete_learned,"
             "cookie=%u)",
             i, i);
    assert_true(text_flow_read(&parse, FLOW_MOD_ADD, text, &mod));
    assert_int_equal(flow_tables_apply(t, &mod, START_MS), FLOW_OK);
    flow_mod_clear(&mod);
}

static void add_owned(struct flow_tables *t, unsigned int i)
{
    struct flow_mod mod = flow_mod_empty();

    mod.command = FLOW_MOD_ADD;
    mod.table = 1;
    mod.cookie = i;
    mod.match.mask.metadata = UINT64_MAX;
    mod.match.key.metadata = i;
    assert_int_equal(flow_tables_apply(t, &mod, START_MS), FLOW_OK);
}

/* One look at all entries for each of the cookies would take minutes. */
static void what_many_have_learned_goes_in_no_time(void **state)
{
    enum { OWNERS = 50000 };
    struct flow_tables *t = make();
    struct flow_mod mod = flow_mod_empty();
    clock_t begun = clock();

    (void)state;
    for (unsigned int i = 1; i <= OWNERS; i++) {
        add_owner(t, i);
        add_owned(t, i);
    }
    add_owned(t, OWNERS + 1);
    mod.command = FLOW_MOD_DELETE;
    mod.table = 2;
    assert_int_equal(flow_tables_apply(t, &mod, START_MS), FLOW_OK);
    assert_int_equal(flow_tables_count(t, 2), 0);
    assert_int_equal(flow_tables_count(t, 1), 1);
    assert_in_range(clock() - begun, 0, 10 * CLOCKS_PER_SEC);
    flow_tables_free(t);
}

/* Each has made the next, so that they go one after the other; in the end all
 * do, and workers keep no verdict of theirs. */
static void what_hangs_on_each_other_goes_after_all(void **state)
{
    enum { LENGTH = 100 };
    struct flow_tables *t = make();
    struct flow_mod mod = flow_mod_empty();

    (void)state;
    for (unsigned int i = 1; i <= LENGTH; i++) {
        struct text_error error;
        const struct text_parse parse = {.error = &error};
        char text[160];
        struct flow_mod one;

        snprintf(text, sizeof(text),
                 "table=1,metadata=%u,cookie=%u,actions=learn(table=1,"
                 "delete_learned,cookie=%u)",
                 i, i, i + 1);
        assert_true(text_flow_read(&parse, FLOW_MOD_ADD, text, &one));
        assert_int_equal(flow_tables_apply(t, &one, START_MS), FLOW_OK);
        flow_mod_clear(&one);
    }
    mod.command = FLOW_MOD_DELETE;
    mod.table = 1;
    mod.cookie = 1;
    mod.cookie_mask = UINT64_MAX;
    assert_int_equal(flow_tables_apply(t, &mod, START_MS), FLOW_OK);
    for (int i = 0; i < LENGTH && flow_tables_count(t, 1); i++) {
        uint32_t version = flow_tables_version(t);

        flow_tables_expire(t, START_MS, 10);
        assert_int_not_equal(flow_tables_version(t), version);
    }
    assert_int_equal(flow_tables_count(t, 1), 0);
    flow_tables_free(t);
}

static void a_full_table_takes_none(void **state)
{
    struct flow_tables *t = make();
    struct flow_mod mod = flow_mod_empty();
    enum flow_learn_news news;

    (void)state;
    flow_tables_set_limit(t, 1, 1);
    learn(t, 1, 2, 0, START_MS);
    mod.command = FLOW_MOD_MODIFY_STRICT;
    mod.adds_if_none = true;
    mod.table = 1;
    assert_int_equal(flow_learn(t, &mod, 0, START_MS, &news), FLOW_TABLE_FULL);
    flow_tables_free(t);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_made_once_and_changed),
        cmocka_unit_test(learning_again_keeps_it_from_its_hard_time_out),
        cmocka_unit_test(no_more_are_made_than_allowed),
        cmocka_unit_test(the_count_follows_other_changes),
        cmocka_unit_test(a_storm_of_learn_requests_is_counted_in_no_time),
        cmocka_unit_test(what_many_have_learned_goes_in_no_time),
        cmocka_unit_test(what_hangs_on_each_other_goes_after_all),
        cmocka_unit_test(a_full_table_takes_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
