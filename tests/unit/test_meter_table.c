/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A meter lets its rate through and no more, in packets or bits, to 10 % over
 * 30 s; bad ones are refused.  OpenFlow 1.3.5 5.7.
 */
#include <string.h>
#include <time.h>

#include "table/meter_table.h"
#include "tests/unit/test.h"

static struct meter_mod mod_of(uint16_t flags, uint32_t rate, uint32_t burst)
{
    return (struct meter_mod){
        .command = METER_ADD,
        .flags = flags,
        .meter_id = 1,
        .band_count = 1,
        .bands = {{.type = BAND_DROP, .rate = rate, .burst = burst}},
    };
}

/* Frames that pass in 30 s at twice the rate; 'size' bytes each. */
static uint64_t passed(uint16_t flags, uint32_t rate, uint32_t burst,
                       uint32_t size, double offered)
{
    struct meter_table *t = meter_table_create();
    struct meter_mod mod = mod_of(flags, rate, burst);
    uint64_t count = 0;
    uint8_t levels;
    int64_t start_us = 1000000;

    assert_int_equal(meter_table_apply(t, &mod, 1000), FLOW_OK);
    for (uint64_t i = 0; (double)i < offered * 30; i++) {
        int64_t now_us = start_us + (int64_t)((double)i * 1e6 / offered);

        count += meter_pass(meter_table_find(t, 1), size, now_us, &levels) ==
                 METER_PASS;
    }
    meter_table_free(t);
    return count;
}

static void assert_within(uint64_t got, double wanted, double share)
{
    assert_true((double)got > wanted * (1 - share));
    assert_true((double)got < wanted * (1 + share));
}

static void holds_its_rate(void **state)
{
    (void)state;
    assert_within(passed(METER_PKTPS, 100, 0, 64, 200), 3000, 0.1);
    assert_within(passed(METER_PKTPS, 100000, 0, 64, 200000), 3e6, 0.1);
    assert_within(passed(METER_KBPS, 1000, 0, 1250, 200), 3000, 0.1);
    assert_within(passed(METER_KBPS, 100000, 0, 125, 200000), 3e6, 0.1);
    assert_within(passed(METER_PKTPS | METER_BURST, 1000, 10, 64, 2000), 30000,
                  0.01);
    /* What is offered below the rate passes whole. */
    assert_int_equal(passed(METER_PKTPS, 100, 0, 64, 90), 2700);
}

static void a_burst_passes_and_no_more(void **state)
{
    struct meter_table *t = meter_table_create();
    struct meter_mod mod = mod_of(METER_PKTPS | METER_BURST, 100, 20);
    unsigned int count = 0;
    uint8_t levels;

    (void)state;
    meter_table_apply(t, &mod, 1000);
    for (int i = 0; i < 1000; i++)
        count += meter_pass(meter_table_find(t, 1), 64, 5000000, &levels) ==
                 METER_PASS;
    assert_in_range(count, 20, 21);
    meter_table_free(t);
}

static void the_band_of_the_highest_exceeded_rate_applies(void **state)
{
    struct meter_table *t = meter_table_create();
    struct meter_mod mod = {
        .command = METER_ADD,
        .flags = METER_PKTPS | METER_BURST | METER_STATS,
        .meter_id = 9,
        .band_count = 2,
        .bands = {{.type = BAND_DSCP_REMARK,
                   .rate = 100,
                   .burst = 1,
                   .prec_level = 2},
                  {.type = BAND_DROP, .rate = 1000, .burst = 10}},
    };
    unsigned int outcomes[3] = {0};
    struct meter_stats stats;
    uint8_t levels = 0;

    (void)state;
    meter_table_apply(t, &mod, 1000);
    for (int i = 0; i < 100; i++)
        outcomes[meter_pass(meter_table_find(t, 9), 64, 5000000, &levels)]++;
    assert_in_range(outcomes[METER_PASS], 1, 2);
    assert_in_range(outcomes[METER_REMARK], 8, 10);
    assert_true(outcomes[METER_DROP] >= 88);
    assert_int_equal(levels, 2);
    meter_count(meter_table_find(t, 9), 3500, &stats);
    assert_int_equal(stats.packets, 100);
    assert_int_equal(stats.bands[0].packets, outcomes[METER_REMARK]);
    assert_int_equal(stats.bands[1].packets, outcomes[METER_DROP]);
    assert_int_equal(stats.duration_s, 2);
    assert_int_equal(stats.duration_ns, 500000000);
    meter_table_free(t);
}

