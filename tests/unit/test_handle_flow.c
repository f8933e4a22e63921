/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow-mods change the tables as their version says, or nothing at all and the
 * error tells why; statistics give back what was sent.
 */
#include "control/handle_flow.h"

#include "base/array.h"
#include "flow/port_no.h"
#include "openflow/of_flow.h"
#include "table/group_table.h"
#include "tests/unit/control_lab.h"
#include "text/text_flow.h"

enum { BAD_REQUEST = 1, BAD_ACTION = 2, BAD_INSTRUCTION = 3 };

/* That the action does not fit the match; 1.0 has no number but Nicira's. */
enum { INCONSISTENT = 10, NX_BAD_REQUEST = 1, NX_INCONSISTENT = 522 };

/* The statistics of all entries, as text; one a line. */
static void dump(struct lab *l, size_t peer, char *text, size_t size)
{
    struct of_flow_format format = {.version = l->peers[peer].c.version};
    struct of_buffer b = {.data = NULL};
    struct flow_mod all = flow_mod_empty();
    FILE *out = fmemopen(text, size, "w");
    struct reader r;

    all.command = FLOW_MOD_DELETE;
    of_flow_stats_write_request(&format, &b, OF_MP_FLOW, 5, &all);
    lab_say_buffer(l, peer, &b);
    r = lab_hears_kind(l, peer, OF_MP_FLOW);
    while (r.left) {
        struct text_style style = {.names = NULL};
        struct of_flow_entry e;

        assert_int_equal(of_flow_stats_read(&format, &r, &e), FLOW_OK);
        text_flow_write(out, &style, &e.stats, false);
        fputc('\n', out);
        of_flow_entry_clear(&e);
    }
    fclose(out);
    lab_hears_nothing(l, peer);
}

static void statistics_give_back_what_was_sent(void **state)
{
    static const char *const flows[] = {
        "priority=7,in_port=1 actions=output:2",
        "table=4, priority=9,ip,nw_dst=10.0.0.0/8 "
        "actions=set_field:00:00:00:00:00:09->eth_dst,goto_table:9",
        "cookie=0x5, idle_timeout=10, hard_timeout=30, priority=0 "
        "actions=CONTROLLER:96",
    };
    struct lab *l = lab_open(OF13);
    char text[4096];

    (void)state;
    for (size_t i = 0; i < 3; i++)
        lab_add_flow(l, 0, flows[i]);
    dump(l, 0, text, sizeof(text));
    for (size_t i = 0; i < 3; i++)
        if (!strstr(text, flows[i]))
            fail_msg("no %s in %s", flows[i], text);
    lab_close(l);
}

/* Sets where group 1 leads, and tells no worker: only a verdict that is made
 * after it goes the new way. */
static void set_way(struct lab *l, enum group_command command, uint32_t port)
{
    struct bucket bucket = {.watch_port = PORT_NO_ANY,
                            .watch_group = GROUP_ANY};
    struct group_mod mod = {.command = command,
                            .type = GROUP_TYPE_INDIRECT,
                            .group_id = 1,
                            .command_bucket_id = BUCKET_ID_ALL,
                            .buckets = &bucket,
                            .bucket_count = 1};

    action_list_add(&bucket.actions,
                    (struct flow_action){.type = ACTION_OUTPUT, .port = port});
    assert_int_equal(group_table_apply(datapath_groups(l->s.datapath), &mod, 0),
                     FLOW_OK);
    action_list_clear(&bucket.actions);
}

/* A controller may say again and again what changes nothing: no frame misses
 * the cache for it.  Those that do are counted at port 3. */
