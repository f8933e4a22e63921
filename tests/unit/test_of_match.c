/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Matches of all versions: what they mean as text, how they are written again,
 * and by which error each fault is named.
 */
#include "openflow/of_match.h"

#include "base/array.h"
#include "tests/unit/of_hex.h"

#include "openflow/of_match10.h"
#include "text/text_match.h"

/* The match as text, without its commas at the end. */
static void assert_match_is(const struct flow_match *m, const char *want)
{
    static const struct text_style style = {0};
    char text[1000] = "";
    FILE *out = fmemopen(text, sizeof(text), "w");

    text_match_write(out, &style, m, 0x8000);
    fclose(out);
    if (strlen(text) && text[strlen(text) - 1] == ' ')
        text[strlen(text) - 1] = '\0';
    assert_string_equal(text, want);
}

static enum flow_error read_hex(enum of_version version, const char *hex,
                                struct flow_match *m)
{
    struct of_hex bytes = of_hex_read(hex);
    struct reader r = of_hex_reader(&bytes);
    enum flow_error error = of_match_read(version, &r, m);

    if (!error)
        assert_int_equal(r.left, 0);
    of_hex_free(&bytes);
    return error;
}

/* OXM fields, with header and padding put around them. */
static enum flow_error read_fields(const char *hex, struct flow_match *m)
{
    struct of_hex fields = of_hex_read(hex);
    struct of_buffer b = {0};
    struct reader r;
    enum flow_error error;

    of_put_u16(&b, 1);
    of_put_u16(&b, (uint16_t)(4 + fields.size));
    of_put(&b, fields.bytes, fields.size);
    of_pad_to_8(&b, 0);
    r = reader_over(b.data, b.size);
    error = of_match_read(OF13, &r, m);
    of_buffer_clear(&b);
    of_hex_free(&fields);
    return error;
}

static void oxm_faults_are_named(void **state)
{
    /* clang-format off */
    static const struct {
        const char *fields;
        enum flow_error error;
    } rows[] = {
        {"80000004 00000001", FLOW_OK},
        /* Unknown number, class, experimenter. */
        {"8000fe04 00000001", FLOW_BAD_FIELD},
        {"12340004 00000001", FLOW_BAD_FIELD},
        {"ffff5606 00001234 0001", FLOW_BAD_FIELD},
        {"ffff0006 4f4e4600 0001", FLOW_BAD_FIELD},
        /* Lengths that are not the field's, or more than there is. */
        {"80000003 000001", FLOW_BAD_MATCH_LENGTH},
        {"80000005 0000000101", FLOW_BAD_MATCH_LENGTH},
        {"80000004 0000", FLOW_BAD_MATCH_LENGTH},
        {"80000608 000000000001 ffff", FLOW_BAD_MATCH_LENGTH},
        {"80000706 000000000001", FLOW_BAD_MATCH_LENGTH},
        {"ffff5603 4f4e46", FLOW_BAD_MATCH_LENGTH},
        {"8000", FLOW_BAD_MATCH_LENGTH},
        /* Twice, or before what it needs. */
        {"80000004 00000001 80000004 00000001", FLOW_DUPLICATE_FIELD},
        {"80001a02 0050 80000a02 0800 80001401 06", FLOW_BAD_PREREQUISITE},
        {"80000a02 86dd 80001604 01020304", FLOW_BAD_PREREQUISITE},
        {"80000a02 0800 80001401 11 80001a02 0050", FLOW_BAD_PREREQUISITE},
        {"80000e01 03", FLOW_BAD_PREREQUISITE},
        {"80000c02 0000 80000e01 03", FLOW_BAD_PREREQUISITE},
        /* Values that the field cannot have, or outside of the mask. */
        {"80000c02 1005 80000e01 08", FLOW_BAD_VALUE},
        {"80000c02 2005", FLOW_BAD_VALUE},
        {"80000c02 0005", FLOW_BAD_VALUE},
        {"80000a02 0800 80001001 40", FLOW_BAD_VALUE},
        {"80000a02 0800 80001708 0a000001 ff000000", FLOW_BAD_WILDCARDS},
        /* Masks on what takes none. */
        {"80000a02 0800 80001502 06 0f", FLOW_BAD_MASK},
        {"80000108 00000001 0000000f", FLOW_BAD_MASK},
        {"80000108 00000001 ffffffff", FLOW_OK},
        /* A cookie is a field of Nicira's messages only. */
        {"00013c08 0000000000000001", FLOW_BAD_FIELD},
    };
    /* clang-format on */
    struct flow_match m;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        enum flow_error error = read_fields(rows[i].fields, &m);

        if (error != rows[i].error)
            fail_msg("%s: %s", rows[i].fields, flow_error_text(error));
    }
}

