/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actions of all versions: what they mean as text, how they are written again,
 * and by which error each fault is named.  Messages with actions are in
 * tests/golden/.
 */
#include "openflow/of_action.h"

#include <endian.h>

#include "base/array.h"
#include "tests/unit/of_hex.h"

#include "text/text_action.h"

static enum flow_error read_hex(enum of_version version, const char *hex,
                                const struct flow_match *match,
                                struct action_list *l)
{
    struct of_hex bytes = of_hex_read(hex);
    struct reader r = of_hex_reader(&bytes);
    enum flow_error error = of_actions_read(version, &r, match, l);

    of_hex_free(&bytes);
    return error;
}

static void assert_actions_are(const struct action_list *l, const char *want)
{
    static const struct text_style style = {0};
    char text[1000] = "";
    FILE *out = fmemopen(text, sizeof(text), "w");

    text_action_write(out, &style, l->cells, l->count);
    fclose(out);
    assert_string_equal(text, want);
}

/* Reads, compares the text, and writes the same bytes again. */
static void assert_means(enum of_version version, const char *hex,
                         const char *text)
{
    struct action_list l = {0};
    struct of_buffer b = {0};
    enum flow_error error = read_hex(version, hex, NULL, &l);

    if (error)
        fail_msg("%s: %s", hex, flow_error_text(error));
    assert_actions_are(&l, text);
    of_actions_write(version, &b, NULL, l.cells, l.count);
    assert_buffer_is(&b, hex);
    action_list_clear(&l);
}

/* 1.1 has actions of its own for these. */
static void fields_are_set_as_1_1_does(void **state)
{
    static const struct {
        const char *text, *hex;
    } rows[] = {
        /* clang-format off */
        {"set_field:5->nw_ttl",       "00170008 05000000"},
        {"set_field:3->nw_ecn",       "00080008 03000000"},
        {"set_field:8->ip_dscp",      "00070008 20000000"},
        {"set_field:1.2.3.4->ip_src", "00050008 01020304"},
        {"set_field:80->tcp_dst",     "000a0008 00500000"},
        {"set_field:9->mpls_label",   "000d0008 00000009"},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct text_error error;
        struct text_parse parse = {NULL, &error};
        struct action_list l = {0};
        struct of_buffer b = {0};

        if (!text_action_read(&parse, &(struct flow_match){0},
                              text_span_of(rows[i].text), &l))
            fail_msg("%s", error.line);
        of_actions_write(OF11, &b, NULL, l.cells, l.count);
        assert_buffer_is(&b, rows[i].hex);
        action_list_clear(&l);
    }
}

static void actions_come_back(void **state)
{
    (void)state;
    assert_means(OF10, "00000008 00010080", "output:1");
    assert_means(OF10, "00000008 fffd0080", "CONTROLLER:128");
    assert_means(OF10, "000b0010 fff80000 00000000 00000003",
                 "enqueue:IN_PORT:3");
    assert_means(OF10, "00010008 00050000 00020008 03000000 00030008 00000000",
                 "mod_vlan_vid:5,mod_vlan_pcp:3,pop_vlan");
    assert_means(OF10, "00040010 00000000 00a10000 00000000",
                 "set_field:00:00:00:00:00:a1->eth_src");
    assert_means(OF10, "00080008 20000000", "mod_nw_tos:32");
    assert_means(OF11, "00080008 02000000", "set_field:2->nw_ecn");
    assert_means(OF11, "000d0008 00000005 000e0008 03000000",
                 "set_field:5->mpls_label,set_field:3->mpls_tc");
    assert_means(OF11, "00000010 00000001 00640000 00000000", "output:1");
    assert_means(OF13, "001a0008 88e70000 001b0008 00000000",
                 "push_pbb:0x88e7,pop_pbb");
    assert_means(OF13, "000b0008 00000000 000c0008 00000000",
                 "copy_ttl_out,copy_ttl_in");
    assert_means(OF15, "001d0008 00000007", "meter:7");
    assert_means(OF15, "00190010 80001b04 00500ff0 00000000",
                 "set_field:0x50/0xff0->tcp_src");
}

