/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace says what the switch then does: which entry of which table matches,
 * what is carried out, where the packet goes or why it does not, and it changes
 * nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bridge/trace.h"
#include "client/trace.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"
#include "text/text_group.h"

static const char ports[] = "[bridge]\nfail-mode = secure\n"
                            "[port em1]\ntype = nic\nofport = 1\n"
                            "[port em2]\ntype = nic\nofport = 2\n"
                            "[port tap0]\ntype = tap\nofport = 3\n"
                            "vlan = 10\n";

static struct sim *sim_with(const char *const *flows)
{
    struct sim *s = sim_open(ports);
    struct flow_tables *t = datapath_tables(bridge_datapath(sim_bridge(s)));

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    for (; *flows; flows++) {
        struct text_error error;
        const struct text_parse parse = {NULL, &error};
        struct flow_mod mod;

        if (!text_flow_read(&parse, FLOW_MOD_ADD, *flows, &mod))
            fail_msg("%s: %s", *flows, error.line);
        assert_int_equal(flow_tables_apply(t, &mod, sim_now_ms(s)), FLOW_OK);
        flow_mod_clear(&mod);
    }
    return s;
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
    assert_string_equal(text, answer);
    free(text);
    cJSON_Delete(result);
}

static void tables_actions_and_edits(void **state)
{
    static const char *const flows[] = {
        "cookie=0x5,priority=7,tcp,tp_dst=80,"
        "actions=mod_nw_dst:10.0.0.9,dec_ttl,resubmit(,3),output:2",
        "table=3,actions=output:1,output:9", NULL};
    struct sim *s = sim_with(flows);

    (void)state;
    expect(s, "in_port=em1,tcp,nw_dst=10.0.0.2,tp_dst=80",
           "flow: tcp,in_port=1,nw_dst=10.0.0.2,nw_ttl=64,tp_dst=80\n"
           "\n"
           "table 0: cookie=0x5, priority=7,tcp,tp_dst=80 "
           "actions=set_field:10.0.0.9->ip_dst,dec_ttl,resubmit(,3),output:2\n"
           "  set_field:10.0.0.9->ip_dst\n"
           "  dec_ttl\n"
           "  resubmit(,3)\n"
           "    table 3: actions=output:1,output:9\n"
           "      output:1\n"
           "      no output: it is the in-port\n"
           "      output:9\n"
           "      no output: no such port\n"
           "  output:2\n"
           "\n"
           "final flow: tcp,in_port=1,nw_dst=10.0.0.9,nw_ttl=63,tp_dst=80\n"
           "output to port 2 (em2)\n"
           "verdict: forwarded\n");
    sim_close(s);
}

static void a_miss_and_a_drop(void **state)
{
    static const char *const flows[] = {"arp,actions=drop", NULL};
    struct sim *s = sim_with(flows);

    (void)state;
    expect(s, "in_port=1,ip,nw_ttl=1",
           "flow: ip,in_port=1,nw_ttl=1\n\n"
           "table 0: no entry matches\n\n"
           "final flow: unchanged\n"
           "verdict: dropped (no-match): no flow entry matched\n");
    expect(s, "in_port=1,arp",
           "flow: arp,in_port=1\n\n"
           "table 0: arp actions=drop\n\n"
           "final flow: unchanged\n"
           "verdict: dropped (action): dropped by a flow entry\n");
    sim_close(s);
}

static void normal_floods_and_knows(void **state)
{
    static const char *const flows[] = {"priority=0,actions=NORMAL", NULL};
    struct sim *s = sim_with(flows);

    (void)state;
    sim_link_up(s, "tap0");
    expect(s,
           "in_port=1,dl_vlan=10,dl_dst=02:00:00:00:00:02,"
           "dl_src=02:00:00:00:00:01",
           "flow: in_port=1,dl_vlan=10,dl_src=02:00:00:00:00:01,"
           "dl_dst=02:00:00:00:00:02\n\n"
           "table 0: priority=0 actions=NORMAL\n"
           "  NORMAL\n\n"
           "final flow: unchanged\n"
           "NORMAL: VLAN 10, from 02:00:00:00:00:01 to 02:00:00:00:00:02\n"
           "  not learned: flooded\n"
           "  output to port 2 (em2), tagged with VLAN 10\n"
           "  output to port 3 (tap0), untagged\n"
           "verdict: forwarded\n");
    assert_int_equal(
        mac_table_count(datapath_mac_table(bridge_datapath(sim_bridge(s)))), 0);
    send_frame(s, "tap0", 1, 2, -1);
    expect(s, "in_port=1,dl_vlan=10,dl_dst=02:00:00:00:00:02",
           "flow: in_port=1,dl_vlan=10,dl_dst=02:00:00:00:00:02\n\n"
           "table 0: priority=0 actions=NORMAL\n"
           "  NORMAL\n\n"
           "final flow: unchanged\n"
           "NORMAL: VLAN 10, from 00:00:00:00:00:00 to 02:00:00:00:00:02\n"
           "  learned at port 3 (tap0)\n"
           "  output to port 3 (tap0), untagged\n"
           "verdict: forwarded\n");
    expect(s, "in_port=3,dl_vlan=11,dl_dst=02:00:00:00:00:02",
           "flow: in_port=3,dl_vlan=11,dl_dst=02:00:00:00:00:02\n\n"
           "table 0: priority=0 actions=NORMAL\n"
           "  NORMAL\n\n"
           "final flow: unchanged\n"
           "NORMAL: VLAN 11, from 00:00:00:00:00:00 to 02:00:00:00:00:02\n"
           "  dropped (vlan): the port is not in the frame's VLAN\n"
           "verdict: dropped (vlan): the port is not in the frame's VLAN\n");
    sim_close(s);
}