static void a_modified_meter_counts_on_and_its_bands_anew(void **state)
{
    struct meter_table *t = meter_table_create();
    struct meter_mod mod = mod_of(METER_PKTPS | METER_BURST, 1, 1);
    struct meter_stats stats;
    uint8_t levels;

    (void)state;
    meter_table_apply(t, &mod, 1000);
    for (int i = 0; i < 10; i++)
        meter_pass(meter_table_find(t, 1), 64, 5000000, &levels);
    mod.command = METER_MODIFY;
    assert_int_equal(meter_table_apply(t, &mod, 2000), FLOW_OK);
    meter_count(meter_table_find(t, 1), 4000, &stats);
    assert_int_equal(stats.packets, 10);
    assert_int_equal(stats.bytes, 640);
    assert_int_equal(stats.duration_s, 3);
    assert_int_equal(stats.bands[0].packets, 0);
    mod.command = METER_DELETE;
    meter_table_apply(t, &mod, 5000);
    mod.command = METER_ADD;
    meter_table_apply(t, &mod, 5000);
    meter_count(meter_table_find(t, 1), 5000, &stats);
    assert_int_equal(stats.packets, 0);
    meter_table_free(t);
}

static void bad_ones_are_refused(void **state)
{
    struct meter_table *t = meter_table_create();
    struct meter_mod mod = mod_of(METER_PKTPS, 100, 0);

    (void)state;
    mod.meter_id = 0;
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_INVALID_METER);
    mod.meter_id = METER_MAX + 1;
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_INVALID_METER);
    mod.meter_id = 1;
    mod.flags = METER_PKTPS | METER_KBPS;
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_BAD_METER_FLAGS);
    mod.flags = METER_PKTPS;
    mod.bands[0].type = 77;
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_BAD_BAND);
    mod.bands[0].type = BAND_DROP;
    mod.bands[0].rate = 0;
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_BAD_BAND_RATE);
    mod.bands[0].rate = 100;
    mod.command = METER_MODIFY;
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_UNKNOWN_METER);
    mod.command = METER_ADD;
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_OK);
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_METER_EXISTS);
    mod.command = METER_DELETE;
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_OK);
    assert_int_equal(meter_table_apply(t, &mod, 0), FLOW_OK);
    assert_null(meter_table_find(t, 1));
    meter_table_free(t);
}

/* All in one chain if that went by the lowest bits of their ids, and then this
 * would take minutes. */
static void as_many_as_there_may_be(void **state)
{
    struct meter_table *t = meter_table_create();
    struct meter_mod mod = mod_of(METER_PKTPS, 100, 0);
    enum flow_error error = FLOW_OK;
    clock_t begun = clock();

    (void)state;
    for (uint32_t i = 1; i <= METER_TABLE_LIMIT && !error; i++) {
        mod.meter_id = i * 0x7000;
        error = meter_table_apply(t, &mod, 1000);
    }
    assert_int_equal(error, FLOW_OK);
    mod.meter_id = 1;
    assert_int_equal(meter_table_apply(t, &mod, 1000), FLOW_METER_FULL);
    assert_int_equal(meter_table_count(t), METER_TABLE_LIMIT);
    mod.command = METER_DELETE;
    mod.meter_id = 0x7000;
    assert_int_equal(meter_table_apply(t, &mod, 1000), FLOW_OK);
    mod.command = METER_ADD;
    mod.meter_id = 1;
    assert_int_equal(meter_table_apply(t, &mod, 1000), FLOW_OK);
    assert_in_range(clock() - begun, 0, 5 * CLOCKS_PER_SEC);
    meter_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_its_rate),
        cmocka_unit_test(a_burst_passes_and_no_more),
        cmocka_unit_test(the_band_of_the_highest_exceeded_rate_applies),
        cmocka_unit_test(a_modified_meter_counts_on_and_its_bands_anew),
        cmocka_unit_test(bad_ones_are_refused),
        cmocka_unit_test(as_many_as_there_may_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
