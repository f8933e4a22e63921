/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text notation says what ovs-ofctl says: flows are read and written as
 * Open vSwitch 3.1 does, what is written reads back as the same flow, and what
 * is refused is refused with one line that names the word at fault.
 */
#include "text/text_flow.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "flow/port_no.h"
#include "tests/unit/test.h"
#include "tests/unit/text_flow_golden.h"

static const char *const port_names[] = {NULL,  "p1",   "p2",
                                         "p-3", "drop", "ALL"};

static bool find_port(void *context, const char *name, uint32_t *port_no)
{
    (void)context;
    for (uint32_t i = 1; i < ARRAY_SIZE(port_names); i++) {
        if (strcmp(name, port_names[i]) == 0) {
            *port_no = i;
            return true;
        }
    }
    return false;
}

static const char *name_of_port(void *context, uint32_t port_no)
{
    (void)context;
    return port_no < ARRAY_SIZE(port_names) ? port_names[port_no] : NULL;
}

static const struct text_names only_reading = {.find_port = find_port};
static const struct text_names both_ways = {.find_port = find_port,
                                            .name_of_port = name_of_port};
static struct text_error error;
static const struct text_parse parse = {&only_reading, &error};
static const struct text_style openflow10 = {.is_openflow10 = true};
static const struct text_style openflow13 = {.is_openflow10 = false};

static struct flow_mod read_ok(enum flow_mod_command command, const char *text)
{
    struct flow_mod mod;

    error.line[0] = '\0';
    if (!text_flow_read(&parse, command, text, &mod))
        fail_msg("%s: %s", text, error.line);
    return mod;
}

/* The caller frees it. */
static char *written(const struct flow_mod *mod, const struct text_style *style)
{
    struct flow_stats stats = {
        .match = &mod->match,
        .instructions = &mod->instructions,
        .cookie = mod->cookie,
        .priority = mod->priority,
        .idle_timeout_s = mod->idle_timeout_s,
        .hard_timeout_s = mod->hard_timeout_s,
        .importance = mod->importance,
        .flags = mod->flags,
        .table = mod->table,
    };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    text_flow_write(out, style, &stats, false);
    fclose(out);
    return text;
}

static void expect(const struct flow_mod *mod, const struct text_style *style,
                   const char *line)
{
    char *text = written(mod, style);

    assert_string_equal(text, line);
    free(text);
}

static void writes_as_open_vswitch(void **state)
{
    (void)state;
    for (const struct text_flow_golden *row = text_flow_golden; row->flow;
         row++) {
        struct flow_mod mod = read_ok(FLOW_MOD_ADD, row->flow);
        const char *line13 = row->openflow13;

        if (line13 == text_flow_same)
            line13 = row->openflow10;
        if (row->openflow10)
            expect(&mod, &openflow10, row->openflow10);
        if (line13)
            expect(&mod, &openflow13, line13);
        flow_mod_clear(&mod);
    }
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    for (const struct text_flow_golden *row = text_flow_golden; row->flow;
         row++) {
        struct flow_mod mod = read_ok(FLOW_MOD_ADD, row->flow);
        char *text = written(&mod, &openflow13);
        struct flow_mod again = read_ok(FLOW_MOD_ADD, text);

        assert_true(match_is_equal(&mod.match, &again.match));
        expect(&again, &openflow13, text);
        assert_int_equal(mod.flags, again.flags);
        assert_int_equal(mod.table, again.table);
        free(text);
        flow_mod_clear(&again);

        /* OpenFlow 1.0 has another word for some actions of the same effect. */
        text = written(&mod, &openflow10);
        again = read_ok(FLOW_MOD_ADD, text);
        assert_true(match_is_equal(&mod.match, &again.match));
        expect(&again, &openflow10, text);
        free(text);
        flow_mod_clear(&again);
        flow_mod_clear(&mod);
    }
}