/* 02:..:01 to 02:..:02, VLAN 5, IPv4 10.0.0.1 to 10.0.0.2, UDP 7 to 9. */
#define TAGGED_UDP                                                             \
    "020000000002"                                                             \
    "020000000001"                                                             \
    "81000005"                                                                 \
    "0800"                                                                     \
    "4500001c000000004011"                                                     \
    "66cf"                                                                     \
    "0a000001"                                                                 \
    "0a000002"                                                                 \
    "0007000900080000"

static void behind_what_is_taken_off(void **state)
{
    static const char *const flows[] = {
        "dl_vlan=5,actions=pop_vlan,goto_table:1",
        "table=1,udp,tp_dst=9,actions=output:2", NULL};
    struct sim *s = sim_with(flows);

    (void)state;
    expect(s, "in_port=1,packet=" TAGGED_UDP,
           "flow: udp,in_port=1,dl_vlan=5,dl_src=02:00:00:00:00:01,"
           "dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,"
           "nw_ttl=64,tp_src=7,tp_dst=9\n\n"
           "table 0: dl_vlan=5 actions=pop_vlan,goto_table:1\n"
           "  pop_vlan\n"
           "table 1: udp,tp_dst=9 actions=output:2\n"
           "  output:2\n\n"
           "final flow: udp,in_port=1,dl_src=02:00:00:00:00:01,"
           "dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,"
           "nw_ttl=64,tp_src=7,tp_dst=9\n"
           "output to port 2 (em2)\n"
           "verdict: forwarded\n");
    sim_close(s);
}

/* An MPLS label 100, then the same UDP over IPv4. */
#define LABELLED_UDP                                                           \
    "020000000002"                                                             \
    "020000000001"                                                             \
    "8847"                                                                     \
    "00064140"                                                                 \
    "4500001c000000004011"                                                     \
    "66cf"                                                                     \
    "0a000001"                                                                 \
    "0a000002"                                                                 \
    "0007000900080000"

static void only_a_packet_tells_what_a_label_hides(void **state)
{
    static const char *const flows[] = {
        "mpls,actions=pop_mpls:0x0800,goto_table:1",
        "table=1,udp,tp_dst=9,actions=output:2", NULL};
    struct sim *s = sim_with(flows);

    (void)state;
    expect(s, "packet=" LABELLED_UDP ",in_port=1",
           "flow: mpls,in_port=1,dl_src=02:00:00:00:00:01,"
           "dl_dst=02:00:00:00:00:02,mpls_label=100,mpls_ttl=64,mpls_bos=1\n\n"
           "table 0: mpls actions=pop_mpls:0x0800,goto_table:1\n"
           "  pop_mpls:0x0800\n"
           "table 1: udp,tp_dst=9 actions=output:2\n"
           "  output:2\n\n"
           "final flow: udp,in_port=1,dl_src=02:00:00:00:00:01,"
           "dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,"
           "nw_ttl=64,tp_src=7,tp_dst=9\n"
           "output to port 2 (em2)\n"
           "verdict: forwarded\n");
    expect(s, "in_port=1,mpls,mpls_label=100,mpls_bos=1",
           "flow: mpls,in_port=1,mpls_label=100,mpls_bos=1\n\n"
           "table 0: mpls actions=pop_mpls:0x0800,goto_table:1\n"
           "  pop_mpls:0x0800\n"
           "  what is behind the header is not known here\n"
           "table 1: no entry matches\n\n"
           "final flow: in_port=1\n"
           "verdict: dropped (no-match): no flow entry matched\n");
    sim_close(s);
}