/* What takes a tag away is not said by set_field of a VLAN, which would be
 * refused, but by NXM's tag. */
static void a_vlan_without_a_tag_is_written_as_one_of_nxm(void **state)
{
    (void)state;
    assert_means(OF15, "00190010 00000904 00070fff 00000000",
                 "set_field:0x7/0xfff->vlan_tci");
    assert_means(OF15, "00190010 00000904 00001fff 00000000",
                 "set_field:0/0x1fff->vlan_tci");
    assert_means(OF13, "ffff0018 00002320 0007 000c 00000802 0000000000000000",
                 "load:0->NXM_OF_VLAN_TCI[0..12]");
    assert_means(OF15, "00190010 80000c02 10070000 00000000",
                 "set_field:4103->vlan_vid");
    assert_means(OF15,
                 "001c0018 000d 0000 0000 0000 00000802 00010204 00000000",
                 "move:NXM_OF_VLAN_TCI[0..12]->NXM_NX_REG1[0..12]");
    assert_means(OF15,
                 "001c0018 000c 0000 0000 0000 80000c02 00010204 00000000",
                 "move:NXM_OF_VLAN_TCI[0..11]->NXM_NX_REG1[0..11]");
}

/* The length that the controller asked for is kept on every output. */
static void max_len_is_kept(void **state)
{
    struct action_list l = {0};

    (void)state;
    assert_int_equal(read_hex(OF13,
                              "00000010 00000001 00640000 00000000"
                              "00000010 fffffffd ffe50000 00000000",
                              NULL, &l),
                     FLOW_OK);
    assert_int_equal(l.cells[0].max_len, 100);
    assert_int_equal(l.cells[1].max_len, 0xffe5);
    action_list_clear(&l);
}

/* SET_TP_* of 1.0 is of the protocol of the match, or of what there is. */
static void loose_ports_follow_the_match(void **state)
{
    static const char hex[] = "00090008 00500000";
    struct flow_match udp = {
        .key = {.eth_type = htobe16(0x0800), .ip_proto = 17}};
    struct action_list l = {0};
    struct of_buffer b = {0};

    (void)state;
    assert_int_equal(read_hex(OF10, hex, &udp, &l), FLOW_OK);
    assert_actions_are(&l, "mod_tp_src:80");
    of_actions_write(OF10, &b, NULL, l.cells, l.count);
    assert_buffer_is(&b, hex);
    action_list_clear(&l);

    assert_int_equal(read_hex(OF10, hex, NULL, &l), FLOW_OK);
    assert_actions_are(&l, "mod_tp_src:80");
    of_actions_write(OF10, &b, NULL, l.cells, l.count);
    assert_buffer_is(&b, hex);
    action_list_clear(&l);
}