static void oxm_fields_mean(void **state)
{
    /* clang-format off */
    static const struct {
        const char *fields, *text;
    } rows[] = {
        {"", ""},
        {"80000c02 0000", "vlan_tci=0x0000/0x1fff"},
        {"80000c02 1005", "dl_vlan=5"},
        {"80000d04 1000 1000", "vlan_tci=0x1000/0x1000"},
        {"80000d04 0005 0fff", "vlan_tci=0x0005/0x0fff"},
        {"80000d04 1000 1000 80000e01 03", "dl_vlan_pcp=3"},
        {"80000a02 0800 80001401 06 ffff5406 4f4e4600 0010",
         "tcp,tcp_flags=ack"},
        {"80000a02 0800 80001401 06 80005402 0010", "tcp,tcp_flags=ack"},
        {"80000a02 0800 80001401 06 00014502 0000", NULL},
        {"00000004 00000001", NULL},
        {"00000002 fffe", "in_port=LOCAL"},
        {"00000802 0000", "vlan_tci=0x0000/0x1fff"},
        {"00000802 3005", "dl_vlan=5,dl_vlan_pcp=1"},
        {"00000904 6000 e000", "vlan_tci=0x6000/0xe000"},
        {"80000a02 0800 00000a01 10", "ip,nw_tos=16"},
        {"80010008 00000001 00000002", "reg0=0x1,reg1=0x2"},
        {"80010310 0000000000000002 00000000000000ff", "reg3=0x2/0xff"},
    };
    /* clang-format on */
    struct flow_match m;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        enum flow_error error = read_fields(rows[i].fields, &m);

        if (!rows[i].text) {
            assert_int_equal(error, FLOW_BAD_MATCH_LENGTH);
            continue;
        }
        if (error)
            fail_msg("%s: %s", rows[i].fields, flow_error_text(error));
        assert_match_is(&m, rows[i].text);
    }
}

static void match_headers_are_checked(void **state)
{
    struct flow_match m;

    (void)state;
    assert_int_equal(read_hex(OF13, "0001000400000000", &m), FLOW_OK);
    assert_int_equal(read_hex(OF13, "0002000400000000", &m),
                     FLOW_BAD_MATCH_TYPE);
    assert_int_equal(read_hex(OF13, "0001000300000000", &m),
                     FLOW_BAD_MATCH_LENGTH);
    /* The padding is part of the message. */
    assert_int_equal(read_hex(OF13, "00010004000000", &m),
                     FLOW_BAD_MATCH_LENGTH);
    assert_int_equal(read_hex(OF13, "0001000c80000004 00000001", &m),
                     FLOW_BAD_MATCH_LENGTH);
    assert_int_equal(read_hex(OF11, "0000005700000000", &m),
                     FLOW_BAD_MATCH_LENGTH);
    assert_int_equal(read_hex(OF11, "0000005800000000", &m),
                     FLOW_BAD_MATCH_LENGTH);
}

/* Wildcards and the first fields of a 1.0 match; the rest follows. */
static enum flow_error read_10(const char *hex, struct flow_match *m,
                               bool *is_exact)
{
    struct of_hex bytes = of_hex_read(hex);
    struct reader r = of_hex_reader(&bytes);
    enum flow_error error = of_match10_read(&r, m, is_exact);

    assert_int_equal(bytes.size, 40);
    of_hex_free(&bytes);
    return error;
}

#define ETH "0000 0000000000a1 0000000000b1 "

static void what_1_0_cannot_mean_is_ignored(void **state)
{
    /* clang-format off */
    static const struct {
        const char *hex, *text;
    } rows[] = {
        /* POX deletes all so: addresses and ports without an Ethertype. */
        {"0010001f 0000 000000000000 000000000000 0000 00 00 0000 00 00 0000"
         "00000000 00000000 0000 0000", ""},
        /* Ports of a protocol that is not told; tos of ARP; pcp of no tag. */
        {"003fff0f " ETH "0000 00 00 0800 00 06 0000 00000000 00000000 0050"
         "0051", "tcp,tp_src=80,tp_dst=81"},
        {"003fff2f " ETH "0000 00 00 0800 00 06 0000 00000000 00000000 0050"
         "0051", "ip"},
        {"001fff0f " ETH "0000 00 00 0806 10 02 0000 00000000 00000000 0050"
         "0051", "arp,arp_op=2"},
        {"002ffffd " ETH "ffff 03 00 0800 00 00 0000 00000000 00000000 0000"
         "0000", "vlan_tci=0x0000/0x1fff"},
        /* 1.0 has addresses of ARP where those of IPv4 are. */
        {"003200ef " ETH "0000 00 00 0806 00 00 0000 0a010203 0a000000 0000"
         "0000", "arp,arp_spa=10.1.2.3,arp_tpa=10.0.0.0/24"},
        /* ICMP has its type and code in the ports. */
        {"003fff0f " ETH "0000 00 00 0800 00 01 0000 00000000 00000000 0008"
         "0000", "icmp,icmp_type=8,icmp_code=0"},
        /* A length is no Ethertype. */
        {"003fffef " ETH "0000 00 00 0123 00 00 0000 00000000 00000000 0000"
         "0000", "dl_type=0x05ff"},
        {"002fffff " ETH "0000 03 00 0000 00 00 0000 00000000 00000000 0000"
         "0000", "dl_vlan_pcp=3"},
    };
    /* clang-format on */
    struct flow_match m;
    bool is_exact;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(read_10(rows[i].hex, &m, &is_exact), FLOW_OK);
        assert_false(is_exact);
        assert_match_is(&m, rows[i].text);
    }
}