/* Each bucket has a copy: what one does to the frame the next does not see. */
static void groups_and_action_sets(void **state)
{
    static const char *const flows[] = {"udp,actions=write_actions(group:7)",
                                        NULL};
    struct sim *s = sim_with(flows);
    struct text_error error;
    const struct text_parse parse = {NULL, &error};
    struct group_mod group;

    (void)state;
    assert_true(text_group_read(&parse, GROUP_ADD,
                                "group_id=7,type=all,"
                                "bucket=mod_vlan_vid:5,output:2,"
                                "bucket=NORMAL",
                                &group));
    assert_int_equal(
        group_table_apply(datapath_groups(bridge_datapath(sim_bridge(s))),
                          &group, sim_now_ms(s)),
        FLOW_OK);
    group_mod_clear(&group);
    expect(s, "in_port=1,udp",
           "flow: udp,in_port=1,nw_ttl=64\n\n"
           "table 0: udp actions=write_actions(group:7)\n"
           "action set\n"
           "  group:7\n"
           "    group 7\n"
           "    bucket 0\n"
           "      mod_vlan_vid:5\n"
           "      output:2\n"
           "    bucket 1\n"
           "      NORMAL\n\n"
           "final flow: unchanged\n"
           "output to port 2 (em2)\n"
           "NORMAL: VLAN 0, from 00:00:00:00:00:00 to 00:00:00:00:00:00\n"
           "  not learned: flooded\n"
           "  output to port 2 (em2)\n"
           "verdict: forwarded\n");
    sim_close(s);
}

static void ports_that_are_none(void **state)
{
    static const char *const flows[] = {
        "tcp,actions=FLOOD,CONTROLLER:60", "arp,actions=output:3",
        "icmp,actions=dec_ttl,output:2",   "dl_type=0x88b5,actions=IN_PORT",
        "dl_type=0x88b6,actions=group:9",  NULL};
    struct sim *s = sim_with(flows);

    (void)state;
    sim_link_down(s, "tap0");
    expect(s, "in_port=1,tcp",
           "flow: tcp,in_port=1,nw_ttl=64\n\n"
           "table 0: tcp actions=FLOOD,CONTROLLER:60\n"
           "  FLOOD\n"
           "  CONTROLLER:60\n\n"
           "final flow: unchanged\n"
           "FLOOD\n"
           "  output to port 2 (em2)\n"
           "to the controllers, up to 60 bytes of it\n"
           "verdict: forwarded\n");
    expect(
        s, "in_port=1,arp",
        "flow: arp,in_port=1\n\n"
        "table 0: arp actions=output:3\n"
        "  output:3\n\n"
        "final flow: unchanged\n"
        "output to port 3 (tap0)\n"
        "  dropped (port-down): the output port is down or missing\n"
        "verdict: dropped (port-down): the output port is down or missing\n");
    expect(s, "in_port=1,icmp,nw_ttl=1",
           "flow: icmp,in_port=1,nw_ttl=1\n\n"
           "table 0: icmp actions=dec_ttl,output:2\n"
           "  dec_ttl\n"
           "  its time to live has expired\n\n"
           "final flow: unchanged\n"
           "to the controllers\n"
           "verdict: consumed\n");
    expect(s, "in_port=1,dl_type=0x88b5",
           "flow: in_port=1,dl_type=0x88b5\n\n"
           "table 0: dl_type=0x88b5 actions=IN_PORT\n"
           "  IN_PORT\n\n"
           "final flow: unchanged\n"
           "output to port 1 (em1)\n"
           "verdict: forwarded\n");
    expect(s, "in_port=1,dl_type=0x88b6",
           "flow: in_port=1,dl_type=0x88b6\n\n"
           "table 0: dl_type=0x88b6 actions=group:9\n"
           "  group:9\n"
           "  there is no such group\n\n"
           "final flow: unchanged\n"
           "verdict: dropped (group): the group has no live bucket\n");
    sim_close(s);
}

static void refuses_what_makes_no_sense(void **state)
{
    static const struct {
        const char *question, *error;
    } rows[] = {
        /* clang-format off */
        {"ip",                                  "needs in_port"  },
        {"in_port=77",                          "no such port"   },
        {"in_port=nosuch",                      "no port of this"},
        {"in_port=1,tp_src=5",                  "tp_src"         },
        {"in_port=1,packet=12",                 "packet: takes"  },
        {"in_port=1,packet=" LABELLED_UDP "zz", "not bytes in hex"},
        {"in_port=1,ip,packet=" LABELLED_UDP,   "only in_port"   },
        /* clang-format on */
    };
    static const char *const none[] = {NULL};
    struct sim *s = sim_with(none);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct text_error error;
        cJSON *result = trace_flow(sim_bridge(s), rows[i].question, &error);

        assert_null(result);
        if (!strstr(error.line, rows[i].error))
            fail_msg("%s: %s", rows[i].question, error.line);
    }
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_actions_and_edits),
        cmocka_unit_test(a_miss_and_a_drop),
        cmocka_unit_test(normal_floods_and_knows),
        cmocka_unit_test(behind_what_is_taken_off),
        cmocka_unit_test(only_a_packet_tells_what_a_label_hides),
        cmocka_unit_test(groups_and_action_sets),
        cmocka_unit_test(ports_that_are_none),
        cmocka_unit_test(refuses_what_makes_no_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