static void what_changes_nothing_empties_no_cache(void **state)
{
    static const struct {
        enum flow_mod_command command;
        const char *flow;
        bool is_refused;
    } rows[] = {
        {FLOW_MOD_ADD, "check_overlap,priority=5,actions=drop", true},
        {FLOW_MOD_ADD, "actions=output:70000", true},
        {FLOW_MOD_ADD, "actions=group:9", true},
        {FLOW_MOD_MODIFY, "in_port=2,actions=drop", false},
        {FLOW_MOD_MODIFY, "actions=group:9", true},
        {FLOW_MOD_MODIFY_STRICT, "priority=6,in_port=1,actions=drop", false},
        {FLOW_MOD_DELETE, "in_port=2", false},
        {FLOW_MOD_DELETE, "table=3", false},
        {FLOW_MOD_DELETE, "out_port=2", false},
        {FLOW_MOD_DELETE_STRICT, "priority=6,in_port=1", false},
    };
    struct lab *l = lab_open(OF13);

    (void)state;
    set_way(l, GROUP_ADD, 2);
    lab_add_flow(l, 0, "priority=5,in_port=1,actions=group:1");
    lab_frame(l, 1, LAB_UDP);
    assert_int_equal(lab_sent(l, 2), 1);
    set_way(l, GROUP_MODIFY, 3);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        lab_flow_mod(l, 0, rows[i].command, rows[i].flow);
        if (rows[i].is_refused)
            lab_hears_kind(l, 0, OF_ERROR);
        lab_hears_nothing(l, 0);
        lab_frame(l, 1, LAB_UDP);
        if (lab_sent(l, 3) || lab_sent(l, 2) != i + 2)
            fail_msg("the cache is empty after %s", rows[i].flow);
    }
    /* And this is how a frame that misses is seen. */
    lab_add_flow(l, 0, "priority=5,in_port=2,actions=drop");
    lab_frame(l, 1, LAB_UDP);
    assert_int_equal(lab_sent(l, 3), 1);
    lab_close(l);
}

/* The switch has another entry, and keeps just that. */
static void assert_refused(enum of_version version, const char *flow,
                           uint16_t type, uint16_t code)
{
    struct lab *l = lab_open(version);

    lab_add_flow(l, 0, "priority=5,in_port=1,actions=drop");
    lab_flow_mod(l, 0, FLOW_MOD_ADD, flow);
    if (lab_flows(l) != 1 || l->peers[0].at == l->peers[0].size)
        fail_msg("%s was taken", flow);
    lab_hears_error(l, 0, type, code);
    lab_close(l);
}

