/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame whose key does not say what an edit makes of it goes on as what it
 * has become: what was decided before the edit is remembered, the frame is
 * looked up again, as often as there are edits up to a limit, and counts as it
 * came.
 */
#include <arpa/inet.h>

#include "base/array.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

#define SWITCH                                                                 \
    "[bridge]\nfail-mode = secure\n"                                           \
    "[port em1]\nofport = 1\n[port em2]\nofport = 2\n[port em3]\nofport = 3\n"

enum {
    LABEL_SIZE = 4,
    FRAME_SIZE = 400,
};

/* 10.0.0.1 to 10.0.0.2, UDP to port 9. */
static const uint8_t udp[] = {0x45, 0,    0,  28, 0, 0, 0,  0, 64, 17,
                              0x66, 0xcf, 10, 0,  0, 1, 10, 0, 0,  2,
                              0,    7,    0,  9,  0, 8, 0,  0};

static struct sim *sim_with(const char *const *lines)
{
    struct sim *s = sim_open(SWITCH);
    struct flow_tables *tables =
        datapath_tables(bridge_datapath(sim_bridge(s)));

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    sim_link_up(s, "em3");
    for (; *lines; lines++) {
        struct text_error error;
        const struct text_parse parse = {NULL, &error};
        struct flow_mod mod;

        if (!text_flow_read(&parse, FLOW_MOD_ADD, *lines, &mod))
            fail_msg("%s: %s", *lines, error.line);
        assert_int_equal(flow_tables_apply(tables, &mod, sim_now_ms(s)),
                         FLOW_OK);
        flow_mod_clear(&mod);
    }
    return s;
}

/* The packet under so many labels; the last byte of its source is given. */
static void receive(struct sim *s, unsigned int labels, uint8_t from)
{
    uint8_t frame[FRAME_SIZE] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
    uint8_t *at = frame + 14;

    assert_true(14 + labels * LABEL_SIZE + sizeof(udp) <= FRAME_SIZE);
    frame[11] = from;
    frame[12] = 0x88;
    frame[13] = 0x47;
    for (unsigned int i = 0; i < labels; i++, at += LABEL_SIZE) {
        at[1] = 1;
        at[2] = i + 1 == labels; /* the bottom of the stack */
        at[3] = 64;
    }
    memcpy(at, udp, sizeof(udp));
    sim_receive(s, "em1", frame, sizeof(frame));
    sim_run(s);
}

static uint64_t looks(struct sim *s)
{
    return totals_looks_again(bridge_datapath(sim_bridge(s)));
}

