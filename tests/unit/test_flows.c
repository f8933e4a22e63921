/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow entries are shown line for line as ovs-ofctl shows them, from replies
 * that are given; a refusal is one line and an exit status.
 */
#include "client/flows.h"

#include "base/array.h"
#include "openflow/of_error.h"
#include "tests/unit/of_peer.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

/* The entry that POX's l2_learning makes of an ssh session, and one more. */
static const char *const entries[] = {
    "cookie=0x0,idle_timeout=10,hard_timeout=30,in_port=2,tcp,"
    "vlan_tci=0x0000,dl_src=78:2b:cb:4b:db:c5,dl_dst=00:21:9b:8e:36:62,"
    "nw_src=192.0.2.7,nw_dst=192.0.2.9,nw_tos=0,tp_src=22,tp_dst=60221,"
    "actions=output:1",
    "cookie=0x5,table=3,priority=7,send_flow_rem,actions=CONTROLLER:128",
};

static const char expected[] =
    "cookie=0x0, duration=14.604s, table=0, n_packets=61, n_bytes=7418, "
    "idle_timeout=10, hard_timeout=30, tcp,in_port=2,vlan_tci=0x0000/0x1fff,"
    "dl_src=78:2b:cb:4b:db:c5,dl_dst=00:21:9b:8e:36:62,nw_src=192.0.2.7,"
    "nw_dst=192.0.2.9,nw_tos=0,tp_src=22,tp_dst=60221 actions=output:1\n"
    "cookie=0x5, duration=14.604s, table=3, n_packets=61, n_bytes=7418, "
    "send_flow_rem priority=7 actions=CONTROLLER:128\n";

/* What the switch was asked for last. */
static char asked[512];

static void note_asked(const struct flow_mod *mod)
{
    const struct text_style style = {.names = NULL};
    FILE *out = fmemopen(asked, sizeof(asked), "w");

    fprintf(out, "%d table=%u ", (int)mod->command, mod->table);
    if (text_match_write(out, &style, &mod->match, mod->priority))
        putc(' ', out);
    text_flow_write_instructions(out, &style, &mod->instructions);
    fclose(out);
}

static void put_entries(const struct of_flow_format *f, struct of_buffer *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
        struct text_error error = {""};
        const struct text_parse parse = {NULL, &error};
        struct flow_mod mod;
        struct flow_stats s;

        if (!text_flow_read(&parse, FLOW_MOD_ADD, entries[i], &mod))
            fail_msg("%s", error.line);
        s = (struct flow_stats){
            .match = &mod.match,
            .instructions = &mod.instructions,
            .cookie = mod.cookie,
            .packets = 61,
            .bytes = 7418,
            .duration_s = 14,
            .duration_ns = 604000000,
            .priority = mod.priority,
            .idle_timeout_s = mod.idle_timeout_s,
            .hard_timeout_s = mod.hard_timeout_s,
            .flags = mod.flags,
            .table = mod.table,
        };
        of_flow_stats_put(f, out, &s);
        flow_mod_clear(&mod);
    }
}

static void answer(struct of_peer *p, const struct of_message *m,
                   struct of_buffer *out)
{
    const struct of_flow_format f = {(enum of_version)m->header.version,
                                     m->kind == OF_MP_NX_FLOW ||
                                         m->kind == OF_NX_FLOW_MOD,
                                     m->kind == OF_NX_FLOW_MOD};
    struct reader body = m->body;
    struct flow_mod mod;

    (void)p;
    if (m->kind == OF_MP_FLOW || m->kind == OF_MP_NX_FLOW) {
        size_t start = of_begin(out, f.version, m->kind, m->header.xid);

        put_entries(&f, out);
        of_end(out, start);
        assert_int_equal(of_flow_stats_read_request(&f, &body, &mod), FLOW_OK);
    } else if (m->kind == OF_FLOW_MOD || m->kind == OF_NX_FLOW_MOD) {
        assert_int_equal(of_flow_mod_read(&f, &body, &mod), FLOW_OK);
    } else {
        return;
    }
    note_asked(&mod);
    flow_mod_clear(&mod);
}

static void shows_lines(void **state)
{
    struct of_peer *p = *state;
    const struct of_command plain = {.argument = "table=9,tcp"};

    p->answer = answer;
    assert_int_equal(peer_run(p, flows_dump, &plain, OF_VERSION_BIT(OF13)), 0);
    assert_string_equal(p->out, expected);
    assert_string_equal(p->err, "");
    assert_string_equal(asked, "3 table=9 tcp drop");
}

