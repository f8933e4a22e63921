/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hidden entries: they beat all others whatever their priority, are neither
 * listed nor counted with them, survive a flush and a delete of everything, and
 * go only when a mod that has their flag asks for it.  And a table takes no
 * more entries, and no more masks, than it says.
 */
#include "table/flow_table.h"

#include <arpa/inet.h>

#include "base/retire.h"
#include "tests/unit/test.h"

static unsigned int removed_count;
static int64_t removed_ms; /* when the last one went */

static void note_removed(void *context, const struct flow_entry *e,
                         const struct flow_usage *stats,
                         enum flow_removed_reason reason, int64_t now_ms)
{
    (void)context;
    (void)e;
    (void)stats;
    (void)reason;
    removed_count++;
    removed_ms = now_ms;
}

/* A mod of what sends everything to port 'to'. */
static enum flow_error apply(struct flow_tables *t,
                             enum flow_mod_command command, uint16_t flags,
                             uint16_t priority, uint32_t to)
{
    struct flow_action action = {.type = ACTION_OUTPUT, .port = to};
    struct flow_mod mod = flow_mod_empty();

    mod.command = command;
    mod.table = 0;
    mod.flags = flags;
    mod.priority = priority;
    mod.instructions.has_apply = true;
    mod.instructions.apply_count = 1;
    mod.instructions.cells = &action; /* borrowed: not to be cleared */
    return flow_tables_apply(t, &mod, 1000);
}

/* Where a frame would go; 0: nowhere. */
static uint32_t output_of(const struct flow_tables *t)
{
    struct flow_key key = {.in_port = htonl(1)};
    const struct flow_entry *e = flow_tables_find(t, 0, &key);

    return e ? e->instructions.cells[0].port : 0;
}

static void count_one(void *context, struct flow_entry *e)
{
    (void)e;
    ++*(size_t *)context;
}

static size_t listed(struct flow_tables *t, uint16_t flags)
{
    struct flow_mod filter = flow_mod_empty();
    size_t count = 0;

    filter.command = FLOW_MOD_DELETE;
    filter.table = FLOW_MOD_TABLE_ALL;
    filter.flags = flags;
    flow_tables_each(t, &filter, count_one, &count);
    return count;
}

static struct flow_tables *make(void)
{
    struct flow_tables *t = flow_tables_create(1, 1000);

    assert_non_null(t);
    removed_count = 0;
    flow_tables_on_removed(t, note_removed, NULL);
    assert_int_equal(apply(t, FLOW_MOD_ADD, 0, 0xffff, 2), FLOW_OK);
    assert_int_equal(apply(t, FLOW_MOD_ADD, FLOW_MOD_EXACT, 0xffff, 3),
                     FLOW_OK);
    assert_int_equal(output_of(t), 3);
    assert_int_equal(apply(t, FLOW_MOD_ADD, FLOW_MOD_HIDDEN, 0, 4), FLOW_OK);
    return t;
}

static void hidden_ones_beat_all(void **state)
{
    struct flow_tables *t = make();

    (void)state;
    assert_int_equal(output_of(t), 4);
    flow_tables_free(t);
}

static void they_are_not_listed_or_counted(void **state)
{
    struct flow_tables *t = make();

    (void)state;
    assert_int_equal(flow_tables_count(t, 0), 2);
    assert_int_equal(flow_tables_total(t), 2);
    assert_int_equal(listed(t, 0), 2);
    assert_int_equal(listed(t, FLOW_MOD_HIDDEN), 1);
    flow_tables_free(t);
}

static void they_take_no_room(void **state)
{
    struct flow_tables *t = make();

    (void)state;
    flow_tables_set_limit(t, 0, 3);
    assert_int_equal(apply(t, FLOW_MOD_ADD, 0, 1, 2), FLOW_OK);
    assert_int_equal(apply(t, FLOW_MOD_ADD, 0, 2, 2), FLOW_TABLE_FULL);
    assert_int_equal(apply(t, FLOW_MOD_ADD, FLOW_MOD_HIDDEN, 9, 5), FLOW_OK);
    flow_tables_free(t);
}

/* Even of what has no priority. */
static void the_last_one_is_beaten_by_all(void **state)
{
    struct flow_tables *t = flow_tables_create(1, 1000);
    uint16_t last = FLOW_MOD_HIDDEN | FLOW_MOD_LAST;

    (void)state;
    assert_int_equal(apply(t, FLOW_MOD_ADD, last, 9, 5), FLOW_OK);
    assert_int_equal(output_of(t), 5);
    assert_int_equal(apply(t, FLOW_MOD_ADD, 0, 0, 6), FLOW_OK);
    assert_int_equal(output_of(t), 6);
    assert_int_equal(flow_tables_total(t), 1);
    apply(t, FLOW_MOD_DELETE, 0, 0, 0);
    assert_int_equal(output_of(t), 5);
    apply(t, FLOW_MOD_DELETE_STRICT, last, 0, 0);
    assert_int_equal(listed(t, FLOW_MOD_HIDDEN), 0);
    flow_tables_free(t);
}

