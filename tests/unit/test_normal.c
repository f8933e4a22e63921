/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where NORMAL sends a frame: its VLAN by port and tag, what must not go in,
 * the ports that it leaves by with which tag, and why it does not leave by the
 * others.  IEEE 802.1Q-2018 8.6.
 */
#include "base/array.h"
#include "datapath/normal.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/test.h"

enum { NO_TAG = -1, CUT_TAG = -2, PCP5 = 5 << 13 };

static struct datapath_port port_of(enum vlan_mode mode, uint16_t vlan)
{
    struct datapath_port port = {.vlan = {.mode = mode}};

    if (mode == VLAN_ACCESS)
        port.vlan.access = vlan;
    if (mode == VLAN_TRUNK) {
        port.vlan.native = vlan;
        port.vlan.trunks[0] = (uint64_t)1 << 10 | (uint64_t)1 << 63;
        port.vlan.trunks[63] = (uint64_t)1 << 63;
    }
    return port;
}

static struct frame frame_to(const char *to, int tag)
{
    char hex[256];

    if (tag == NO_TAG)
        snprintf(hex, sizeof(hex), "%s 020000000001 88b5 0000000000", to);
    else if (tag == CUT_TAG)
        snprintf(hex, sizeof(hex), "%s 020000000001 8100 000a", to);
    else
        snprintf(hex, sizeof(hex), "%s 020000000001 8100 %04x 88b5 000000", to,
                 (unsigned int)tag);
    return frame_from_hex(hex);
}

/* What is decided for a frame from this port, the only one there is. */
static enum drop_reason classify(struct normal *n,
                                 const struct datapath_port *port,
                                 const char *to, int tag, bool forwards_bpdu)
{
    static const struct ports none;
    static struct output_list l;
    struct mac_table *macs = mac_table_create(16, 300);
    const struct normal_tables t = {&none, macs, forwards_bpdu};
    struct frame f = frame_to(to, tag);

    normal_ports(&l, &t, NULL, port, &f);
    assert_int_equal(l.count, 0);
    *n = l.frame;
    mac_table_free(macs);
    frame_hex_free(&f);
    return l.refused;
}

static void the_vlan_follows_from_port_and_tag(void **state)
{
    static const struct {
        enum vlan_mode mode;
        uint16_t port_vlan;
        int tag;
        enum drop_reason reason;
        uint16_t vlan;
        bool has_tag, has_vlan_tag;
        uint8_t pcp;
    } rows[] = {
        /* clang-format off */
        {VLAN_ALL,    0,  NO_TAG,    DROP_NONE, 0,    false, false, 0},
        {VLAN_ALL,    0,  10,        DROP_NONE, 10,   true,  true,  0},
        {VLAN_ALL,    0,  PCP5,      DROP_NONE, 0,    true,  true,  5},
        {VLAN_ALL,    0,  4095,      DROP_NONE, 4095, true,  true,  0},
        {VLAN_ACCESS, 10, NO_TAG,    DROP_NONE, 10,   false, false, 0},
        {VLAN_ACCESS, 10, PCP5,      DROP_NONE, 10,   true,  false, 5},
        {VLAN_ACCESS, 10, 10,        DROP_VLAN, 0,    false, false, 0},
        {VLAN_ACCESS, 10, 11,        DROP_VLAN, 0,    false, false, 0},
        {VLAN_TRUNK,  20, NO_TAG,    DROP_NONE, 20,   false, false, 0},
        {VLAN_TRUNK,  20, PCP5,      DROP_NONE, 20,   true,  false, 5},
        {VLAN_TRUNK,  20, PCP5 | 20, DROP_NONE, 20,   true,  true,  5},
        {VLAN_TRUNK,  20, 10,        DROP_NONE, 10,   true,  true,  0},
        {VLAN_TRUNK,  20, 63,        DROP_NONE, 63,   true,  true,  0},
        {VLAN_TRUNK,  20, 4095,      DROP_NONE, 4095, true,  true,  0},
        {VLAN_TRUNK,  20, 64,        DROP_VLAN, 0,    false, false, 0},
        {VLAN_TRUNK,  0,  NO_TAG,    DROP_VLAN, 0,    false, false, 0},
        {VLAN_TRUNK,  0,  PCP5,      DROP_VLAN, 0,    false, false, 0},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct datapath_port port = port_of(rows[i].mode, rows[i].port_vlan);
        struct normal n;

        assert_int_equal(
            classify(&n, &port, "020000000002", rows[i].tag, false),
            rows[i].reason);
        if (rows[i].reason != DROP_NONE)
            continue;
        assert_int_equal(n.vlan, rows[i].vlan);
        assert_int_equal(n.has_tag, rows[i].has_tag);
        assert_int_equal(n.has_vlan_tag, rows[i].has_vlan_tag);
        assert_int_equal(n.pcp, rows[i].pcp);
        assert_int_equal(n.source, 0x020000000001);
        assert_int_equal(n.destination, 0x020000000002);
    }
}

