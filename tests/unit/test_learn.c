/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a learn action comes to for a frame, and which actions cannot be done.
 */
#include "flow/learn.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

static void read_match(const char *text, struct flow_match *m)
{
    struct text_error error;
    const struct text_parse parse = {NULL, &error};

    if (!text_match_read(&parse, text, m))
        fail_msg("%s: %s", text, error.line);
}

static void read_action(const char *text, struct action_list *l)
{
    struct text_error error;
    const struct text_parse parse = {NULL, &error};
    const struct flow_match all = {.key = {.word = {0}}};

    if (!text_action_read(&parse, &all, text_span_of(text), l))
        fail_msg("%s: %s", text, error.line);
}

/* A frame, an action, and the flow that is learned. */
static const struct {
    const char *frame, *action, *flow;
} examples[] = {
    {"in_port=3,dl_src=02:00:00:00:00:01,dl_vlan=5",
     "learn(hard_timeout=10,NXM_OF_VLAN_TCI[0..11],"
     "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])",
     "table=1, hard_timeout=10, vlan_tci=0x0005/0x0fff,"
     "dl_dst=02:00:00:00:00:01 actions=output:3"},
    {"in_port=LOCAL,dl_src=02:00:00:00:00:01",
     "learn(table=7,priority=9,cookie=0x5,idle_timeout=4,send_flow_rem,"
     "NXM_OF_IN_PORT[],output:NXM_OF_IN_PORT[],output:OXM_OF_IN_PORT[])",
     "cookie=0x5, table=7, idle_timeout=4, send_flow_rem "
     "priority=9,in_port=LOCAL actions=LOCAL,LOCAL"},
    {"tcp,nw_src=10.0.0.1,nw_dst=10.0.0.2,tp_src=1000,tp_dst=80",
     "learn(dl_type=0x800,nw_proto=6,NXM_OF_IP_SRC[]=NXM_OF_IP_DST[],"
     "NXM_OF_IP_DST[0..7]=NXM_OF_IP_SRC[0..7],"
     "NXM_OF_TCP_SRC[]=NXM_OF_TCP_DST[],NXM_NX_REG3[3..19]=0x10011)",
     "table=1, tcp,reg3=0x80088/0xffff8,nw_src=10.0.0.2,"
     "nw_dst=0.0.0.1/0.0.0.255,tp_src=80 actions=drop"},
    {"in_port=5,reg1=0x12345678",
     "learn(in_port=99,load:NXM_NX_REG1[8..23]->NXM_NX_REG0[16..31],"
     "load:0x20010db800000000->NXM_NX_REG2[0..31])",
     NULL},
    {"in_port=5,reg1=0x12345678",
     "learn(in_port=99,load:NXM_NX_REG1[8..23]->NXM_NX_REG0[16..31],"
     "load:10->NXM_NX_REG2[5..10])",
     "table=1, in_port=99 actions=set_field:0x34560000/0xffff0000->reg0,"
     "set_field:0x140/0x7e0->reg2"},
    /* No such ports: nothing is sent there. */
    {"in_port=5,reg1=0xfff9,reg2=0x70000", /* TABLE; too big */
     "learn(output:NXM_NX_REG0[],output:NXM_NX_REG1[0..15],"
     "output:NXM_NX_REG2[])",
     "table=1, actions=drop"},
};

static void frames_teach(void **state)
{
    static const struct text_style style = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
        struct text_error error;
        const struct text_parse parse = {NULL, &error};
        const struct flow_match all = {.key = {.word = {0}}};
        struct action_list l = {0};
        struct flow_match frame;
        struct learned learned;
        char text[1000] = "";
        FILE *out;
        struct flow_stats s = {.match = &learned.mod.match,
                               .instructions = &learned.mod.instructions};

        if (!examples[i].flow) { /* 64 bits into 32 */
            assert_false(text_action_read(
                &parse, &all, text_span_of(examples[i].action), &l));
            action_list_clear(&l);
            continue;
        }
        read_match(examples[i].frame, &frame);
        read_action(examples[i].action, &l);
        learn_from(l.cells, &frame.key, &learned);
        assert_int_equal(learned.mod.command, FLOW_MOD_MODIFY_STRICT);
        assert_true(learned.mod.adds_if_none && learned.mod.sets_cookie);
        s.cookie = learned.mod.cookie;
        s.priority = learned.mod.priority;
        s.idle_timeout_s = learned.mod.idle_timeout_s;
        s.hard_timeout_s = learned.mod.hard_timeout_s;
        s.flags = learned.mod.flags;
        s.table = learned.mod.table;
        out = fmemopen(text, sizeof(text), "w");
        text_flow_write(out, &style, &s, false);
        fclose(out);
        assert_string_equal(text, examples[i].flow);
        action_list_clear(&l);
    }
}