static bool outputs_to(const struct flow_entry *e, uint32_t port)
{
    return action_find_number(e->instructions.cells,
                              instructions_end(&e->instructions), ACTION_OUTPUT,
                              port);
}

static bool keeps_output_2(void *context, const struct flow_entry *e)
{
    (void)context;
    return outputs_to(e, 2);
}

static void a_flush_leaves_what_is_kept(void **state)
{
    struct flow_tables *t = make();

    (void)state;
    assert_int_equal(apply(t, FLOW_MOD_ADD, 0, 7, 2), FLOW_OK);
    assert_int_equal(flow_tables_flush(t, keeps_output_2, NULL, 0), 1);
    assert_int_equal(flow_tables_total(t), 2);
    flow_tables_free(t);
}

static void a_flush_leaves_them(void **state)
{
    struct flow_tables *t = make();

    (void)state;
    assert_int_equal(flow_tables_flush(t, NULL, NULL, 77), 2);
    assert_int_equal(removed_count, 2);
    assert_int_equal(removed_ms, 77);
    assert_int_equal(flow_tables_total(t), 0);
    assert_int_equal(output_of(t), 4);
    flow_tables_free(t);
}

static void only_their_own_mods_reach_them(void **state)
{
    struct flow_tables *t = make();

    (void)state;
    apply(t, FLOW_MOD_MODIFY, 0, 0, 7);
    assert_int_equal(output_of(t), 4);
    apply(t, FLOW_MOD_DELETE, 0, 0, 0);
    apply(t, FLOW_MOD_DELETE_STRICT, 0, 0, 0);
    assert_int_equal(output_of(t), 4);
    assert_int_equal(apply(t, FLOW_MOD_ADD, FLOW_MOD_CHECK_OVERLAP, 0, 6),
                     FLOW_OK);
    removed_count = 0;
    apply(t, FLOW_MOD_DELETE_STRICT, FLOW_MOD_HIDDEN, 1, 0);
    assert_int_equal(output_of(t), 4);
    apply(t, FLOW_MOD_DELETE_STRICT, FLOW_MOD_HIDDEN, 0, 0);
    assert_int_equal(output_of(t), 6);
    assert_int_equal(removed_count, 0);
    assert_int_equal(listed(t, FLOW_MOD_HIDDEN), 0);
    flow_tables_free(t);
}

/* What workers remember of the tables is good as long as their version stays:
 * it does when nothing has changed, however often a controller asks. */
static void what_changes_nothing_leaves_the_version(void **state)
{
    struct flow_tables *t = flow_tables_create(1, 0);
    uint32_t version;

    (void)state;
    assert_int_equal(apply(t, FLOW_MOD_ADD, 0, 5, 2), FLOW_OK);
    version = flow_tables_version(t);
    assert_int_equal(apply(t, FLOW_MOD_ADD, FLOW_MOD_CHECK_OVERLAP, 5, 3),
                     FLOW_OVERLAP);
    assert_int_equal(apply(t, FLOW_MOD_MODIFY_STRICT, 0, 6, 3), FLOW_OK);
    assert_int_equal(apply(t, FLOW_MOD_DELETE_STRICT, 0, 6, 3), FLOW_OK);
    assert_int_equal(flow_tables_version(t), version);
    assert_int_equal(apply(t, FLOW_MOD_MODIFY_STRICT, 0, 5, 3), FLOW_OK);
    assert_int_not_equal(flow_tables_version(t), version);
    version = flow_tables_version(t);
    assert_int_equal(apply(t, FLOW_MOD_DELETE_STRICT, 0, 5, 3), FLOW_OK);
    assert_int_not_equal(flow_tables_version(t), version);
    version = flow_tables_version(t);
    assert_int_equal(apply(t, FLOW_MOD_DELETE, 0, 0, 0), FLOW_OK);
    assert_int_equal(flow_tables_flush(t, NULL, NULL, 0), 0);
    assert_int_equal(flow_tables_version(t), version);
    assert_int_equal(apply(t, FLOW_MOD_ADD, 0, 5, 2), FLOW_OK);
    version = flow_tables_version(t);
    flow_tables_remove_if(t, flow_entry_uses_group, 1, REMOVED_GROUP_DELETE, 0);
    assert_int_equal(flow_tables_version(t), version);
    flow_tables_remove_if(t, outputs_to, 2, REMOVED_GROUP_DELETE, 0);
    assert_int_not_equal(flow_tables_version(t), version);
    version = flow_tables_version(t);
    assert_int_equal(apply(t, FLOW_MOD_ADD, 0, 5, 2), FLOW_OK);
    assert_int_not_equal(flow_tables_version(t), version);
    version = flow_tables_version(t);
    assert_int_equal(flow_tables_flush(t, NULL, NULL, 0), 1);
    assert_int_not_equal(flow_tables_version(t), version);
    flow_tables_free(t);
}