/* Forms that Open vSwitch does not have, or keeps in another form. */
static void writes_what_is_ours(void **state)
{
    /* clang-format off */
    static const struct {
        const char *flow, *line;
    } rows[] = {
        {"dl_type=0x88e7,pbb_isid=0x10203/0xfff00,pbb_uca=1,"
         "actions=set_field:5->pbb_isid,pop_pbb",
         "dl_type=0x88e7,pbb_isid=0x10200/0xfff00,pbb_uca=1 "
         "actions=set_field:5->pbb_isid,pop_pbb"},
        {"ipv6,ipv6_exthdr=0x10/0x1ff,actions=copy_ttl_in,copy_ttl_out",
         "ipv6,ipv6_exthdr=0x10 actions=copy_ttl_in,copy_ttl_out"},
        {"actions=push_pbb:0x88e7,enqueue:1:2",
         "actions=push_pbb:0x88e7,enqueue:1:2"},
        {"ip,actions=load:0xff->NXM_OF_IP_DST[0..7],"
         "load:1->NXM_OF_IP_TOS[2..7]",
         "ip actions=load:0xff->NXM_OF_IP_DST[0..7],"
         "load:0x1->NXM_OF_IP_TOS[2..7]"},
        {"dl_vlan=5,actions=load:7->NXM_OF_VLAN_TCI[0..11],"
         "load:2->NXM_OF_VLAN_TCI[13..15],set_vlan_vid:3",
         "dl_vlan=5 actions=load:0x7->NXM_OF_VLAN_TCI[0..11],"
         "load:0x2->NXM_OF_VLAN_TCI[13..15],set_field:4099->vlan_vid"},
        {"dl_vlan=5,actions=set_field:10->vlan_vid",
         "dl_vlan=5 actions=set_field:4106->vlan_vid"},
        {"actions=set_field:0x112233445566778899->xxreg1,"
         "set_field:0x5/0xf0000000000000000->xxreg0,"
         "load:1->NXM_NX_XXREG3[70..90],move:xreg1->OXM_OF_PKT_REG2[]",
         "actions=set_field:0x112233445566778899->xxreg1,"
         "set_field:0x0/0xf0000000000000000->xxreg0,"
         "load:0x1->NXM_NX_XXREG3[70..90],"
         "move:OXM_OF_PKT_REG1[]->OXM_OF_PKT_REG2[]"},
        {"ipv4,in_port=*,dl_vlan=*,xreg1=0x100000007,xxreg1=*,metadata=-1,"
         "actions=set_field:5->xreg0,set_queue:1,pop_queue,dec_ttl(0)",
         "ip,reg2=0x1,reg3=0x7,metadata=0xffffffffffffffff "
         "actions=set_field:0x5->xreg0,set_queue:1,pop_queue,dec_ttl"},
        {"actions=mod_nw_dst:1.2.3.4,mod_tp_src:5,mod_nw_tos:8,set_tunnel:5",
         "actions=mod_nw_dst:1.2.3.4,mod_tp_src:5,mod_nw_tos:8,"
         "set_field:0x5->tun_id"},
        {"actions=load:0x1005->NXM_OF_VLAN_TCI[0..12],"
         "load:0xb->vlan_tci[12..15],set_field:0x3005/0xf0ff->vlan_tci",
         "actions=load:0x1005->NXM_OF_VLAN_TCI[0..12],"
         "load:0xb->NXM_OF_VLAN_TCI[12..15],"
         "set_field:0x3005/0xf0ff->vlan_tci"},
        {"vlan_tci=0x2000/0xe000,actions=load:1->NXM_OF_IP_TOS[2..7]",
         "vlan_tci=0x2000/0xe000 actions=load:0x1->NXM_OF_IP_TOS[2..7]"},
        {"importance=7,in_phy_port=3,actions=output:1,meter:2",
         "importance=7, in_phy_port=3 actions=output:1,meter:2"},
        {"udp6,actions=mod_tp_src:3,mod_tp_dst:4",
         "udp6 actions=set_field:3->udp_src,set_field:4->udp_dst"},
        {"sctp,actions=set_field:3->tp_src",
         "sctp actions=set_field:3->sctp_src"},
        {"actions=output:1,write_actions(drop)",
         "actions=output:1,write_actions(drop)"},
        {"tcp,nw_proto=17,dl_type=0x86dd,actions=drop", "udp6 actions=drop"},
        {"packet_type=(0,0),actions=drop", "packet_type=(0,0x0) actions=drop"},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct flow_mod mod = read_ok(FLOW_MOD_ADD, rows[i].flow);

        expect(&mod, &openflow13, rows[i].line);
        flow_mod_clear(&mod);
    }
}