static void reserved_addresses_stay_out_unless_told(void **state)
{
    static const struct {
        const char *mac;
        bool is_reserved;
    } rows[] = {
        {"0180c2000000", true},  {"0180c200000f", true},
        {"0180c2000010", false}, {"0180c1ffffff", false},
        {"00e02b000000", true},  {"00e02b000001", false},
        {"00e02b000004", true},  {"00e02b000005", false},
        {"00e02b000006", true},  {"01000c000000", true},
        {"01000cccccbf", false}, {"01000cccccc0", true},
        {"01000cccccc7", true},  {"01000cccccc8", false},
        {"01000ccccccc", true},  {"01000ccccccd", true},
        {"01000cccccce", false}, {"01000ccdcdcd", true},
        {"ffffffffffff", false},
    };
    struct datapath_port port = port_of(VLAN_ALL, 0);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct normal n;

        assert_int_equal(classify(&n, &port, rows[i].mac, NO_TAG, false),
                         rows[i].is_reserved ? DROP_RESERVED : DROP_NONE);
        assert_int_equal(classify(&n, &port, rows[i].mac, NO_TAG, true),
                         DROP_NONE);
    }
}

/* Three ports beside the in-port, which is port 0 in all VLANs. */
enum { PORTS = 4 };

static struct {
    struct ports ports;
    struct datapath_port port[PORTS];
    struct mac_table *macs;
    struct output_list l;
} w;

static void publish(void)
{
    for (unsigned int i = 0; i < PORTS; i++)
        assert_int_equal(ports_set(&w.ports, &w.port[i]), 0);
}

static int begin(void **state)
{
    (void)state;
    memset(&w, 0, sizeof(w));
    for (uint16_t i = 0; i < PORTS; i++)
        w.port[i] = (struct datapath_port){
            .index = i, .number = i + 1u, .link.is_up = true};
    publish();
    w.macs = mac_table_create(16, 300);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mac_table_free(w.macs);
    ports_clear(&w.ports);
    return 0;
}

static void decide(const char *to, int tag, struct normal_lookup *last)
{
    const struct normal_tables t = {&w.ports, w.macs, false};
    struct frame f = frame_to(to, tag);

    normal_ports(&w.l, &t, last, ports_at(&w.ports, 0), &f);
    frame_hex_free(&f);
}

static void a_port_sends_its_vlans_as_it_wants_them(void **state)
{
    static const struct {
        enum vlan_mode mode;
        uint16_t port_vlan;
        int tag; /* of the frame */
        enum drop_reason reason;
        enum output_tag leaves_with;
    } rows[] = {
        /* clang-format off */
        {VLAN_ALL,    0,  10,        DROP_NONE, OUTPUT_TAG_KEEP },
        {VLAN_ALL,    0,  NO_TAG,    DROP_NONE, OUTPUT_TAG_KEEP },
        {VLAN_ALL,    0,  PCP5,      DROP_NONE, OUTPUT_TAG_KEEP },
        {VLAN_ACCESS, 10, 10,        DROP_NONE, OUTPUT_TAG_STRIP},
        {VLAN_ACCESS, 10, 11,        DROP_VLAN, OUTPUT_TAG_KEEP },
        {VLAN_ACCESS, 10, NO_TAG,    DROP_VLAN, OUTPUT_TAG_KEEP },
        {VLAN_TRUNK,  20, 10,        DROP_NONE, OUTPUT_TAG_KEEP },
        {VLAN_TRUNK,  20, PCP5 | 20, DROP_NONE, OUTPUT_TAG_STRIP},
        {VLAN_TRUNK,  20, 30,        DROP_VLAN, OUTPUT_TAG_KEEP },
        {VLAN_TRUNK,  0,  NO_TAG,    DROP_VLAN, OUTPUT_TAG_KEEP },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        w.port[1].vlan = port_of(rows[i].mode, rows[i].port_vlan).vlan;
        publish();
        decide("020000000002", rows[i].tag, NULL);
        assert_int_equal(w.l.count, PORTS);
        assert_ptr_equal(w.l.ports[1].to, ports_at(&w.ports, 1));
        assert_int_equal(w.l.ports[1].reason, rows[i].reason);
        assert_int_equal(w.l.ports[1].tag, rows[i].leaves_with);
    }
}

