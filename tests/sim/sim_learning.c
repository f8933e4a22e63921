/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Learn actions in the whole switch: a learning switch of two tables, what
 * keeps its flows and what lets them go, and that no frame makes more work than
 * it must.
 */
#include <stdlib.h>

#include "bridge/of_agent.h"
#include "bridge/trace.h"
#include "client/trace.h"
#include "datapath/totals.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

#define SWITCHING                                                              \
    "NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"                \
    "output:NXM_OF_IN_PORT[]),resubmit(,1)"
enum { HOSTS = 250 };

#define FLOOD "table=1,priority=0,actions=flood"

static struct flow_tables *tables_of(struct sim *s)
{
    return datapath_tables(bridge_datapath(sim_bridge(s)));
}

static void change(struct sim *s, enum flow_mod_command command,
                   const char *flow)
{
    struct text_error error;
    const struct text_parse parse = {NULL, &error};
    struct flow_mod mod;

    if (!text_flow_read(&parse, command, flow, &mod))
        fail_msg("%s: %s", flow, error.line);
    assert_int_equal(flow_tables_apply(tables_of(s), &mod, sim_now_ms(s)),
                     FLOW_OK);
    flow_mod_clear(&mod);
}

static struct sim *switch_with(const char *learning)
{
    struct sim *s = sim_open("[bridge]\nfail-mode = secure\n"
                             "[port em1]\nofport = 1\n"
                             "[port em2]\nofport = 2\n"
                             "[port em3]\nofport = 3\n");

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    sim_link_up(s, "em3");
    change(s, FLOW_MOD_ADD, learning);
    change(s, FLOW_MOD_ADD, FLOOD);
    return s;
}

/* How many were learned. */
static size_t learned(struct sim *s)
{
    return flow_tables_count(tables_of(s), 1) - 1;
}

static const struct learn_counts *counts_of(struct sim *s)
{
    return &of_agent_switch(bridge_openflow(sim_bridge(s)))->learn_counts;
}

static void known_addresses_are_not_flooded(void **state)
{
    struct sim *s = switch_with("actions=learn(hard_timeout=10," SWITCHING);

    (void)state;
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 1);
    assert_int_equal(sent_count(s, "em3"), 1);
    assert_int_equal(learned(s), 1);
    send_frame(s, "em2", 1, 2, -1);
    assert_int_equal(sent_count(s, "em1"), 1);
    assert_int_equal(sent_count(s, "em3"), 1);
    /* It moves. */
    send_frame(s, "em3", 2, 1, -1);
    sim_forget(s);
    send_frame(s, "em2", 1, 2, -1);
    assert_int_equal(sent_count(s, "em1"), 0);
    assert_int_equal(sent_count(s, "em3"), 1);
    assert_int_equal(learned(s), 2);
    assert_int_equal(counts_of(s)->made, 2);
    assert_int_equal(counts_of(s)->changed, 1);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

/* As long as its host sends, at whatever pace. */
static void sending_keeps_an_address(void **state)
{
    struct sim *s = switch_with("actions=learn(hard_timeout=3," SWITCHING);

    (void)state;
    for (int i = 0; i < 20; i++) {
        send_frame(s, "em1", 2, 1, -1);
        sim_pass_ms(s, i % 2 ? 300 : 2500);
        assert_int_equal(learned(s), 1);
    }
    sim_pass_ms(s, 3000);
    assert_int_equal(learned(s), 0);
    assert_int_equal(counts_of(s)->made, 1);
    sim_close(s);
}

/* An idle timeout is about frames to the address; the next frame from it makes
 * the entry anew. */
static void an_idle_address_goes_and_comes_back(void **state)
{
    struct sim *s = switch_with("actions=learn(idle_timeout=3," SWITCHING);

    (void)state;
    for (int i = 0; i < 4; i++) {
        send_frame(s, "em1", 2, 1, -1);
        sim_pass_ms(s, 900);
    }
    assert_int_equal(counts_of(s)->made, 1);
    assert_int_equal(learned(s), 0);
    send_frame(s, "em1", 2, 1, -1);
    assert_int_equal(counts_of(s)->made, 2);
    for (int i = 0; i < 4; i++) {
        send_frame(s, "em2", 1, 2, -1);
        sim_pass_ms(s, 2000);
    }
    assert_int_equal(counts_of(s)->made, 4);
    assert_int_equal(learned(s), 1);
    sim_close(s);
}

/* Neither do frames that teach nothing new change the tables, nor those that
 * were too long to be kept a verdict for. */
static void what_is_known_changes_nothing(void **state)
{
    static const char *const learning[] = {
        "actions=learn(hard_timeout=10," SWITCHING,
        "actions=load:1->NXM_NX_REG1[],mod_nw_ttl:1,mod_dl_src:02:00:00:00:00:"
        "09,mod_dl_src:02:00:00:00:00:08,mod_dl_src:02:00:00:00:00:07,"
        "learn(hard_timeout=10," SWITCHING,
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sim *s = switch_with(learning[i]);
        uint32_t version;

        send_frame(s, "em1", 2, 1, -1);
        version = flow_tables_version(tables_of(s));
        for (int n = 0; n < 50; n++) {
            send_frame(s, "em1", 2, 1, -1);
            sim_pass_ms(s, 100);
        }
        assert_int_equal(flow_tables_version(tables_of(s)), version);
        assert_int_equal(learned(s), 1);
        sim_close(s);
    }
}