/* clang-format off */
static const struct {
    enum flow_mod_command command;
    const char *flow, *line;
} refused[] = {
    {FLOW_MOD_ADD, "ip", "lacks actions=..."},
    {FLOW_MOD_ADD, "foo=3,actions=drop", "foo: unknown keyword"},
    {FLOW_MOD_ADD, "nw_srx=1.2.3.4,actions=drop",
     "nw_srx: unknown keyword, perhaps nw_src"},
    {FLOW_MOD_ADD, "prioritty=1,actions=drop",
     "prioritty: unknown keyword, perhaps priority"},
    {FLOW_MOD_ADD, "nw_src=1.2.3.4,actions=drop",
     "nw_src: the field requires another field, which is missing"},
    {FLOW_MOD_ADD, "ip,tp_src=80,actions=drop",
     "tp_src: the field requires another field, which is missing"},
    {FLOW_MOD_ADD, "tcp,nw_frag=later,tp_src=80,actions=drop",
     "tp_src: the field requires another field, which is missing"},
    {FLOW_MOD_ADD, "ip,nw_src=1.2.3,actions=drop",
     "nw_src=1.2.3: not an IPv4 address"},
    {FLOW_MOD_ADD, "ip,nw_src=1.2.3.4/33,actions=drop",
     "nw_src=33: not a mask of the field"},
    {FLOW_MOD_ADD, "ip,nw_ttl=3/7,actions=drop",
     "nw_ttl: the field does not support this mask"},
    {FLOW_MOD_ADD, "tcp,tp_src=70000,actions=drop",
     "tp_src=70000: not a number that the field can hold"},
    {FLOW_MOD_ADD, "dl_src=1:2:3:4:5,actions=drop",
     "dl_src=1:2:3:4:5: not an Ethernet address (xx:xx:xx:xx:xx:xx)"},
    {FLOW_MOD_ADD, "dl_vlan=5000,actions=drop",
     "5000: dl_vlan is 0 to 4095, or 0xffff for no VLAN tag"},
    {FLOW_MOD_ADD, "dl_vlan=0xffff,dl_vlan_pcp=1,actions=drop",
     "dl_vlan_pcp: the field requires another field, which is missing"},
    {FLOW_MOD_ADD, "in_port=eth9,actions=drop",
     "in_port=eth9: no port of this name or number"},
    {FLOW_MOD_ADD, "priority=70000,actions=drop",
     "priority: takes a number from 0 to 65535"},
    {FLOW_MOD_ADD, "hard_timeout=x,actions=drop",
     "hard_timeout: takes a number from 0 to 65535"},
    {FLOW_MOD_ADD, "cookie=1/2,actions=drop",
     "1/2: a new flow's cookie has no mask"},
    {FLOW_MOD_ADD, "out_port=1,actions=drop",
     "out_port: says nothing to this command"},
    {FLOW_MOD_DELETE, "cookie=5",
     "cookie=5: to ask for a cookie give it a mask, as in cookie=5/-1"},
    {FLOW_MOD_DELETE, "priority=5,ip",
     "priority: says nothing to this command"},
    {FLOW_MOD_DELETE, "ip,actions=drop",
     "actions: say nothing to this command"},
    {FLOW_MOD_ADD, "actions=frob", "frob: neither an action nor a port"},
    {FLOW_MOD_ADD, "actions=mod_dl_scr:1:2:3:4:5:6",
     "mod_dl_scr: neither an action nor a port; perhaps mod_dl_src"},
    {FLOW_MOD_ADD, "actions=output:eth9",
     "output=eth9: no such port"},
    {FLOW_MOD_ADD, "actions=drop,output:1",
     "drop: cannot stand with other actions"},
    {FLOW_MOD_ADD, "actions=goto_table:1,output:1",
     "output: must stand before goto_table"},
    {FLOW_MOD_ADD, "actions=goto_table:1,goto_table:2",
     "goto_table: is there twice"},
    {FLOW_MOD_ADD, "actions=goto_table:255",
     "255: goto_table takes a table from 0 to 254"},
    {FLOW_MOD_ADD, "actions=write_actions(output:1",
     "write_actions: a parenthesis or quote does not close"},
    {FLOW_MOD_ADD, "actions=write_actions(goto_table:1)",
     "goto_table: neither an action nor a port"},
    {FLOW_MOD_ADD, "actions=strip_vlan:3", "strip_vlan: takes no argument"},
    {FLOW_MOD_ADD, "actions=mod_vlan_vid:4096",
     "mod_vlan_vid: takes a number from 0 to 4095"},
    {FLOW_MOD_ADD, "actions=set_field:1->in_port",
     "in_port: the field cannot be set"},
    {FLOW_MOD_ADD, "ip,actions=set_field:1.2.3.4",
     "1.2.3.4: lacks \"->FIELD\""},
    {FLOW_MOD_ADD, "ip,actions=set_field:300->nw_ttl",
     "set_field=300: not a number that the field can hold"},
    {FLOW_MOD_ADD, "actions=load:2->NXM_NX_REG0[0]",
     "2: not a number that these bits can hold"},
    {FLOW_MOD_ADD, "actions=load:2->NXM_NX_REG0[30..35]",
     "NXM_NX_REG0[30..35]: the field does not have these bits"},
    {FLOW_MOD_ADD, "actions=move:NXM_OF_VLAN_TCI[]->NXM_NX_REG0[0..15]",
     "NXM_OF_VLAN_TCI[]: these bits are not in one field"},
    {FLOW_MOD_ADD, "actions=note(unsaid: push_vlan),output:1",
     "push_vlan: the flow was shown in a version that cannot say this"},
    {FLOW_MOD_ADD, "ct_state=+trk,actions=drop",
     "ct_state: connections are not tracked here"},
    {FLOW_MOD_ADD, "actions=ct(commit)",
     "ct: connections are not tracked here"},
    {FLOW_MOD_ADD, "actions=load:1->NXM_NX_CT_MARK[]",
     "ct_mark: connections are not tracked here"},
    {FLOW_MOD_ADD, "actions=load:2->in_port_oxm[]",
     "in_port_oxm[]: the field cannot be set"},
    {FLOW_MOD_ADD, "actions=move:reg0[0..3]->reg1[0..4]",
     "reg0[0..3]: source and target have not as many bits"},
    {FLOW_MOD_ADD, "actions=note:00.1",
     "00.1: a note is some bytes in hex"},
    {FLOW_MOD_ADD, "actions=controller(id=7)",
     "id: not what a controller action can say here"},
    {FLOW_MOD_ADD, "in_port=\"p-3,actions=drop",
     "in_port: a parenthesis or quote does not close"},
};
/* clang-format on */