/* What is known of the frames, the action, and what is wrong with it. */
static const struct {
    const char *match, *action;
    enum flow_error error;
} faults[] = {
    /* clang-format off */
    {"",   "learn(eth_type=0x800,load:5->NXM_OF_IP_DST[])",         FLOW_OK                },
    {"ip", "learn(load:NXM_OF_IP_DST[]->NXM_NX_REG1[])",            FLOW_OK                },
    {"ip", "learn(eth_type=0x800,NXM_OF_IP_DST[])",                 FLOW_OK                },
    {"",   "learn(NXM_OF_VLAN_TCI[0..12],NXM_OF_VLAN_TCI[13..15])", FLOW_OK                },
    {"",   "learn(load:5->NXM_OF_IP_DST[])",                        FLOW_INCONSISTENT_MATCH},
    {"",   "learn(load:NXM_OF_IP_DST[]->NXM_NX_REG1[])",            FLOW_INCONSISTENT_MATCH},
    {"ip", "learn(NXM_OF_IP_DST[])",                                FLOW_INCONSISTENT_MATCH},
 /* An Ethertype that is the frame's is not known before. */
    {"ip", "learn(NXM_OF_ETH_TYPE[],NXM_OF_IP_DST[])",              FLOW_INCONSISTENT_MATCH},
    {"",   "learn(NXM_OF_ETH_TYPE[0..7]=0x8)",                      FLOW_BAD_ARGUMENT      },
    {"",   "learn(OXM_OF_IN_PORT[0..7]=0x8)",                       FLOW_BAD_ARGUMENT      },
    /* clang-format on */
};

static void faults_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
        struct action_list l = {0};
        struct flow_match m;
        enum flow_error error;

        read_match(faults[i].match, &m);
        read_action(faults[i].action, &l);
        error = learn_check(l.cells, &m.key);
        if (error != faults[i].error)
            fail_msg("%s: %s", faults[i].action, flow_error_text(error));
        action_list_clear(&l);
    }
}

/* The bits of the frame that are copied, and no others. */
static void what_is_looked_at_is_said(void **state)
{
    struct action_list l = {0};
    struct flow_key used = {.word = {0}}, want = used;

    (void)state;
    read_action("learn(NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
                "NXM_OF_VLAN_TCI[0..11],reg1=5)",
                &l);
    learn_use(l.cells, &used);
    memset(want.eth_src, 0xff, sizeof(want.eth_src));
    want.vlan_vid = htons(0xfff);
    assert_memory_equal(&used, &want, sizeof(used));
    action_list_clear(&l);
}

static void an_action_has_room_for_so_many_parts(void **state)
{
    const struct learn_head head = {.table = 1};
    const struct learn_part part = {.target = LEARN_LOAD,
                                    .bits = 32,
                                    .source_field = FIELD_REG0,
                                    .target_field = FIELD_REG1};
    struct action_list l = {0};
    size_t at = learn_begin(&l, &head), count = 0;
    struct flow_key key = {.word = {0}};
    struct learned learned;

    (void)state;
    while (learn_add(&l, at, &part, NULL))
        count++;
    assert_int_equal(count, 253);
    learn_from(l.cells, &key, &learned);
    assert_int_equal(learned.mod.instructions.apply_count, 3 * count);
    action_list_clear(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_teach),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(what_is_looked_at_is_said),
        cmocka_unit_test(an_action_has_room_for_so_many_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