static void shows_more_than_openflow_10_has(void **state)
{
    struct of_peer *p = *state;
    const struct of_command plain = {.argument = NULL};

    p->answer = answer;
    assert_int_equal(peer_run(p, flows_dump, &plain, OF_VERSION_BIT(OF10)), 0);
    assert_non_null(strstr(p->out, "table=3, n_packets=61"));
    assert_string_equal(asked, "3 table=255 drop");
}

static void shows_objects(void **state)
{
    struct of_peer *p = *state;
    const struct of_command json = {.is_json = true};

    p->answer = answer;
    assert_int_equal(peer_run(p, flows_dump, &json, OF_VERSION_BIT(OF13)), 0);
    assert_non_null(strstr(
        p->out,
        ",{\"table\":3,\"priority\":7,\"cookie\":\"0x5\",\"duration_s\":14.604,"
        "\"packets\":61,\"bytes\":7418,\"idle_timeout_s\":0,"
        "\"hard_timeout_s\":0,\"importance\":0,\"flags\":[\"send_flow_rem\"],"
        "\"match\":\"\",\"actions\":\"CONTROLLER:128\"}]}\n"));
}

static void sends_what_is_asked(void **state)
{
    static const struct {
        int (*command)(struct of_command *);
        bool is_strict;
        uint32_t version;
        const char *flow, *asked;
    } rows[] = {
        {flows_add, false, OF13, "table=2,ip,actions=output:1",
         "0 table=2 ip output:1"},
        {flows_add, false, OF10, "table=2,ip,actions=output:1",
         "0 table=2 ip output:1"},
        {flows_modify, false, OF13, "ip,actions=drop", "1 table=0 ip drop"},
        {flows_modify, false, OF10, "ip,actions=drop", "1 table=255 ip drop"},
        {flows_modify, true, OF13, "priority=1,ip,actions=drop",
         "2 table=0 priority=1,ip drop"},
        {flows_delete, false, OF13, "ip", "3 table=255 ip drop"},
        {flows_delete, true, OF13, "priority=1,ip",
         "4 table=255 priority=1,ip drop"},
        {flows_delete, false, OF13, NULL, "3 table=255 drop"},
    };
    struct of_peer *p = *state;

    p->answer = answer;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct of_command c = {.argument = rows[i].flow,
                                     .is_strict = rows[i].is_strict};

        assert_int_equal(
            peer_run(p, rows[i].command, &c, OF_VERSION_BIT(rows[i].version)),
            0);
        assert_string_equal(p->out, "");
        assert_string_equal(p->err, "");
        assert_string_equal(asked, rows[i].asked);
    }
}

static void refuse(struct of_peer *p, const struct of_message *m,
                   struct of_buffer *out)
{
    uint8_t request[OF_HEADER_SIZE] = {OF13, m->header.type, 0, OF_HEADER_SIZE};
    struct reader r = reader_over(request, sizeof(request));

    (void)p;
    request[7] = (uint8_t)m->header.xid;
    of_error_write(out, OF13, FLOW_TABLE_FULL, &r);
}

static void a_refusal_is_one_line(void **state)
{
    static const char line[] = "flowbridge: the switch refuses: the table is "
                               "full (FLOW_MOD_FAILED, code 1)\n";
    struct of_peer *p = *state;
    const struct of_command add = {.argument = "ip,actions=drop"};
    const struct of_command dump = {.is_json = true};
    const struct of_command all = {.shows_all = true};

    p->answer = refuse;
    assert_int_equal(peer_run(p, flows_add, &add, OF_VERSION_BIT(OF13)), 1);
    assert_string_equal(p->err, line);
    assert_int_equal(peer_run(p, flows_dump, &dump, OF_VERSION_BIT(OF13)), 1);
    assert_string_equal(p->out, "");
    assert_string_equal(p->err, line);
    p->answer = answer;
    assert_int_equal(peer_run(p, flows_dump, &all, OF_VERSION_BIT(OF13)), 1);
    assert_non_null(strstr(p->err, "--all: "));
}