static void names_the_word_at_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        struct flow_mod mod;

        if (text_flow_read(&parse, refused[i].command, refused[i].flow, &mod))
            fail_msg("%s: was not refused", refused[i].flow);
        assert_string_equal(error.line, refused[i].line);
    }
}

static void reads_filters_and_commands(void **state)
{
    struct flow_mod mod =
        read_ok(FLOW_MOD_DELETE,
                "table=3,cookie=0x5/-1,out_port=LOCAL,out_group=7,tcp");

    (void)state;
    assert_int_equal(mod.command, FLOW_MOD_DELETE);
    assert_int_equal(mod.table, 3);
    assert_int_equal(mod.cookie, 5);
    assert_true(mod.cookie_mask == UINT64_MAX);
    assert_int_equal(mod.out_port, PORT_NO_LOCAL);
    assert_int_equal(mod.out_group, 7);
    assert_int_equal(mod.match.key.ip_proto, 6);

    mod = read_ok(FLOW_MOD_DELETE, "");
    assert_int_equal(mod.table, FLOW_MOD_TABLE_ALL);
    assert_int_equal(mod.out_port, PORT_NO_ANY);
    assert_int_equal(mod.out_group, FLOW_MOD_GROUP_ANY);

    mod = read_ok(FLOW_MOD_DELETE_STRICT, "priority=9");
    assert_int_equal(mod.priority, 9);

    mod = read_ok(FLOW_MOD_MODIFY, "cookie=9,actions=1");
    assert_true(mod.sets_cookie);
    assert_true(mod.cookie == 9 && mod.cookie_mask == 0);
    flow_mod_clear(&mod);

    mod = read_ok(FLOW_MOD_MODIFY, "cookie=8/0xf,actions=1");
    assert_false(mod.sets_cookie);
    assert_true(mod.cookie == 8 && mod.cookie_mask == 0xf);
    flow_mod_clear(&mod);

    mod = read_ok(FLOW_MOD_ADD, "send_flow_rem,actions=write_metadata:5/7");
    assert_int_equal(mod.flags, FLOW_MOD_SEND_FLOW_REM);
    assert_int_equal(mod.priority, 0x8000);
    assert_int_equal(mod.table, 0);
    assert_true(be64toh(mod.instructions.metadata) == 5);
    assert_true(be64toh(mod.instructions.metadata_mask) == 7);
    flow_mod_clear(&mod);
}