static void nicira_actions_are_understood(void **state)
{
    /* clang-format off */
    static const struct {
        const char *hex, *text;
    } rows[] = {
        {"ffff0010 00002320 0001 0005 00000000", "resubmit:5"},
        {"ffff0010 00002320 000e fff8 03 000000", "resubmit(,3)"},
        {"ffff0018 00002320 0007 0003 00010204 0000000000000005",
         "load:0x5->NXM_NX_REG1[0..3]"},
        {"ffff0018 00002320 0007 000f 00000802 0000000000003005",
         "load:0x3005->NXM_OF_VLAN_TCI[]"},
        {"ffff0018 00002320 0007 0085 00000a01 0000000000000003",
         "load:0x3->NXM_OF_IP_TOS[2..7]"},
        {"ffff0018 00002320 0007 003f 80010008 0000000100000002",
         "load:0x100000002->OXM_OF_PKT_REG0[]"},
        {"ffff0018 00002320 0021 00010204 00000005 000000000000",
         "set_field:0x5->reg1"},
        {"ffff0018 00002320 0021 00010308 00000005 0000000f 0000",
         "set_field:0x5/0xf->reg1"},
        {"ffff0018 00002320 0006 0010 0000 0010 00010204 00010404",
         "move:NXM_NX_REG1[0..15]->NXM_NX_REG2[16..31]"},
        {"ffff0010 00002320 0005 000000000000", "pop_queue"},
        {"ffff0010 00002320 0014 0080 0000 01 00", "CONTROLLER:128"},
        {"ffff0018 00002320 0015 0001 00000000 0000 000000000000", "dec_ttl"},
        {"ffff0018 00002320 0009 000000000000 0000000500000006",
         "set_field:0x500000006->tun_id"},
        {"ffff0010 00002320 0008 010203040506", "note:01.02.03.04.05.06"},
        {"ffff0018 00002320 0020 01c5 0040 00010204 000000000000",
         "output:NXM_NX_REG1[7..12]"},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        for (int version = OF10; version <= OF15; version += OF15 - OF10) {
            struct action_list l = {0};
            enum flow_error error =
                read_hex((enum of_version)version, rows[i].hex, NULL, &l);

            if (error)
                fail_msg("%s: %s", rows[i].hex, flow_error_text(error));
            assert_actions_are(&l, rows[i].text);
            action_list_clear(&l);
        }
}

static void faults_are_named(void **state)
{
    /* clang-format off */
    static const struct {
        enum of_version version;
        const char *hex;
        enum flow_error error;
    } rows[] = {
        /* Types. */
        {OF10, "000c0008 00000000", FLOW_BAD_ACTION},
        {OF13, "00010008 00050000", FLOW_BAD_ACTION},
        {OF13, "001d0008 00000001", FLOW_BAD_ACTION},
        {OF11, "00190008 00000001", FLOW_BAD_ACTION},
        {OF13, "ffff0010 00001234 0001 000000000000",
         FLOW_BAD_ACTION_EXPERIMENTER},
        {OF13, "ffff0010 00002320 00ff 000000000000",
         FLOW_BAD_EXPERIMENTER_ACTION},
        /* MULTIPATH and CONJUNCTION */
        {OF10, "ffff0010 00002320 000a 000000000000",
         FLOW_BAD_EXPERIMENTER_ACTION},
        {OF13, "ffff0010 00002320 0022 000200000001",
         FLOW_BAD_EXPERIMENTER_ACTION},
        /* Lengths: too short, not by eights, past the end, not the type's. */
        {OF13, "0000", FLOW_BAD_ACTION_LENGTH},
        {OF13, "00000004", FLOW_BAD_ACTION_LENGTH},
        {OF13, "0000000c 00000001 00000000", FLOW_BAD_ACTION_LENGTH},
        {OF13, "00000018 00000001 00000000 00000000", FLOW_BAD_ACTION_LENGTH},
        {OF13, "00000008 00000001", FLOW_BAD_ACTION_LENGTH},
        {OF10, "00000010 00010000 00000000 00000000", FLOW_BAD_ACTION_LENGTH},
        {OF13, "ffff0008 00002320", FLOW_BAD_ACTION_LENGTH},
        {OF13, "00190008 80000a02", FLOW_BAD_ACTION_LENGTH},
        {OF13, "00190018 80000a02 08000000 00000000 00000000 00000000",
         FLOW_BAD_ACTION_LENGTH},
        /* Ports. */
        {OF10, "00000008 ffff0000", FLOW_BAD_OUT_PORT},
        {OF10, "00000008 ff010000", FLOW_BAD_OUT_PORT},
        {OF10, "00000008 00000000", FLOW_BAD_OUT_PORT},
        {OF13, "00000010 ffffffff 00000000 00000000", FLOW_BAD_OUT_PORT},
        {OF13, "00000010 00010000 00000000 00000000", FLOW_BAD_OUT_PORT},
        {OF10, "000b0010 fffb0000 00000000 00000003", FLOW_BAD_OUT_PORT},
        /* Arguments. */
        {OF10, "00010008 10000000", FLOW_BAD_ARGUMENT},
        {OF10, "00020008 08000000", FLOW_BAD_ARGUMENT},
        {OF10, "00080008 01000000", FLOW_BAD_ARGUMENT},
        {OF13, "00110008 12340000", FLOW_BAD_ARGUMENT},
        {OF13, "00130008 81000000", FLOW_BAD_ARGUMENT},
        {OF13, "001a0008 81000000", FLOW_BAD_ARGUMENT},
        {OF13, "00160008 ffffff01", FLOW_BAD_OUT_GROUP},
        {OF15, "001d0008 00000000", FLOW_BAD_ACTION_METER},
        {OF10, "ffff0018 00002320 0007 0003 00010204 0000000000000010",
         FLOW_BAD_ARGUMENT},
        /* Fields that are not, cannot be set, or not to this. */
        {OF13, "00190010 8000fe02 00000000 00000000", FLOW_BAD_SET_TYPE},
        {OF13, "00190010 80000004 00000001 00000000", FLOW_BAD_SET_TYPE},
        {OF13, "00190010 80000a03 08000000 00000000", FLOW_BAD_SET_LENGTH},
        {OF13, "00190010 80000e01 08000000 00000000", FLOW_BAD_SET_ARGUMENT},
        {OF13, "00190010 80001b04 00500fff 00000000", FLOW_BAD_SET_MASK},
        {OF15, "00190010 80001b04 00510ff0 00000000", FLOW_BAD_SET_ARGUMENT},
        /* A VLAN without OFPVID_PRESENT, with a mask too; to load there are
         * just its 12 bits. */
        {OF12, "00190010 80000c02 000a0000 00000000", FLOW_BAD_SET_ARGUMENT},
        {OF13, "00190010 80000c02 00000000 00000000", FLOW_BAD_SET_ARGUMENT},
        {OF15, "00190010 80000d04 000a0fff 00000000", FLOW_BAD_SET_ARGUMENT},
        {OF13, "ffff0018 00002320 0007 000c 80000c02 000000000000000a",
         FLOW_BAD_SET_LENGTH},
        {OF13, "ffff0018 00002320 0007 0300 80000c02 0000000000000001",
         FLOW_BAD_SET_LENGTH},
        {OF15, "001c0018 000d 0000 0000 0000 80000c02 00010204 00000000",
         FLOW_BAD_SET_LENGTH},
        {OF10, "ffff0018 00002320 0007 07c4 00010204 0000000000000000",
         FLOW_BAD_SET_LENGTH},
        {OF10, "ffff0018 00002320 0007 000f 00000002 0000000000000000",
         FLOW_BAD_SET_ARGUMENT},
        {OF10, "ffff0018 00002320 0006 0021 0000 0000 00010204 00010404",
         FLOW_BAD_SET_LENGTH},
        {OF10, "ffff0018 00002320 0006 0010 0000 0000 00010204 00000002",
         FLOW_BAD_SET_ARGUMENT},
        {OF10, "ffff0018 00002320 0006 0010 0000 0000 00010204 0000fe02",
         FLOW_BAD_SET_TYPE},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct action_list l = {0};
        enum flow_error error =
            read_hex(rows[i].version, rows[i].hex, NULL, &l);

        if (error != rows[i].error)
            fail_msg("%s: %s", rows[i].hex, flow_error_text(error));
        action_list_clear(&l);
    }
}

#define LEARN(fields)                                                          \
    "ffff0048 00002320 0010 000a 0014 0050 123456789abcdef0" fields
#define LEARN2(fields)                                                         \
    "ffff0050 00002320 002d 000a 0014 0050 123456789abcdef0" fields
#define SWITCHING                                                              \
    "000c 00000802 0000 00000802 0000 0030 00000406 0000 00000206 0000"        \
    "1010 00000002 0000 00000000"

/* Compared with what Open vSwitch writes. */
static void learn_comes_back(void **state)
{
    (void)state;
    for (int version = OF10; version <= OF15; version++) {
        enum of_version v = (enum of_version)version;

        assert_means(v, LEARN("0001 02 00 0000 0000") SWITCHING,
                     "learn(table=2,idle_timeout=10,hard_timeout=20,"
                     "priority=80,send_flow_rem,cookie=0x123456789abcdef0,"
                     "NXM_OF_VLAN_TCI[0..11],"
                     "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
                     "output:NXM_OF_IN_PORT[])");
        assert_means(
            v, LEARN2("0002 02 00 0000 0000 00000001 0000 0000") SWITCHING,
            "learn(table=2,idle_timeout=10,hard_timeout=20,"
            "priority=80,delete_learned,cookie=0x123456789abcdef0,"
            "limit=1,NXM_OF_VLAN_TCI[0..11],"
            "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
            "output:NXM_OF_IN_PORT[])");
    }
    /* Values: a port, some bits of a register, an address of IPv6; a port that
     * is wider than NXM's. */
    assert_means(OF10,
                 "ffff0058 00002320 0010 0000 0000 8000 0000000000000000"
                 "0000 01 00 0000 0000"
                 "2010 0063 00000002 0000"
                 "2811 00010011 00010004 0003"
                 "2880 20010db885a308d313198a2e03707348 00012810 0000"
                 "1020 80000004 0000 0000",
                 "learn(table=1,in_port=99,load:0x10011->NXM_NX_REG0[3..19],"
                 "load:0x20010db885a308d313198a2e03707348->NXM_NX_IPV6_DST[],"
                 "output:OXM_OF_IN_PORT[])");
}

static void exit_and_outputs_of_fields_come_back(void **state)
{
    (void)state;
    for (int version = OF10; version <= OF15; version++) {
        enum of_version v = (enum of_version)version;

        assert_means(v, "ffff0010 00002320 0011 000000000000", "exit");
        assert_means(v,
                     "ffff0018 00002320 000f 01c5 00010204 0040"
                     "000000000000",
                     "output:NXM_NX_REG1[7..12]");
    }
}

static void what_cannot_be_learned_is_named(void **state){
    /* clang-format off */
    static const struct {
        const char *hex;
        enum flow_error error;
    } rows[] = {
        /* Padding, FIN timeouts, table 255, unknown flags and a result. */
        {LEARN("0000 02 01 0000 0000") SWITCHING, FLOW_BAD_ARGUMENT},
        {LEARN("0000 02 00 0001 0000") SWITCHING, FLOW_BAD_ARGUMENT},
        {LEARN("0000 ff 00 0000 0000") SWITCHING, FLOW_BAD_ARGUMENT},
        {LEARN("0004 02 00 0000 0000") SWITCHING, FLOW_BAD_ARGUMENT},
        {LEARN2("0004 02 00 0000 0000 00000001 0000 0000") SWITCHING,
         FLOW_BAD_ARGUMENT},
        {LEARN2("0000 02 00 0000 0000 00000001 0001 0000") SWITCHING,
         FLOW_BAD_ARGUMENT},
#define SHORT(part)                                                            \
    {"ffff0030 00002320 0010 0000 0000 8000 0000000000000000"                  \
     "0000 01 00 0000 0000" part
        /* A part that does not end, one of no bits, unknown ones. */
        SHORT("0030 00000406 0000 00000206 00 00 0030"),
         FLOW_BAD_ACTION_LENGTH},
        SHORT("1000 00000406 0000 00000000 00000000"), FLOW_BAD_SET_LENGTH},
        SHORT("8001 00000406 0000 00000000 00000000"), FLOW_BAD_ARGUMENT},
        SHORT("1801 00000406 0000 00000000 00000000"), FLOW_BAD_ARGUMENT},
        SHORT("3001 0001 00000000 00000000 00000000"), FLOW_BAD_ARGUMENT},
        /* Fields that are not, bits that they lack, a value too big. */
        SHORT("1010 0000fe06 0000 00000000 00000000"), FLOW_BAD_SET_TYPE},
        SHORT("1031 00000406 0000 00000000 00000000"), FLOW_BAD_SET_LENGTH},
        SHORT("1010 00000406 0021 00000000 00000000"), FLOW_BAD_SET_LENGTH},
        SHORT("2004 0010 00010004 0000 000000000000"), FLOW_BAD_ARGUMENT},
        /* Something behind the end. */
        SHORT("0000 00000000 0000 00000000 00000001"), FLOW_BAD_ARGUMENT},