static void what_came_before_the_edit_is_remembered(void **state)
{
    static const char *const lines[] = {
        "mpls,actions=pop_mpls:0x0800,goto_table:1",
        "table=1,udp,tp_dst=9,actions=output:2", NULL};
    struct sim *s = sim_with(lines);
    struct cache_lookups cache;

    (void)state;
    for (uint8_t i = 1; i <= 3; i++)
        receive(s, 1, i);
    assert_int_equal(sent_count(s, "em2"), 3);
    assert_int_equal(sim_sent(s, "em2")->frames[0].size,
                     FRAME_SIZE - LABEL_SIZE);
    assert_int_equal(looks(s), 3);
    cache = totals_cache(bridge_datapath(sim_bridge(s)));
    assert_int_equal(cache.misses, 1);
    assert_int_equal(cache.hits, 2);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void edits_that_nobody_looks_behind_need_no_look(void **state)
{
    static const char *const lines[] = {"mpls,actions=pop_mpls:0x0800,output:2",
                                        NULL};
    struct sim *s = sim_with(lines);

    (void)state;
    receive(s, 1, 1);
    receive(s, 1, 2);
    assert_int_equal(sent_count(s, "em2"), 2);
    assert_int_equal(looks(s), 0);
    assert_int_equal(totals_cache(bridge_datapath(sim_bridge(s))).hits, 1);
    sim_close(s);
}

/* Wherever the rest cannot wait, all is decided at once, for each frame. */
static void it_goes_on_with_all_that_it_had(void **state)
{
    static const struct {
        const char *lines[5];
        bool is_kept;
    } rows[] = {
        {{"mpls,actions=set_field:5->reg3,pop_mpls:0x0800,write_metadata:6,"
          "goto_table:4",
          "table=4,udp,reg3=5,metadata=6,in_port=1,actions=output:2"},
         true},
        {{"mpls,actions=output:3,pop_mpls:0x0800,goto_table:1",
          "table=1,udp,actions=set_field:7->udp_dst,goto_table:2",
          "table=2,udp,tp_dst=7,actions=output:2"},
         true},
        {{"mpls,actions=pop_mpls:0x0800,dec_ttl,goto_table:1",
          "table=1,ip,nw_ttl=63,actions=output:2"},
         false},
        {{"mpls,actions=pop_mpls:0x0800,move:nw_src[0..7]->reg0[0..7],"
          "goto_table:1",
          "table=1,reg0=1,actions=output:2"},
         false},
        {{"mpls,actions=pop_mpls:0x0800,write_actions(output:2),goto_table:1",
          "table=1,udp,actions=set_field:1->reg0"},
         false},
        {{"mpls,actions=write_actions(pop_mpls:0x0800,resubmit(,1))",
          "table=1,udp,actions=output:2"},
         false},
        {{"mpls,actions=resubmit(,1)",
          "table=1,mpls,actions=pop_mpls:0x0800,goto_table:2",
          "table=2,udp,actions=output:2"},
         false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct sim *s = sim_with(rows[i].lines);
        struct cache_lookups cache;

        for (uint8_t from = 1; from <= 2; from++) {
            receive(s, 1, from);
            if (sent_count(s, "em2") != from)
                fail_msg("row %zu: %zu frames", i, sent_count(s, "em2"));
            assert_int_equal(looks(s), from);
        }
        cache = totals_cache(bridge_datapath(sim_bridge(s)));
        assert_int_equal(cache.hits, rows[i].is_kept);
        assert_true(sim_accounts_match(s));
        sim_close(s);
    }
}

static uint64_t bytes_of_table(struct sim *s, uint8_t table)
{
    struct datapath *d = bridge_datapath(sim_bridge(s));
    const struct flow_tables *tables = datapath_tables(d);
    struct flow_key key = {.in_port = htonl(1)}, used = {.in_port = 0};
    const struct flow_entry *e;

    key.eth_type = htons(table ? 0x0800 : 0x8847);
    e = flow_tables_search(tables, table, &key, &used);
    assert_non_null(e);
    return counters_total(flow_tables_counters(tables), e->counter).bytes;
}

static void each_entry_counts_the_frame_as_it_came(void **state)
{
    static const char *const lines[] = {
        "mpls,actions=pop_mpls:0x0800,goto_table:1",
        "table=1,ip,actions=output:2", NULL};
    struct sim *s = sim_with(lines);

    (void)state;
    receive(s, 1, 1);
    receive(s, 1, 1);
    assert_int_equal(bytes_of_table(s, 0), 2 * FRAME_SIZE);
    assert_int_equal(bytes_of_table(s, 1), 2 * FRAME_SIZE);
    sim_close(s);
}

/* The reason is that of the last lookup, of the one before it, or of a step on
 * the way. */
static void a_drop_says_why(void **state)
{
    static const struct {
        const char *lines[3];
        enum drop_reason reason;
    } rows[] = {
        {{"mpls,actions=pop_mpls:0x0800,goto_table:1"}, DROP_NO_MATCH},
        {{"mpls,actions=pop_mpls:0x0800,goto_table:1", "table=1,actions=drop"},
         DROP_ACTION},
        {{"mpls,actions=output:1,pop_mpls:0x0800,goto_table:1",
          "table=1,actions=drop"},
         DROP_SAME_PORT},
        {{"mpls,actions=pop_mpls:0x0800,goto_table:1",
          "table=1,actions=output:9"},
         DROP_PORT_DOWN},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct sim *s = sim_with(rows[i].lines);

        receive(s, 1, 1);
        receive(s, 1, 1);
        if (sim_totals(s, "em1").drops[rows[i].reason] != 2)
            fail_msg("row %zu: not %s", i, drop_reason_word(rows[i].reason));
        assert_true(sim_accounts_match(s));
        sim_close(s);
    }
}

/* Tables that take off a label each, and then send the frame. */
static struct sim *sim_with_pops(unsigned int pops)
{
    static char text[PIPELINE_LOOKS + 2][80];
    const char *lines[PIPELINE_LOOKS + 3] = {NULL};

    assert_true(pops <= PIPELINE_LOOKS + 1);
    for (unsigned int i = 0; i < pops; i++) {
        snprintf(text[i], sizeof(text[i]),
                 "table=%u,mpls,actions=pop_mpls:0x8847,goto_table:%u", i,
                 i + 1);
        lines[i] = text[i];
    }
    snprintf(text[pops], sizeof(text[pops]), "table=%u,mpls,actions=output:2",
             pops);
    lines[pops] = text[pops];
    return sim_with(lines);
}

static void a_frame_is_not_looked_up_for_ever(void **state)
{
    struct sim *s = sim_with_pops(PIPELINE_LOOKS);

    (void)state;
    receive(s, PIPELINE_LOOKS + 2, 1);
    assert_int_equal(sent_count(s, "em2"), 1);
    assert_int_equal(looks(s), PIPELINE_LOOKS);
    sim_close(s);

    s = sim_with_pops(PIPELINE_LOOKS + 1);
    receive(s, PIPELINE_LOOKS + 2, 1);
    assert_int_equal(sent_count(s, "em2"), 0);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_LOOK_AGAIN], 1);
    assert_int_equal(looks(s), PIPELINE_LOOKS);
    send_frame(s, "em1", 2, 1, -1); /* It is not taken for the last one. */
    assert_int_equal(sim_totals(s, "em1").drops[DROP_NO_MATCH], 1);
    assert_int_equal(looks(s), PIPELINE_LOOKS);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

/* The same for one entry, which looks before each edit but the first. */
static void nor_within_one_entry(void **state)
{
    (void)state;
    for (unsigned int more = 1; more <= 2; more++) {
        char line[2048] = "mpls,actions=";
        const char *const lines[] = {line, NULL};
        struct sim *s;

        for (unsigned int i = 0; i < PIPELINE_LOOKS + more; i++)
            strcat(line, "pop_mpls:0x8847,");
        strcat(line, "output:2");
        s = sim_with(lines);
        receive(s, PIPELINE_LOOKS + 3, 1);
        assert_int_equal(sent_count(s, "em2"), more == 1);
        assert_int_equal(sim_totals(s, "em1").drops[DROP_LOOK_AGAIN],
                         more == 2);
        assert_true(sim_accounts_match(s));
        sim_close(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_before_the_edit_is_remembered),
        cmocka_unit_test(edits_that_nobody_looks_behind_need_no_look),
        cmocka_unit_test(it_goes_on_with_all_that_it_had),
        cmocka_unit_test(each_entry_counts_the_frame_as_it_came),
        cmocka_unit_test(a_drop_says_why),
        cmocka_unit_test(a_frame_is_not_looked_up_for_ever),
        cmocka_unit_test(nor_within_one_entry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