static void reads_lines_of_a_file(void **state)
{
    /* clang-format off */
    static const struct {
        const char *line;
        int command; /* -1: blank */
    } rows[] = {
        /* clang-format off */
        {"", -1},
        {"  # only words", -1},
        {" ip,actions=drop # a word", FLOW_MOD_ADD},
        {"add ip,actions=drop", FLOW_MOD_ADD},
        {"delete ip\n", FLOW_MOD_DELETE},
        {"delete_strict priority=5", FLOW_MOD_DELETE_STRICT},
        {"modify ip,actions=1", FLOW_MOD_MODIFY},
        {"modify_strict ip,actions=1", FLOW_MOD_MODIFY_STRICT},
        /* clang-format on */
    };
    /* clang-format on */
    struct flow_mod mod;
    bool is_blank;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_true(text_flow_read_line(&parse, rows[i].line, &mod, &is_blank));
        assert_int_equal(is_blank, rows[i].command < 0);
        if (!is_blank) {
            assert_int_equal(mod.command, rows[i].command);
            flow_mod_clear(&mod);
        }
    }
    assert_false(
        text_flow_read_line(&parse, "ip # actions=drop", &mod, &is_blank));
    assert_false(
        text_flow_read_line(&parse, "delete ip,actions=drop", &mod, &is_blank));
}

static void names_ports(void **state)
{
    static const char line[] =
        "in_port=\"p-3\" actions=output:p2,output:\"p-3\",enqueue:p1:3,"
        "resubmit(p2,1),resubmit:\"p-3\",output:drop,output:5,output:6,LOCAL";
    struct text_style style = {.names = &both_ways};
    struct flow_mod mod = read_ok(
        FLOW_MOD_ADD,
        "in_port=p-3,actions=p2,\"p-3\",enqueue(p1,3),resubmit(\"p2\",1),"
        "resubmit:p-3,output:drop,5,output:6,local");
    struct flow_mod again;

    (void)state;
    expect(&mod, &style, line);
    again = read_ok(FLOW_MOD_ADD, line);
    expect(&again, &style, line);
    assert_true(
        flow_instructions_is_equal(&mod.instructions, &again.instructions));
    flow_mod_clear(&mod);
    flow_mod_clear(&again);
}