static void what_cannot_be_is_refused_and_changes_nothing(void **state)
{
    static const struct {
        enum of_version version;
        const char *flow;
        uint16_t type, code;
    } rows[] = {
        /* clang-format off */
        {OF10, "actions=output:65281",                               BAD_ACTION,      4 },
        {OF13, "actions=output:70000",                               BAD_ACTION,      4 },
        {OF13, "actions=output:0",                                   BAD_ACTION,      4 },
        {OF13, "actions=table",                                      BAD_ACTION,      4 },
        {OF13, "actions=group:5",                                    BAD_ACTION,      9 },
        {OF13, "actions=meter:5,output:1",                           12,              3 },
        {OF13, "actions=set_field:10.0.0.1->ip_dst",                 BAD_ACTION,      10},
        {OF13, "ipv6,actions=set_field:10.0.0.1->ip_dst",            BAD_ACTION,      10},
        {OF13, "ip,actions=set_field:80->tcp_dst",                   BAD_ACTION,      10},
        {OF13, "actions=dec_ttl",                                    BAD_ACTION,      10},
        {OF13, "actions=pop_vlan",                                   BAD_ACTION,      10},
        {OF13, "actions=set_field:4106->vlan_vid",                   BAD_ACTION,      10},
        /* clang-format on */
        {OF13, "vlan_tci=0/0x1fff,actions=set_field:4106->vlan_vid", BAD_ACTION,
         10},
        /* clang-format off */
        {OF13, "actions=write_actions(pop_vlan)",                    BAD_ACTION,      10},
        {OF13, "table=5,actions=goto_table:5",                       BAD_INSTRUCTION, 2 },
        {OF13, "check_overlap,priority=5,actions=drop",              5,               3 },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_refused(rows[i].version, rows[i].flow, rows[i].type,
                       rows[i].code);
}

/* Actions of 1.0 may be for frames that they do not fit, but not Nicira's. */
static void what_sets_or_copies_a_field_needs_it(void **state)
{
    static const char *const flows[] = {
        "actions=load:5->NXM_OF_IP_SRC[0..7]",
        "ip,actions=load:5->NXM_OF_TCP_SRC[0..3]",
        "actions=move:NXM_OF_IP_SRC[]->NXM_NX_REG0[]",
        "actions=move:NXM_NX_REG0[]->NXM_OF_IP_SRC[]",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(flows); i++) {
        assert_refused(OF10, flows[i], NX_BAD_REQUEST, NX_INCONSISTENT);
        assert_refused(OF11, flows[i], BAD_ACTION, INCONSISTENT);
        assert_refused(OF12, flows[i], BAD_ACTION, INCONSISTENT);
    }
}

static void what_can_be_is_taken(void **state)
{
    static const struct {
        enum of_version version;
        const char *flow;
    } rows[] = {
        /* clang-format off */
        {OF10, "actions=mod_nw_dst:10.0.0.1,output:1"                      },
        {OF10, "actions=mod_tp_dst:80,mod_nw_tos:32,output:1"              },
        {OF10, "ip,actions=load:5->NXM_OF_IP_SRC[0..7]"                    },
        {OF10, "tcp,actions=move:NXM_OF_TCP_SRC[]->NXM_NX_REG0[0..15]"     },
        {OF10, "actions=move:NXM_NX_REG0[]->NXM_NX_REG1[]"                 },
        {OF10, "actions=enqueue:2:7"                                       },
 /* A port that is not there may come. */
        {OF13, "actions=output:77"                                         },
        {OF13, "actions=in_port,flood,all,local,normal,controller"         },
        {OF13, "ip,actions=dec_ttl,set_field:10.0.0.1->ip_dst"             },
        {OF13, "actions=push_vlan:0x8100,set_field:4097->vlan_vid"         },
        {OF13, "vlan_tci=0x1000/0x1000,actions=set_field:4097->vlan_vid"   },
        {OF13, "actions=load:5->NXM_OF_VLAN_TCI[0..11]"                    },
        /* clang-format on */
        {OF13,
         "actions=write_actions(set_field:4097->vlan_vid,push_vlan:0x8100)"},
        /* clang-format off */
        {OF13, "dl_vlan=5,actions=pop_vlan,output:1"                       },
        {OF13, "actions=push_mpls:0x8847,set_field:5->mpls_label"          },
        {OF13, "udp,actions=set_field:80->udp_dst"                         },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lab *l = lab_open(rows[i].version);

        lab_flow_mod(l, 0, FLOW_MOD_ADD, rows[i].flow);
        if (l->peers[0].at != l->peers[0].size || lab_flows(l) != 1)
            fail_msg("%s was refused", rows[i].flow);
        lab_close(l);
    }
}

static void deletes_obey_their_filters(void **state)
{
    struct lab *l = lab_open(OF13);

    (void)state;
    lab_add_flow(l, 0, "cookie=1,priority=1,actions=output:1");
    lab_add_flow(l, 0, "cookie=2,priority=2,actions=output:2");
    lab_add_flow(l, 0, "cookie=3,table=2,priority=2,actions=output:2");
    lab_flow_mod(l, 0, FLOW_MOD_DELETE, "cookie=2/-1");
    assert_int_equal(lab_flows(l), 2);
    lab_flow_mod(l, 0, FLOW_MOD_DELETE, "out_port=3");
    assert_int_equal(lab_flows(l), 2);
    lab_flow_mod(l, 0, FLOW_MOD_DELETE, "table=2");
    assert_int_equal(lab_flows(l), 1);
    lab_flow_mod(l, 0, FLOW_MOD_DELETE, "out_port=1");
    assert_int_equal(lab_flows(l), 0);
    lab_hears_nothing(l, 0);
    lab_close(l);
}

static void statistics_obey_their_filters(void **state)
{
    static const struct {
        const char *filter;
        uint32_t flows;
    } rows[] = {
        /* clang-format off */
        {"",           3},
        {"table=2",    1},
        {"table=7",    0},
        {"out_port=2", 2},
        {"cookie=3/3", 1},
        {"cookie=1/1", 2},
        {"in_port=1",  1},
        /* clang-format on */
    };
    struct lab *l = lab_open(OF13);
    struct of_flow_format format = {.version = OF13};

    (void)state;
    lab_add_flow(l, 0, "cookie=1,priority=1,in_port=1,actions=output:1");
    lab_add_flow(l, 0, "cookie=2,priority=2,actions=output:2");
    lab_add_flow(l, 0, "cookie=3,table=2,priority=2,actions=output:2");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct text_error error;
        struct text_parse parse = {.error = &error};
        struct of_buffer b = {.data = NULL};
        struct of_flow_aggregate sum;
        struct flow_mod filter;
        struct reader r;

        assert_true(
            text_flow_read(&parse, FLOW_MOD_DELETE, rows[i].filter, &filter));
        of_flow_stats_write_request(&format, &b, OF_MP_AGGREGATE, 5, &filter);
        flow_mod_clear(&filter);
        lab_say_buffer(l, 0, &b);
        r = lab_hears_kind(l, 0, OF_MP_AGGREGATE);
        assert_int_equal(of_flow_aggregate_read(OF13, &r, &sum), FLOW_OK);
        if (sum.flows != rows[i].flows)
            fail_msg("%s: %u", rows[i].filter, sum.flows);
    }
    lab_close(l);
}