/* Nothing is left out of what is asked: a deletion would take too much. */
static void what_a_version_cannot_say_is_not_sent(void **state)
{
    static const struct {
        int (*command)(struct of_command *);
        enum of_version version;
        const char *flow, *word;
    } rows[] = {
        /* clang-format off */
        {flows_delete, OF10, "out_group=5",                       "out_group"     },
        {flows_dump,   OF10, "out_group=5",                       "out_group"     },
        {flows_add,    OF10, "actions=push_vlan:0x8100,output:1", "push_vlan"     },
        {flows_add,    OF10, "actions=meter:1,output:1",          "meter"         },
        {flows_add,    OF10, "actions=clear_actions",             "clear_actions" },
        {flows_add,    OF10, "actions=write_actions(drop)",       "write_actions" },
        {flows_add,    OF10, "actions=write_metadata:1",          "write_metadata"},
        {flows_add,    OF10, "actions=push_pbb:0x88e7",           "push_pbb"      },
        {flows_add,    OF10, "reset_counts,actions=drop",         "reset_counts"  },
        {flows_add,    OF10, "no_byte_counts,actions=drop",       "no_byte_counts"},
        {flows_add,    OF13, "importance=5,actions=drop",         "importance"    },
        {flows_add,    OF13, "actions=output:1,meter:1",          "meter"         },
        {flows_add,    OF13, "actions=mod_nw_tos:32",             "nw_tos"        },
        {flows_add,    OF13, "actions=mod_tp_dst:32",             "tp_dst"        },
        {flows_add,    OF13, "actions=dec_ttl",                   "dec_ttl"       },
        {flows_add,    OF13, "actions=pop_vlan",                  "pop_vlan"      },
        {flows_modify, OF13, "cookie=5,actions=drop",             "cookie"        },
        /* clang-format on */
    };
    struct of_peer *p = *state;

    p->answer = answer;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct of_command c = {.argument = rows[i].flow};
        char line[128];

        snprintf(asked, sizeof(asked), "nothing");
        snprintf(line, sizeof(line),
                 "flowbridge: %s: OpenFlow %s does not support this\n",
                 rows[i].word, rows[i].version == OF10 ? "1.0" : "1.3");
        assert_int_equal(
            peer_run(p, rows[i].command, &c, OF_VERSION_BIT(rows[i].version)),
            1);
        assert_string_equal(p->err, line);
        assert_string_equal(asked, "nothing");
    }
}

/* What they say is the same as in the version that the words are of. */
static void what_another_version_has_is_translated(void **state)
{
    static const struct {
        enum of_version version;
        const char *flow, *asked;
    } rows[] = {
        {OF10, "ip,actions=goto_table:3", "0 table=0 ip resubmit(,3)"},
        {OF10,
         "dl_vlan=0xffff,actions=push_vlan:0x8100,"
         "set_field:4101->vlan_vid",
         "0 table=0 vlan_tci=0x0000/0x1fff mod_vlan_vid:5"},
        {OF10, "dl_vlan=0xffff,actions=push_vlan:0x8100,output:1",
         "0 table=0 vlan_tci=0x0000/0x1fff mod_vlan_vid:0,output:1"},
        {OF13, "actions=mod_vlan_vid:5",
         "0 table=0 load:0x1005->NXM_OF_VLAN_TCI[0..12]"},
        {OF13, "actions=mod_vlan_pcp:5",
         "0 table=0 load:0xb->NXM_OF_VLAN_TCI[12..15]"},
        {OF13, "dl_vlan=3,actions=mod_vlan_vid:5",
         "0 table=0 dl_vlan=3 set_field:4101->vlan_vid"},
        {OF13, "dl_vlan=0xffff,actions=mod_vlan_vid:5",
         "0 table=0 vlan_tci=0x0000/0x1fff push_vlan:0x8100,"
         "set_field:4101->vlan_vid"},
        /* clang-format off */
        {OF13, "dl_vlan=3,actions=strip_vlan",                     "0 table=0 dl_vlan=3 pop_vlan"                   },
        {OF13, "actions=strip_vlan",                               "0 table=0 load:0->NXM_OF_VLAN_TCI[]"            },
        {OF13, "actions=meter:7,output:1",                         "0 table=0 meter:7,output:1"                     },
        /* clang-format on */
        {OF13, "vlan_tci=0x2000/0xe000,actions=drop",
         "0 table=0 vlan_tci=0x2000/0xe000 drop"},
    };
    struct of_peer *p = *state;

    p->answer = answer;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct of_command c = {.argument = rows[i].flow};

        assert_int_equal(
            peer_run(p, flows_add, &c, OF_VERSION_BIT(rows[i].version)), 0);
        assert_string_equal(asked, rows[i].asked);
    }
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, peer_set_up, peer_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows_lines),
        TEST(shows_more_than_openflow_10_has),
        TEST(shows_objects),
        TEST(sends_what_is_asked),
        TEST(a_refusal_is_one_line),
        TEST(what_a_version_cannot_say_is_not_sent),
        TEST(what_another_version_has_is_translated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