static void writes_counters(void **state)
{
    /* clang-format off */
    static const struct {
        uint32_t ns;
        const char *line;
    } rows[] = {
        {0,
         "cookie=0x0, duration=14s, table=0, n_packets=61, n_bytes=7418, "
         "idle_timeout=10, hard_timeout=30, ip actions=drop"},
        {604000000,
         "cookie=0x0, duration=14.604s, table=0, n_packets=61, n_bytes=7418, "
         "idle_timeout=10, hard_timeout=30, ip actions=drop"},
        {604001000,
         "cookie=0x0, duration=14.604001s, table=0, n_packets=61, "
         "n_bytes=7418, idle_timeout=10, hard_timeout=30, ip actions=drop"},
        {1,
         "cookie=0x0, duration=14.000000001s, table=0, n_packets=61, "
         "n_bytes=7418, idle_timeout=10, hard_timeout=30, ip actions=drop"},
    };
    /* clang-format on */
    struct flow_mod mod = read_ok(FLOW_MOD_ADD, "ip,actions=drop");
    struct flow_stats stats = {.match = &mod.match,
                               .instructions = &mod.instructions,
                               .packets = 61,
                               .bytes = 7418,
                               .duration_s = 14,
                               .priority = FLOW_MOD_PRIORITY,
                               .idle_timeout_s = 10,
                               .hard_timeout_s = 30};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct flow_mod again;
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        stats.duration_ns = rows[i].ns;
        text_flow_write(out, &openflow13, &stats, true);
        fclose(out);
        assert_string_equal(text, rows[i].line);
        again = read_ok(FLOW_MOD_ADD, text);
        flow_mod_clear(&again);
        free(text);
    }
}

/* Where they are known; that of the last change only if there was one. */
static void writes_ages(void **state)
{
    static const struct {
        uint32_t idle_age_s, hard_age_s;
        const char *line;
    } rows[] = {
        {3, 14, "idle_age=3, ip actions=drop"},
        {3, 2, "idle_age=3, hard_age=2, ip actions=drop"},
    };
    struct flow_mod mod = read_ok(FLOW_MOD_ADD, "ip,actions=drop");
    struct flow_stats stats = {.match = &mod.match,
                               .instructions = &mod.instructions,
                               .duration_s = 14,
                               .priority = FLOW_MOD_PRIORITY,
                               .has_idle_age = true,
                               .has_hard_age = true};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char text[200] = "";
        FILE *out = fmemopen(text, sizeof(text), "w");

        stats.idle_age_s = rows[i].idle_age_s;
        stats.hard_age_s = rows[i].hard_age_s;
        text_flow_write(out, &openflow13, &stats, true);
        fclose(out);
        assert_non_null(strstr(text, "n_bytes=0, "));
        assert_string_equal(strstr(text, "n_bytes=0, ") + 11, rows[i].line);
    }
}

/* Whatever a text is cut to, it is read or refused, and nothing leaks. */
static void takes_every_shorter_text(void **state)
{
    (void)state;
    for (const struct text_flow_golden *row = text_flow_golden; row->flow;
         row++) {
        size_t size = strlen(row->flow);

        for (size_t cut = 0; cut < size; cut++) {
            char *text = strndup(row->flow, cut);
            struct flow_mod mod;

            error.line[0] = '\0';
            if (text_flow_read(&parse, FLOW_MOD_ADD, text, &mod))
                flow_mod_clear(&mod);
            else
                assert_true(error.line[0] != '\0');
            free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_as_open_vswitch),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(writes_what_is_ours),
        cmocka_unit_test(names_the_word_at_fault),
        cmocka_unit_test(reads_filters_and_commands),
        cmocka_unit_test(reads_lines_of_a_file),
        cmocka_unit_test(names_ports),
        cmocka_unit_test(writes_counters),
        cmocka_unit_test(writes_ages),
        cmocka_unit_test(takes_every_shorter_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