static void
a_frame_of_an_access_port_gets_a_tag_where_one_is_wanted(void **state)
{
    (void)state;
    w.port[0].vlan = port_of(VLAN_ACCESS, 10).vlan;
    w.port[1].vlan = w.port[0].vlan;
    w.port[2].vlan = port_of(VLAN_TRUNK, 20).vlan;
    publish();
    decide("020000000002", NO_TAG, NULL);
    assert_int_equal(w.l.ports[1].tag, OUTPUT_TAG_KEEP);
    assert_int_equal(w.l.ports[2].tag, OUTPUT_TAG_SET);
    assert_int_equal(w.l.ports[3].tag, OUTPUT_TAG_SET);
    decide("020000000002", PCP5, NULL);
    assert_int_equal(w.l.ports[1].tag, OUTPUT_TAG_STRIP);
    assert_int_equal(w.l.ports[2].tag, OUTPUT_TAG_SET);
}

/* Each port of a flood says why it is left out; all of them together say why
 * the frame reaches nobody. */
static void a_flood_says_of_each_port_why_not(void **state)
{
    enum { UP, DOWN, NO_FLOOD, STRANGER };
    static const struct {
        int is[PORTS - 1];
        enum drop_reason reason, of_flood, of_all;
    } rows[] = {
        /* clang-format off */
        {{UP,       DOWN,     STRANGER}, DROP_NONE,      DROP_NONE,      DROP_NONE},
        {{NO_FLOOD, DOWN,     STRANGER}, DROP_NO_FLOOD,  DROP_NONE,      DROP_NONE},
        {{NO_FLOOD, DOWN,     DOWN},     DROP_NO_FLOOD,  DROP_NO_FLOOD,  DROP_NONE},
        {{STRANGER, STRANGER, STRANGER}, DROP_NO_MEMBER, DROP_NONE,      DROP_NONE},
        {{STRANGER, DOWN,     STRANGER}, DROP_NO_OUTPUT, DROP_NONE,      DROP_NONE},
        {{DOWN,     DOWN,     DOWN},     DROP_NO_OUTPUT, DROP_NO_OUTPUT, DROP_NO_OUTPUT},
        /* clang-format on */
    };
    static const enum drop_reason reasons[] = {DROP_NONE, DROP_PORT_DOWN,
                                               DROP_NO_FLOOD, DROP_VLAN};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        for (unsigned int p = 1; p < PORTS; p++) {
            int is = rows[i].is[p - 1];

            w.port[p].link.is_up = is != DOWN;
            w.port[p].has_no_flood = is == NO_FLOOD;
            w.port[p].vlan =
                port_of(is == STRANGER ? VLAN_ACCESS : VLAN_ALL, 99).vlan;
        }
        publish();
        decide("ffffffffffff", 10, NULL);
        assert_int_equal(w.l.refused, DROP_NONE);
        assert_null(w.l.found);
        assert_int_equal(w.l.count, PORTS);
        assert_int_equal(w.l.ports[0].reason, DROP_SAME_PORT);
        for (unsigned int p = 1; p < PORTS; p++)
            assert_int_equal(w.l.ports[p].reason, reasons[rows[i].is[p - 1]]);
        assert_int_equal(w.l.reason, rows[i].reason);
        normal_flood_ports(&w.l, &w.ports, ports_at(&w.ports, 0), false);
        assert_int_equal(w.l.reason, rows[i].of_flood);
        normal_flood_ports(&w.l, &w.ports, ports_at(&w.ports, 0), true);
        assert_int_equal(w.l.reason, rows[i].of_all);
    }
}