/* No frame has them, but who sent them wants to see them again. */
static void an_icmp_type_of_16_bits_comes_back(void **state)
{
    static const char *const rows[] = {
        "0038200f 0000 000000000000 000000000000 0000 00"
        "00 0800 00 01 0000 00000000 00000000 0108 0000",
        "0038200f 0000 000000000000 000000000000 0000 00"
        "00 0800 00 01 0000 00000000 00000000 0008 ffff",
    };
    static const char *const texts[] = {
        "icmp,icmp_type=264,icmp_code=0",
        "icmp,icmp_type=8,icmp_code=65535",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct flow_key ping = {.eth_type = htobe16(0x0800), .ip_proto = 1};
        struct of_buffer b = {0};
        struct flow_match m;
        bool is_exact;

        assert_int_equal(read_10(rows[i], &m, &is_exact), FLOW_OK);
        assert_match_is(&m, texts[i]);
        ping.tp_src = htobe16(8);
        assert_false(match_covers(&m, &ping));
        of_match10_write(&b, &m, false);
        assert_buffer_is(&b, rows[i]);
    }
}

#define IPV6(wild, tos, proto, ports)                                          \
    wild " 0000 000000000000 000000000000 0000 00 00 86dd " tos " " proto      \
         " 0000 00000000 00000000 " ports

/* With Ethertype 0x86dd the fields of IPv4 but for addresses are IPv6's, and
 * come back as they were sent. */
static void what_1_0_has_for_ip_is_for_ipv6_too(void **state)
{
    static const struct {
        const char *hex, *text;
    } rows[] = {
        /* clang-format off */
        {IPV6("0038204f", "00",                    "11", "0000 0035"), "udp6,tp_dst=53"},
        {IPV6("0038208f",   "00",          "06", "0050 0000"), "tcp6,tp_src=80"},
        {IPV6("0038200f", "00",                  "84", "0001 0002"), "sctp6,tp_src=1,tp_dst=2"},
        /* clang-format on */
        {IPV6("0038200f", "00", "3a", "0087 0000"),
         "icmp6,icmp_type=135,icmp_code=0"},
        {IPV6("003820cf", "00", "3a", "0000 0000"), "icmp6"},
        {IPV6("001820ef", "b8", "00", "0000 0000"), "ipv6,nw_tos=184"},
        {IPV6("001820cf", "20", "59", "0000 0000"),
         "ipv6,nw_proto=89,nw_tos=32"},
        /* ICMP is none of IPv6's, and it has no such addresses. */
        {IPV6("0038200f", "00", "01", "0008 0000"), "ipv6,nw_proto=1"},
        {"003000ef 0000 000000000000 000000000000 0000 00 00 86dd 00 00 0000"
         "0a000001 0a000002 0000 0000",
         "ipv6"},
    };
    const size_t said_back = 7;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct of_buffer b = {0};
        struct flow_match m;
        bool is_exact;

        assert_int_equal(read_10(rows[i].hex, &m, &is_exact), FLOW_OK);
        assert_match_is(&m, rows[i].text);
        of_match10_write(&b, &m, false);
        if (i < said_back)
            assert_buffer_is(&b, rows[i].hex);
        of_buffer_clear(&b);
    }
}