static void no_more_than_allowed_are_learned(void **state)
{
    struct sim *s = switch_with("actions=learn(limit=5,cookie=9," SWITCHING);

    (void)state;
    for (uint8_t host = 1; host < 20; host++)
        send_frame(s, "em1", 0xff, host, -1);
    assert_int_equal(learned(s), 5);
    assert_int_equal(counts_of(s)->failed, 14);
    assert_int_equal(sent_count(s, "em2"), 19);
    /* There is room again. */
    change(s, FLOW_MOD_DELETE, "table=1,dl_dst=02:00:00:00:00:01");
    send_frame(s, "em1", 0xff, 19, -1);
    assert_int_equal(learned(s), 5);
    assert_int_equal(counts_of(s)->failed, 14);
    sim_close(s);
}

/* Received at once, each for the host that the one before came from: just the
 * first is for a host that nobody knows. */
static void the_next_frame_meets_what_the_last_has_taught(void **state)
{
    struct sim *s = switch_with("actions=learn(" SWITCHING);

    (void)state;
    for (unsigned int host = 1; host <= HOSTS; host++) {
        struct small_frame f = frame_of((uint8_t)(host - 1), (uint8_t)host, -1);

        f.data[4] = (uint8_t)((host - 1) >> 8);
        f.data[10] = (uint8_t)(host >> 8);
        sim_receive(s, "em1", f.data, f.size);
    }
    sim_run(s);
    assert_int_equal(learned(s), HOSTS);
    assert_int_equal(sent_count(s, "em2"), 1);
    assert_int_equal(totals_learn_requests_late(bridge_datapath(sim_bridge(s))),
                     0);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

/* With delete_learned, and only when the last action has gone. */
static void what_was_learned_goes_with_the_action(void **state)
{
    static const char *const ways[] = {
        "priority=1,actions=learn(delete_learned,cookie=4," SWITCHING,
        "priority=2,arp,actions=learn(delete_learned,cookie=4," SWITCHING,
    };
    struct sim *s = switch_with(ways[0]);

    (void)state;
    change(s, FLOW_MOD_ADD, ways[1]);
    change(s, FLOW_MOD_ADD, "table=1,priority=3,cookie=5,arp,actions=drop");
    send_frame(s, "em1", 2, 1, -1);
    send_frame(s, "em2", 1, 2, -1);
    assert_int_equal(learned(s), 3);
    change(s, FLOW_MOD_ADD, ways[0]);
    change(s, FLOW_MOD_DELETE, "table=0,arp");
    assert_int_equal(learned(s), 3);
    change(s, FLOW_MOD_MODIFY, "table=0,actions=drop");
    assert_int_equal(learned(s), 1);

    /* The same at a timeout. */
    change(s, FLOW_MOD_DELETE, "table=0");
    change(s, FLOW_MOD_ADD,
           "hard_timeout=2,actions=learn(delete_learned,cookie=4," SWITCHING);
    send_frame(s, "em1", 2, 1, -1);
    sim_pass_ms(s, 1900);
    assert_int_equal(learned(s), 2);
    sim_pass_ms(s, 200);
    assert_int_equal(learned(s), 1);
    sim_close(s);
}

static void deleting_all_ends_it(void **state)
{
    struct sim *s = switch_with("actions=learn(" SWITCHING);
    struct small_frame f = frame_of(2, 1, -1);

    (void)state;
    sim_receive(s, "em1", f.data, f.size);
    datapath_turn(bridge_datapath(sim_bridge(s)), sim_now_ms(s) * 1000);
    /* What was found before is not learned after. */
    change(s, FLOW_MOD_DELETE, "");
    sim_run(s);
    assert_int_equal(flow_tables_total(tables_of(s)), 0);
    sim_close(s);
}

static void expect(struct sim *s, const char *question, const char *answer)
{
    struct text_error error;
    cJSON *result = trace_flow(sim_bridge(s), question, &error);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!result)
        fail_msg("%s: %s", question, error.line);
    trace_print(out, result);
    fclose(out);
    if (!strstr(text, answer))
        fail_msg("\"%s\" is not in:\n%s", answer, text);
    free(text);
    cJSON_Delete(result);
}

static void trace_says_and_does_nothing(void **state)
{
    struct sim *s = switch_with("actions=learn(hard_timeout=9," SWITCHING);

    (void)state;
    for (int i = 0; i < 2; i++)
        expect(s, "in_port=1,dl_src=02:00:00:00:00:01",
               "would be learned: table=1, hard_timeout=9, "
               "vlan_tci=0x0000/0x0fff,dl_dst=02:00:00:00:00:01 "
               "actions=output:1\n");
    assert_int_equal(learned(s), 0);
    send_frame(s, "em1", 2, 1, -1);
    expect(s, "in_port=1,dl_src=02:00:00:00:00:01",
           "already learned: table=1, hard_timeout=9, ");
    expect(s, "in_port=2,dl_src=02:00:00:00:00:01", "would be learned: ");
    sim_close(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_addresses_are_not_flooded),
        cmocka_unit_test(sending_keeps_an_address),
        cmocka_unit_test(an_idle_address_goes_and_comes_back),
        cmocka_unit_test(what_is_known_changes_nothing),
        cmocka_unit_test(no_more_than_allowed_are_learned),
        cmocka_unit_test(the_next_frame_meets_what_the_last_has_taught),
        cmocka_unit_test(what_was_learned_goes_with_the_action),
        cmocka_unit_test(deleting_all_ends_it),
        cmocka_unit_test(trace_says_and_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
