/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fail modes, each row of the table: where it leads, whether the entries of
 * controllers stay, and which NORMAL is there.  And the time: three probes, or
 * 15 seconds.
 */
#include "bridge/fail_mode.h"

#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "tests/unit/test.h"

static struct {
    struct fail_mode_machine machine;
    int64_t now_ms;
} lab;

enum situation {
    NONE_OPEN,
    NONE_CLOSED,
    ACCEPTED,
    LOST_OPEN,
    LOST_LONG,
    LOST_CLOSED,
};

static struct fail_mode_view view_of(enum situation s)
{
    return (struct fail_mode_view){
        .mode = s == NONE_CLOSED || s == LOST_CLOSED ? FAIL_SECURE
                                                     : FAIL_STANDALONE,
        .has_controllers = s >= ACCEPTED,
        .is_accepted = s == ACCEPTED,
        .accepted_ms = s == LOST_LONG ? lab.now_ms - 15000 : lab.now_ms,
        .max_probe_s = 5,
    };
}

static void become(enum situation s)
{
    struct fail_mode_view v = view_of(s);

    fail_mode_update(&lab.machine, &v, lab.now_ms);
}

static struct flow_tables *tables(void)
{
    return datapath_tables(lab.machine.datapath);
}

static void add_flow(void)
{
    struct flow_mod mod = flow_mod_empty();
    struct group_mod group = {.command = GROUP_ADD, .group_id = 1};

    mod.priority = 5;
    mod.table = 3;
    assert_int_equal(flow_tables_apply(tables(), &mod, lab.now_ms), FLOW_OK);
    assert_int_equal(group_table_apply(datapath_groups(lab.machine.datapath),
                                       &group, lab.now_ms),
                     FLOW_OK);
}

struct found {
    bool is_there;
    uint16_t flags;
};

static void note_normal(void *context, struct flow_entry *e)
{
    struct found *f = context;

    f->is_there |= action_find_number(e->instructions.cells,
                                      instructions_end(&e->instructions),
                                      ACTION_OUTPUT, PORT_NO_NORMAL) != NULL;
}

static bool has_normal(uint16_t flags)
{
    struct flow_mod filter = flow_mod_empty();
    struct found f = {0};

    filter.command = FLOW_MOD_DELETE;
    filter.table = 0;
    filter.flags = flags;
    flow_tables_each(tables(), &filter, note_normal, &f);
    return f.is_there;
}

static int begin(void **state)
{
    struct datapath_options o = {
        .workers = 1, .flow_cache = 64, .mac_table_size = 16};

    (void)state;
    log_set_levels("error");
    memset(&lab, 0, sizeof(lab));
    lab.now_ms = 1000000;
    lab.machine.datapath = datapath_create(&o, lab.now_ms);
    return lab.machine.datapath ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    datapath_free(lab.machine.datapath);
    return 0;
}

/* Which situations lead from the start to a state; the last one repeats. */
static void reach(enum fail_mode_state state)
{
    static const enum situation ways[][2] = {
        [FAIL_MODE_OPEN] = {NONE_OPEN, NONE_OPEN},
        [FAIL_MODE_CLOSED] = {NONE_CLOSED, NONE_CLOSED},
        [FAIL_MODE_CONTROLLED] = {ACCEPTED, ACCEPTED},
        [FAIL_MODE_COUNTDOWN] = {ACCEPTED, LOST_OPEN},
        [FAIL_MODE_ALONE] = {ACCEPTED, LOST_LONG},
        [FAIL_MODE_CUT_OFF] = {ACCEPTED, LOST_CLOSED},
    };

    if (state != FAIL_MODE_START) {
        become(ways[state][0]);
        become(ways[state][1]);
    }
    assert_int_equal(lab.machine.state, state);
}

enum normal { NOWHERE, VISIBLE, HIDDEN };