static void an_exact_match_comes_back_exact(void **state)
{
    static const char arp[] = "00000000 0003 0000000000a1 0000000000b1 ffff 00"
                              "00 0806 00 01 0000 0a000001 0a000002 0000 0000";
    struct flow_match m;
    struct of_buffer b = {0};
    bool is_exact;

    (void)state;
    assert_int_equal(read_10(arp, &m, &is_exact), FLOW_OK);
    assert_true(is_exact);
    of_match10_write(&b, &m, true);
    assert_buffer_is(&b, arp);
    /* The tos that ARP has not is a wildcard. */
    of_match10_write(&b, &m, false);
    assert_buffer_is(&b, "002000c0 0003 0000000000a1 0000000000b1 ffff 00"
                         "00 0806 00 01 0000 0a000001 0a000002 0000 0000");
}

static void masks_of_1_0_are_prefixes(void **state)
{
    struct flow_match m;
    struct of_buffer b = {0};

    (void)state;
    assert_int_equal(
        read_fields("80000a02 0800 80001708 0a000001 ff0000ff", &m), FLOW_OK);
    of_match10_write(&b, &m, false);
    assert_buffer_is(&b, "003818ef 0000 000000000000 000000000000 0000 00 00"
                         "0800 00 00 0000 0a000000 00000000 0000 0000");
}

static void nxm_has_a_cookie(void **state)
{
    struct of_hex h = of_hex_read("00013d10 0000000000000001 00000000000000ff"
                                  "00000002 0003 00000000000000");
    struct reader r = of_hex_reader(&h);
    struct of_match_cookie cookie;
    struct of_buffer b = {0};
    struct flow_match m;

    (void)state;
    assert_int_equal(of_match_fields_read(&r, 26, &m, &cookie), FLOW_OK);
    assert_int_equal(r.left, 1);
    assert_int_equal(cookie.cookie, 1);
    assert_int_equal(cookie.mask, 0xff);
    assert_match_is(&m, "in_port=3");
    assert_int_equal(of_match_nxm_write(&b, &m, &cookie), 26);
    assert_buffer_is(&b, "00000002 0003 00013d10 0000000000000001"
                         "00000000000000ff 000000000000");
    of_hex_free(&h);
}

/* Both ways through every field that has a text, in each version. */
static void every_field_comes_back(void **state)
{
    static const char *const texts[] = {
        "in_port=1,dl_src=00:00:00:00:00:01/ff:ff:ff:00:00:00,dl_vlan=3",
        "metadata=0x5/0xff,tun_id=0x7,reg7=0x1/0x1,pkt_mark=0x3,reg15=0x9",
        "ip,nw_src=10.0.0.0/255.0.0.255,nw_tos=16,nw_ecn=1,nw_ttl=3",
        "udp6,ipv6_src=::1,ipv6_dst=fe80::/10,ipv6_label=0x5,tp_dst=0x50/0xf0",
        "icmp6,icmp_type=136,icmp_code=0,nd_tll=00:00:00:00:00:01",
        "icmp6,icmp_type=135,icmp_code=0,nd_target=::1",
        "mpls,mpls_label=3,mpls_tc=2,mpls_bos=1,mpls_ttl=9",
        "dl_type=0x88e7,pbb_isid=0x5/0xff,pbb_uca=1",
        "ipv6,ipv6_exthdr=0x3/0x3",
        "sctp,tp_src=1,tp_dst=2",
        "tcp,tcp_flags=+syn-ack",
        "arp,arp_sha=00:00:00:00:00:01,arp_tha=00:00:00:00:00:02,arp_op=1",
        "actset_output=3,in_phy_port=7",
    };
    struct text_error error;
    struct text_parse parse = {.error = &error};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct flow_match m, again;

        if (!text_match_read(&parse, texts[i], &m))
            fail_msg("%s: %s", texts[i], error.line);
        for (int version = OF12; version <= OF15; version++) {
            struct of_buffer b = {0};
            struct reader r;

            of_match_write((enum of_version)version, &b, &m);
            assert_int_equal(b.size % 8, 0);
            r = reader_over(b.data, b.size);
            assert_int_equal(
                of_match_read((enum of_version)version, &r, &again), FLOW_OK);
            assert_int_equal(r.left, 0);
            assert_true(match_is_equal(&m, &again));
            of_buffer_clear(&b);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(oxm_faults_are_named),
        cmocka_unit_test(oxm_fields_mean),
        cmocka_unit_test(match_headers_are_checked),
        cmocka_unit_test(what_1_0_cannot_mean_is_ignored),
        cmocka_unit_test(what_1_0_has_for_ip_is_for_ipv6_too),
        cmocka_unit_test(an_exact_match_comes_back_exact),
        cmocka_unit_test(an_icmp_type_of_16_bits_comes_back),
        cmocka_unit_test(masks_of_1_0_are_prefixes),
        cmocka_unit_test(nxm_has_a_cookie),
        cmocka_unit_test(every_field_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
