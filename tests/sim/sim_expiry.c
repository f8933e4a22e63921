/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hundred thousand entries go when their time is up, each to a tenth of a
 * second: when they go one after the other, when all go at once, and when use
 * keeps some of them.
 */
#include <stdlib.h>

#include "flow/flow_mod.h"
#include "tests/sim/controlled.h"
#include "tests/unit/test.h"

#define INI "[bridge]\nfail-mode = secure\n[port em1]\nofport = 1\n"

enum {
    ENTRIES = 100000,
    LATE_MS = 100,
    LONGEST_S = 10,
    DURATION_MS = LONGEST_S * 1000 + 2000,
};

static struct sim *open_sim(void)
{
    struct sim *s = sim_open(INI);

    sim_link_up(s, "em1");
    return s;
}

static struct flow_mod mod_of(uint32_t number)
{
    const uint8_t source[6] = {2,
                               0,
                               0,
                               (uint8_t)(number >> 16),
                               (uint8_t)(number >> 8),
                               (uint8_t)number};
    struct flow_mod mod = flow_mod_empty();

    mod.table = 0;
    assert_int_equal(
        match_add(&mod.match, field_by_id(FIELD_ETH_SRC), source, NULL),
        FLOW_OK);
    return mod;
}

static void apply(struct sim *s, const struct flow_mod *mod)
{
    assert_int_equal(
        flow_tables_apply(datapath_tables(bridge_datapath(sim_bridge(s))), mod,
                          sim_now_ms(s)),
        FLOW_OK);
}

/* 'due[t]' entries have to go at that ms, from now on. */
static void check_each_goes_in_time(struct sim *s, const unsigned int *due)
{
    size_t latest = flow_count(s), earliest = latest;

    for (int64_t ms = 0; ms < DURATION_MS; ms++) {
        earliest -= due[ms]; /* what is left if each goes at once */
        if (ms > LATE_MS)
            latest -= due[ms - LATE_MS - 1];
        /* In the steps that the clock of the switch has. */
        if (ms % BRIDGE_TICK_MS != 0)
            continue;
        assert_in_range(flow_count(s), earliest, latest);
        sim_pass_ms(s, BRIDGE_TICK_MS);
    }
    assert_int_equal(earliest, 0);
    assert_int_equal(flow_count(s), 0);
}

static void each_goes_in_its_time(void **state)
{
    unsigned int *due = calloc(DURATION_MS, sizeof(*due));
    struct sim *s = open_sim();
    int64_t start_ms = sim_now_ms(s);

    (void)state;
    assert_non_null(due);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        struct flow_mod mod = mod_of(i);
        uint16_t *times[] = {&mod.idle_timeout_s, &mod.hard_timeout_s};
        uint16_t wait_s = (uint16_t)(2 + i % (LONGEST_S - 1));

        /* Idle or hard, or both, of which the sooner counts. */
        *times[i % 2] = wait_s;
        if (i % 3 == 0)
            *times[1 - i % 2] = (uint16_t)(wait_s + 1);
        apply(s, &mod);
        due[sim_now_ms(s) - start_ms + wait_s * 1000]++;
        if (i % (ENTRIES / 100) == 0)
            sim_pass_ms(s, 10); /* They are made within a second. */
    }
    assert_true(sim_now_ms(s) - start_ms < 2000);
    for (int64_t ms = sim_now_ms(s) - start_ms, i = 0; i < DURATION_MS; i++)
        due[i] = i + ms < DURATION_MS ? due[i + ms] : 0;
    check_each_goes_in_time(s, due);
    free(due);
    sim_close(s);
}

static void all_go_at_once(void **state)
{
    unsigned int *due = calloc(DURATION_MS, sizeof(*due));
    struct sim *s = open_sim();

    (void)state;
    assert_non_null(due);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        struct flow_mod mod = mod_of(i);

        mod.hard_timeout_s = 3;
        apply(s, &mod);
    }
    due[3000] = ENTRIES;
    check_each_goes_in_time(s, due);
    free(due);
    sim_close(s);
}

/* Idle counts from the last frame, hard from the last modify. */
static void use_keeps_it_until_its_hard_time(void **state)
{
    struct sim *s = open_sim();
    struct flow_mod mod = mod_of(1);

    (void)state;
    mod.idle_timeout_s = 2;
    mod.hard_timeout_s = 6;
    apply(s, &mod);
    mod = mod_of(2);
    mod.idle_timeout_s = 2;
    apply(s, &mod);
    for (int i = 0; i < 4; i++) {
        sim_pass_ms(s, 1000);
        send_frame(s, "em1", 9, 1, -1);
        if (i == 0)
            send_frame(s, "em1", 9, 2, -1);
    }
    /* At 4 s: the second was used at 1 s and has gone at 3 s. */
    assert_int_equal(flow_count(s), 1);
    sim_pass_ms(s, 1000);
    send_frame(s, "em1", 9, 1, -1);
    sim_pass_ms(s, 900);
    assert_int_equal(flow_count(s), 1);
    sim_pass_ms(s, 200);
    assert_int_equal(flow_count(s), 0);
    sim_close(s);
}

static void a_modify_begins_the_hard_time_anew(void **state)
{
    struct sim *s = open_sim();
    struct flow_mod mod = mod_of(1);

    (void)state;
    mod.hard_timeout_s = 3;
    apply(s, &mod);
    sim_pass_ms(s, 2000);
    mod.command = FLOW_MOD_MODIFY;
    apply(s, &mod);
    sim_pass_ms(s, 2900);
    assert_int_equal(flow_count(s), 1);
    sim_pass_ms(s, 200);
    assert_int_equal(flow_count(s), 0);
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_goes_in_its_time),
        cmocka_unit_test(all_go_at_once),
        cmocka_unit_test(use_keeps_it_until_its_hard_time),
        cmocka_unit_test(a_modify_begins_the_hard_time_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