/* More kinds of masks than a frame can be looked up by are refused. */
static void no_more_masks_than_a_frame_can_be_looked_up_by(void **state)
{
    struct flow_tables *t = flow_tables_create(1, 1000);
    struct flow_mod mod = flow_mod_empty();
    enum flow_error error = FLOW_OK;

    (void)state;
    mod.command = FLOW_MOD_ADD;
    mod.table = 1;
    for (uint64_t mask = 1; mask <= CLASSIFIER_MASKS_MAX; mask++) {
        mod.match.mask.metadata = mask;
        error = error ? error : flow_tables_apply(t, &mod, 1000);
        if (mask % 64 == 0)
            retire_flush();
    }
    assert_int_equal(error, FLOW_OK);
    mod.match.mask.metadata++;
    assert_int_equal(flow_tables_apply(t, &mod, 1000), FLOW_TABLE_FULL);
    assert_int_equal(flow_tables_count(t, 1), CLASSIFIER_MASKS_MAX);
    /* Those that are there have room, and so have other tables and ours. */
    mod.match.mask.metadata--;
    mod.priority++;
    assert_int_equal(flow_tables_apply(t, &mod, 1000), FLOW_OK);
    mod.match.mask.metadata++;
    mod.table = 2;
    assert_int_equal(flow_tables_apply(t, &mod, 1000), FLOW_OK);
    mod.table = 1;
    mod.flags = FLOW_MOD_HIDDEN;
    assert_int_equal(flow_tables_apply(t, &mod, 1000), FLOW_OK);
    flow_tables_free(t);
}

static void as_many_entries_as_the_table_takes(void **state)
{
    struct flow_tables *t = flow_tables_create(1, 1000);
    struct flow_mod mod = flow_mod_empty();
    enum flow_error error = FLOW_OK;

    (void)state;
    mod.command = FLOW_MOD_ADD;
    mod.table = 1;
    mod.match.mask.metadata = UINT64_MAX;
    for (uint64_t i = 0; i < FLOW_TABLE_LIMIT && !error; i++) {
        mod.match.key.metadata = i;
        error = flow_tables_apply(t, &mod, 1000);
    }
    assert_int_equal(error, FLOW_OK);
    mod.match.key.metadata++;
    assert_int_equal(flow_tables_apply(t, &mod, 1000), FLOW_TABLE_FULL);
    assert_int_equal(flow_tables_total(t), FLOW_TABLE_LIMIT);
    flow_tables_free(t);
}

/* As the operator's entry of the fail mode does; it is an entry as any other
 * afterwards. */
static void an_unlimited_mod_adds_to_a_full_table(void **state)
{
    struct flow_tables *t = flow_tables_create(1, 1000);
    struct flow_mod mod = flow_mod_empty();
    const struct flow_entry *e;

    (void)state;
    mod.command = FLOW_MOD_ADD;
    flow_tables_set_limit(t, 0, 0);
    assert_int_equal(flow_tables_apply(t, &mod, 1000), FLOW_TABLE_FULL);
    mod.flags = FLOW_MOD_UNLIMITED | FLOW_MOD_SEND_FLOW_REM;
    assert_int_equal(flow_tables_apply(t, &mod, 1000), FLOW_OK);
    e = flow_tables_find_exact(t, 0, &mod.match, mod.priority);
    assert_non_null(e);
    assert_int_equal(e->flags, FLOW_MOD_SEND_FLOW_REM);
    assert_int_equal(flow_tables_count(t, 0), 1);
    assert_int_equal(flow_tables_limit(t, 0), 0);
    flow_tables_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_ones_beat_all),
        cmocka_unit_test(they_are_not_listed_or_counted),
        cmocka_unit_test(they_take_no_room),
        cmocka_unit_test(the_last_one_is_beaten_by_all),
        cmocka_unit_test(a_flush_leaves_what_is_kept),
        cmocka_unit_test(a_flush_leaves_them),
        cmocka_unit_test(only_their_own_mods_reach_them),
        cmocka_unit_test(what_changes_nothing_leaves_the_version),
        cmocka_unit_test(no_more_masks_than_a_frame_can_be_looked_up_by),
        cmocka_unit_test(as_many_entries_as_the_table_takes),
        cmocka_unit_test(an_unlimited_mod_adds_to_a_full_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