#undef SHORT
    };
/* clang-format on */

(void)state;
for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
    struct action_list l = {0};
    enum flow_error error = read_hex(OF10, rows[i].hex, NULL, &l);

    if (error != rows[i].error)
        fail_msg("%s: %s", rows[i].hex, flow_error_text(error));
    action_list_clear(&l);
}
}

/* What another version set is told in the words of this one. */
static void other_versions_are_told_in_their_words(void **state)
{
    struct action_list l = {0};
    struct of_buffer b = {0};

    (void)state;
    /* One load for each run of ones in the mask. */
    assert_int_equal(
        read_hex(OF15, "00190010 00010308 00000501 00000f01", NULL, &l),
        FLOW_OK);
    of_actions_write(OF13, &b, NULL, l.cells, l.count);
    assert_buffer_is(&b, "ffff0018 00002320 0007 0000 00010204"
                         "0000000000000001"
                         "ffff0018 00002320 0007 0203 00010204"
                         "0000000000000005");
    action_list_clear(&l);

    /* 1.0's actions in 1.3, and an address of IPv6 in 1.0. */
    assert_int_equal(
        read_hex(OF10, "00010008 00050000 00030008 00000000", NULL, &l),
        FLOW_OK);
    of_actions_write(OF13, &b, NULL, l.cells, l.count);
    assert_buffer_is(&b, "ffff0018 00002320 0007 000c 00000802"
                         "0000000000001005 00120008 00000000");
    action_list_clear(&l);
    assert_int_equal(read_hex(OF13,
                              "00190018 80003410 00000000 00000001 00000000"
                              "00000002",
                              NULL, &l),
                     FLOW_OK);
    of_actions_write(OF10, &b, NULL, l.cells, l.count);
    assert_buffer_is(&b, "ffff0018 00002320 0007 003f 00012610"
                         "0000000000000002"
                         "ffff0018 00002320 0007 103f 00012610"
                         "0000000000000001");
    action_list_clear(&l);
}

static void enqueue_becomes_three(void **state)
{
    struct action_list l = {0};
    struct of_buffer b = {0};

    (void)state;
    assert_int_equal(
        read_hex(OF10, "000b0010 00010000 00000000 00000002", NULL, &l),
        FLOW_OK);
    of_actions_write(OF13, &b, NULL, l.cells, l.count);
    assert_buffer_is(&b, "00150008 00000002 00000010 00000001 ffff0000 00000000"
                         "ffff0010 00002320 00050000 00000000");
    action_list_clear(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions_come_back),
        cmocka_unit_test(fields_are_set_as_1_1_does),
        cmocka_unit_test(a_vlan_without_a_tag_is_written_as_one_of_nxm),
        cmocka_unit_test(max_len_is_kept),
        cmocka_unit_test(loose_ports_follow_the_match),
        cmocka_unit_test(nicira_actions_are_understood),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(learn_comes_back),
        cmocka_unit_test(exit_and_outputs_of_fields_come_back),
        cmocka_unit_test(what_cannot_be_learned_is_named),
        cmocka_unit_test(other_versions_are_told_in_their_words),
        cmocka_unit_test(enqueue_becomes_three),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