static const struct row {
    enum fail_mode_state state;
    enum situation situation;
    enum fail_mode_state next;
    enum normal normal;
    bool keeps_flows;
} rows[] = {
    /* clang-format off */
    {FAIL_MODE_START,      NONE_OPEN,   FAIL_MODE_OPEN,       VISIBLE, true },
    {FAIL_MODE_START,      NONE_CLOSED, FAIL_MODE_CLOSED,     NOWHERE, true },
    {FAIL_MODE_START,      ACCEPTED,    FAIL_MODE_CONTROLLED, NOWHERE, true },
    {FAIL_MODE_START,      LOST_OPEN,   FAIL_MODE_COUNTDOWN,  NOWHERE, true },
    {FAIL_MODE_START,      LOST_LONG,   FAIL_MODE_ALONE,      HIDDEN,  false},
    {FAIL_MODE_START,      LOST_CLOSED, FAIL_MODE_CUT_OFF,    NOWHERE, true },

    {FAIL_MODE_OPEN,       NONE_OPEN,   FAIL_MODE_OPEN,       VISIBLE, true },
    {FAIL_MODE_OPEN,       NONE_CLOSED, FAIL_MODE_CLOSED,     NOWHERE, true },
    {FAIL_MODE_OPEN,       ACCEPTED,    FAIL_MODE_CONTROLLED, NOWHERE, true },
    {FAIL_MODE_OPEN,       LOST_OPEN,   FAIL_MODE_COUNTDOWN,  VISIBLE, true },
    {FAIL_MODE_OPEN,       LOST_LONG,   FAIL_MODE_ALONE,      HIDDEN,  false},
    {FAIL_MODE_OPEN,       LOST_CLOSED, FAIL_MODE_CUT_OFF,    NOWHERE, true },

    {FAIL_MODE_CLOSED,     NONE_OPEN,   FAIL_MODE_OPEN,       VISIBLE, true },
    {FAIL_MODE_CLOSED,     NONE_CLOSED, FAIL_MODE_CLOSED,     NOWHERE, true },
    {FAIL_MODE_CLOSED,     ACCEPTED,    FAIL_MODE_CONTROLLED, NOWHERE, true },
    {FAIL_MODE_CLOSED,     LOST_OPEN,   FAIL_MODE_COUNTDOWN,  NOWHERE, true },
    {FAIL_MODE_CLOSED,     LOST_LONG,   FAIL_MODE_ALONE,      HIDDEN,  false},
    {FAIL_MODE_CLOSED,     LOST_CLOSED, FAIL_MODE_CUT_OFF,    NOWHERE, true },

    {FAIL_MODE_CONTROLLED, NONE_OPEN,   FAIL_MODE_OPEN,       VISIBLE, false},
    {FAIL_MODE_CONTROLLED, NONE_CLOSED, FAIL_MODE_CLOSED,     NOWHERE, false},
    {FAIL_MODE_CONTROLLED, ACCEPTED,    FAIL_MODE_CONTROLLED, NOWHERE, true },
    {FAIL_MODE_CONTROLLED, LOST_OPEN,   FAIL_MODE_COUNTDOWN,  NOWHERE, true },
    {FAIL_MODE_CONTROLLED, LOST_LONG,   FAIL_MODE_ALONE,      HIDDEN,  false},
    {FAIL_MODE_CONTROLLED, LOST_CLOSED, FAIL_MODE_CUT_OFF,    NOWHERE, true },

    {FAIL_MODE_COUNTDOWN,  NONE_OPEN,   FAIL_MODE_OPEN,       VISIBLE, false},
    {FAIL_MODE_COUNTDOWN,  NONE_CLOSED, FAIL_MODE_CLOSED,     NOWHERE, false},
    {FAIL_MODE_COUNTDOWN,  ACCEPTED,    FAIL_MODE_CONTROLLED, NOWHERE, true },
    {FAIL_MODE_COUNTDOWN,  LOST_OPEN,   FAIL_MODE_COUNTDOWN,  NOWHERE, true },
    {FAIL_MODE_COUNTDOWN,  LOST_LONG,   FAIL_MODE_ALONE,      HIDDEN,  false},
    {FAIL_MODE_COUNTDOWN,  LOST_CLOSED, FAIL_MODE_CUT_OFF,    NOWHERE, true },

    {FAIL_MODE_ALONE,      NONE_OPEN,   FAIL_MODE_OPEN,       VISIBLE, false},
    {FAIL_MODE_ALONE,      NONE_CLOSED, FAIL_MODE_CLOSED,     NOWHERE, false},
    {FAIL_MODE_ALONE,      ACCEPTED,    FAIL_MODE_CONTROLLED, NOWHERE, true },
    {FAIL_MODE_ALONE,      LOST_OPEN,   FAIL_MODE_ALONE,      HIDDEN,  true },
    {FAIL_MODE_ALONE,      LOST_LONG,   FAIL_MODE_ALONE,      HIDDEN,  true },
    {FAIL_MODE_ALONE,      LOST_CLOSED, FAIL_MODE_CUT_OFF,    NOWHERE, true },

    {FAIL_MODE_CUT_OFF,    NONE_OPEN,   FAIL_MODE_OPEN,       VISIBLE, false},
    {FAIL_MODE_CUT_OFF,    NONE_CLOSED, FAIL_MODE_CLOSED,     NOWHERE, false},
    {FAIL_MODE_CUT_OFF,    ACCEPTED,    FAIL_MODE_CONTROLLED, NOWHERE, true },
    {FAIL_MODE_CUT_OFF,    LOST_OPEN,   FAIL_MODE_COUNTDOWN,  NOWHERE, true },
    {FAIL_MODE_CUT_OFF,    LOST_LONG,   FAIL_MODE_ALONE,      HIDDEN,  false},
    {FAIL_MODE_CUT_OFF,    LOST_CLOSED, FAIL_MODE_CUT_OFF,    NOWHERE, true },
    /* clang-format on */
};