static void frames_are_counted(void **state)
{
    struct lab *l = lab_open(OF10);
    struct of_flow_format format = {.version = OF10};
    struct of_buffer b = {.data = NULL};
    struct of_flow_aggregate sum;
    struct flow_mod all = flow_mod_empty();
    struct reader r;

    (void)state;
    lab_add_flow(l, 0, "in_port=1,actions=output:2");
    lab_frame(l, 1, LAB_UDP);
    lab_frame(l, 1, LAB_UDP);
    assert_int_equal(lab_sent(l, 2), 2);
    all.command = FLOW_MOD_DELETE;
    of_flow_stats_write_request(&format, &b, OF_MP_AGGREGATE, 5, &all);
    lab_say_buffer(l, 0, &b);
    r = lab_hears_kind(l, 0, OF_MP_AGGREGATE);
    assert_int_equal(of_flow_aggregate_read(OF10, &r, &sum), FLOW_OK);
    assert_int_equal(sum.packets, 2);
    assert_int_equal(sum.bytes, 120);
    /* And the table's lookups. */
    lab_say(l, 0, "01 10 000c 00000001 0003 0000");
    r = lab_hears_kind(l, 0, OF_MP_TABLE);
    read_bytes(&r, 36 + 12);
    assert_int_equal(read_u64(&r), 2);
    assert_int_equal(read_u64(&r), 2);
    lab_close(l);
}

/* How long the one entry has not been used and not been changed. */
static void assert_ages(struct lab *l, enum of_kind kind, const char *ages)
{
    struct of_flow_format format = {.version = l->peers[0].c.version,
                                    .is_nxm = kind == OF_MP_NX_FLOW};
    struct of_buffer b = {.data = NULL};
    struct flow_mod all = flow_mod_empty();
    struct of_flow_entry e;
    struct reader r;
    char told[80];

    all.command = FLOW_MOD_DELETE;
    of_flow_stats_write_request(&format, &b, kind, 5, &all);
    lab_say_buffer(l, 0, &b);
    r = lab_hears_kind(l, 0, kind);
    assert_int_equal(of_flow_stats_read(&format, &r, &e), FLOW_OK);
    snprintf(told, sizeof(told), "%s%u %s%u", e.stats.has_idle_age ? "" : "no ",
             e.stats.idle_age_s, e.stats.has_hard_age ? "" : "no ",
             e.stats.hard_age_s);
    assert_string_equal(told, ages);
    of_flow_entry_clear(&e);
}

static void idleness_is_told_where_there_are_words_for_it(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_say(l, 0, "01 04 0010 00000001 00002320 00000012"); /* NXT_FLOW_AGE */
    lab_add_flow(l, 0, "in_port=1,actions=output:2");
    l->now_ms += 3900;
    assert_ages(l, OF_MP_NX_FLOW, "3 3");
    assert_ages(l, OF_MP_FLOW, "no 0 no 0");
    lab_frame(l, 1, LAB_UDP);
    assert_ages(l, OF_MP_NX_FLOW, "0 3");
    l->now_ms += 100000000;
    assert_ages(l, OF_MP_NX_FLOW, "65534 65534");
    lab_close(l);

    l = lab_open(OF15);
    lab_add_flow(l, 0, "in_port=1,actions=output:2");
    l->now_ms += 3900;
    lab_flow_mod(l, 0, FLOW_MOD_MODIFY, "in_port=1,actions=output:3");
    l->now_ms += 1000;
    assert_ages(l, OF_MP_FLOW, "1 no 0");
    lab_close(l);
}

static void count_entry(void *context, struct flow_entry *e)
{
    (void)e;
    ++*(size_t *)context;
}