/* Learned or the host's own: the list has that port alone. */
static void a_known_destination_is_the_only_port(void **state)
{
    (void)state;
    mac_table_learn(w.macs, 0x020000000002, 10, 2, 1);
    mac_table_learn(w.macs, 0x020000000003, 10, 0, 1);
    decide("020000000002", 10, NULL);
    assert_int_equal(w.l.count, 1);
    assert_ptr_equal(w.l.ports[0].to, ports_at(&w.ports, 2));
    assert_ptr_equal(w.l.found, ports_at(&w.ports, 2));
    assert_int_equal(w.l.reason, DROP_NONE);
    decide("020000000003", 10, NULL);
    assert_int_equal(w.l.count, 1);
    assert_int_equal(w.l.reason, DROP_SAME_PORT);
    decide("020000000002", 11, NULL);
    assert_int_equal(w.l.count, PORTS);
    w.port[2].vlan = port_of(VLAN_ACCESS, 20).vlan;
    w.port[3].own_address = 0x020000000004;
    publish();
    decide("020000000002", 10, NULL);
    assert_int_equal(w.l.reason, DROP_VLAN);
    decide("020000000004", 10, NULL);
    assert_int_equal(w.l.count, 1);
    assert_ptr_equal(w.l.found, ports_at(&w.ports, 3));
}

/* The port of a learned address may go while the address is still there. */
static void an_address_at_a_port_that_has_gone_is_unknown(void **state)
{
    (void)state;
    mac_table_learn(w.macs, 0x020000000002, 10, 2, 1);
    ports_remove(&w.ports, 2);
    decide("020000000002", 10, NULL);
    assert_null(w.l.found);
    assert_int_equal(w.l.count, PORTS - 1);
}

static void the_last_lookup_holds_until_it_is_forgotten(void **state)
{
    struct normal_lookup last = {.mac = UINT64_MAX};

    (void)state;
    decide("020000000002", 10, &last);
    mac_table_learn(w.macs, 0x020000000002, 10, 2, 1);
    decide("020000000002", 10, &last);
    assert_null(w.l.found);
    last.mac = UINT64_MAX;
    decide("020000000002", 10, &last);
    assert_non_null(w.l.found);
    decide("020000000002", 11, &last); /* another VLAN is another question */
    assert_null(w.l.found);
}

/* A frame that is refused has no ports, and no NORMAL learns from it. */
static void a_frame_that_is_refused_has_no_ports(void **state)
{
    (void)state;
    decide("0180c2000000", NO_TAG, NULL);
    assert_int_equal(w.l.refused, DROP_RESERVED);
    assert_int_equal(w.l.reason, DROP_RESERVED);
    assert_int_equal(w.l.count, 0);
}

/* The last bytes of a frame that is as short as can be are no tag. */
static void a_frame_cut_in_its_tag_has_none(void **state)
{
    struct datapath_port port = port_of(VLAN_ALL, 0);
    struct normal n;

    (void)state;
    assert_int_equal(classify(&n, &port, "020000000002", CUT_TAG, false),
                     DROP_NONE);
    assert_false(n.has_tag);
    assert_int_equal(n.vlan, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vlan_follows_from_port_and_tag),
        cmocka_unit_test(reserved_addresses_stay_out_unless_told),
        cmocka_unit_test(a_frame_cut_in_its_tag_has_none),
        TEST(a_port_sends_its_vlans_as_it_wants_them),
        TEST(a_frame_of_an_access_port_gets_a_tag_where_one_is_wanted),
        TEST(a_flood_says_of_each_port_why_not),
        TEST(a_known_destination_is_the_only_port),
        TEST(an_address_at_a_port_that_has_gone_is_unknown),
        TEST(the_last_lookup_holds_until_it_is_forgotten),
        TEST(a_frame_that_is_refused_has_no_ports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