static void each_row_leads_where_it_should(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct row *r = &rows[i];

        assert_int_equal(begin(state), 0);
        reach(r->state);
        add_flow();
        become(r->situation);
        if (lab.machine.state != r->next)
            fail_msg("row %zu leads to %d", i, (int)lab.machine.state);
        if (has_normal(0) != (r->normal == VISIBLE) ||
            has_normal(FLOW_MOD_HIDDEN) != (r->normal == HIDDEN))
            fail_msg("row %zu has another NORMAL", i);
        if ((flow_tables_count(tables(), 3) == 1) != r->keeps_flows ||
            (group_table_count(datapath_groups(lab.machine.datapath)) == 1) !=
                r->keeps_flows)
            fail_msg("row %zu keeps flows or not", i);
        assert_int_equal(fail_mode_is_active(&lab.machine),
                         r->next == FAIL_MODE_ALONE ||
                             r->next == FAIL_MODE_CUT_OFF);
        end(state);
    }
}

/* How long standalone waits with this probe. */
static int64_t wait_with(unsigned int probe_s)
{
    struct fail_mode_view v = view_of(ACCEPTED);
    int64_t start_ms = lab.now_ms;

    fail_mode_update(&lab.machine, &v, lab.now_ms);
    v.is_accepted = false;
    v.max_probe_s = probe_s;
    while (lab.machine.state != FAIL_MODE_ALONE &&
           lab.now_ms - start_ms < 100000) {
        lab.now_ms += 100;
        fail_mode_update(&lab.machine, &v, lab.now_ms);
    }
    return lab.now_ms - start_ms;
}

static void standalone_waits_for_three_probes(void **state)
{
    (void)state;
    assert_int_equal(wait_with(5), 15000);
    assert_int_equal(wait_with(1), 3000);
    assert_int_equal(wait_with(20), 60000);
    assert_int_equal(wait_with(0), 15000);
}

/* A controller may have told the table to take none. */
static void a_table_that_is_full_takes_normal(void **state)
{
    (void)state;
    flow_tables_set_limit(tables(), 0, 0);
    reach(FAIL_MODE_OPEN);
    assert_true(has_normal(0));
    assert_int_equal(flow_tables_limit(tables(), 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_leads_where_it_should),
        cmocka_unit_test_setup_teardown(standalone_waits_for_three_probes,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_table_that_is_full_takes_normal,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