static void hidden_entries_are_not_shown(void **state)
{
    struct lab *l = lab_open(OF13);
    struct flow_mod hidden = flow_mod_empty();
    char text[256] = "";
    size_t count = 0;

    (void)state;
    hidden.flags = FLOW_MOD_HIDDEN;
    assert_int_equal(
        flow_tables_apply(datapath_tables(l->s.datapath), &hidden, l->now_ms),
        FLOW_OK);
    dump(l, 0, text, sizeof(text));
    assert_string_equal(text, "");
    lab_flow_mod(l, 0, FLOW_MOD_DELETE, "");
    lab_hears_nothing(l, 0);
    hidden.command = FLOW_MOD_DELETE;
    flow_tables_each(datapath_tables(l->s.datapath), &hidden, count_entry,
                     &count);
    assert_int_equal(count, 1);
    lab_close(l);
}

/* 1.0's emergency flows: there are none, those with timeouts could not be, and
 * deleting them is no error. */
static void emergency_flows_are_refused(void **state)
{
#define EMERGENCY(command, timeouts)                                           \
    "01 0e 0048 00000001 003fffff 0000 000000000000 000000000000 0000 00 00"   \
    "0000 00 00 0000 00000000 00000000 0000 0000 0000000000000000" command     \
        timeouts "8000 ffffffff ffff 0004"
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_add_flow(l, 0, "actions=drop");
    lab_say(l, 0, EMERGENCY("0000", "0000 0000"));
    lab_hears_error(l, 0, 3, 5);
    lab_say(l, 0, EMERGENCY("0000", "0001 0000"));
    lab_hears_error(l, 0, 3, 3);
    lab_say(l, 0, EMERGENCY("0002", "0000 0001"));
    lab_hears_error(l, 0, 3, 3);
    lab_say(l, 0, EMERGENCY("0003", "0001 0001"));
    lab_hears_nothing(l, 0);
    assert_int_equal(lab_flows(l), 1);
    lab_close(l);
}

/* 1.0: an entry without wildcards has the highest priority, whatever it was
 * sent with, and so overlaps a wildcard entry of that priority only. */
static void an_exact_entry_overlaps_at_the_highest_priority(void **state)
{
#define MOD(wildcards, port, priority, flags)                                  \
    "01 0e 0048 00000001 " wildcards port "000000000000 000000000000 0000 00"  \
    "00 0800 00 06 0000 0a000001 0a000002 0001 0002 0000000000000000 0000"     \
    "0000 0000" priority "ffffffff ffff" flags
#define EXACT(priority, flags) MOD("00000000", "0001", priority, flags)
#define ANY(priority, flags)   MOD("003fffff", "0000", priority, flags)
    static const struct {
        const char *first, *second;
        bool is_refused;
    } rows[] = {
        /* clang-format off */
        {EXACT("0005", "0000"), ANY("ffff",   "0002"), true },
        {ANY("ffff",   "0000"), EXACT("0005", "0002"), true },
        {EXACT("ffff", "0000"), ANY("ffff",   "0002"), true },
        {EXACT("0005", "0000"), ANY("0005",   "0002"), false},
        {ANY("0005",   "0000"), EXACT("0005", "0002"), false},
        {ANY("ffff",   "0000"), EXACT("0005", "0000"), false},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lab *l = lab_open(OF10);

        lab_say(l, 0, rows[i].first);
        lab_hears_nothing(l, 0);
        lab_say(l, 0, rows[i].second);
        if (rows[i].is_refused)
            lab_hears_error(l, 0, 3, 1);
        lab_hears_nothing(l, 0);
        assert_int_equal(lab_flows(l), rows[i].is_refused ? 1 : 2);
        lab_close(l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_give_back_what_was_sent),
        cmocka_unit_test(what_changes_nothing_empties_no_cache),
        cmocka_unit_test(what_cannot_be_is_refused_and_changes_nothing),
        cmocka_unit_test(what_sets_or_copies_a_field_needs_it),
        cmocka_unit_test(what_can_be_is_taken),
        cmocka_unit_test(deletes_obey_their_filters),
        cmocka_unit_test(statistics_obey_their_filters),
        cmocka_unit_test(frames_are_counted),
        cmocka_unit_test(idleness_is_told_where_there_are_words_for_it),
        cmocka_unit_test(hidden_entries_are_not_shown),
        cmocka_unit_test(emergency_flows_are_refused),
        cmocka_unit_test(an_exact_entry_overlaps_at_the_highest_priority),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
