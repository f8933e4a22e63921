/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where NORMAL puts a frame: its VLAN by port and tag, what must not go in, and
 * how it leaves.  IEEE 802.1Q-2018 8.6.
 */
#include "base/array.h"
#include "datapath/normal.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/test.h"

enum { NO_TAG = -1, PCP5 = 5 << 13 };

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

static enum drop_reason classify(struct normal *n,
                                 const struct datapath_port *port,
                                 const char *to, int tag, bool forwards_bpdu)
{
    char hex[256];
    struct frame f;
    enum drop_reason reason;

    if (tag == NO_TAG)
        snprintf(hex, sizeof(hex), "%s 020000000001 88b5 0000000000", to);
    else
        snprintf(hex, sizeof(hex), "%s 020000000001 8100 %04x 88b5 000000", to,
                 (unsigned int)tag);
    f = frame_from_hex(hex);
    reason = normal_classify(n, port, &f, forwards_bpdu);
    frame_hex_free(&f);
    return reason;
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

static void a_port_sends_its_vlans_as_it_wants_them(void **state)
{
    static const struct {
        enum vlan_mode mode;
        uint16_t port_vlan, vlan;
        bool has_tag, is_member, wants_tag;
    } rows[] = {
        /* clang-format off */
        {VLAN_ALL,    0,  10, true,  true,  true },
        {VLAN_ALL,    0,  10, false, true,  true },
        {VLAN_ALL,    0,  0,  false, true,  false},
        {VLAN_ALL,    0,  0,  true,  true,  true },
        {VLAN_ACCESS, 10, 10, true,  true,  false},
        {VLAN_ACCESS, 10, 11, true,  false, false},
        {VLAN_ACCESS, 10, 0,  false, false, false},
        {VLAN_TRUNK,  20, 10, false, true,  true },
        {VLAN_TRUNK,  20, 20, true,  true,  false},
        {VLAN_TRUNK,  20, 30, true,  false, true },
        {VLAN_TRUNK,  0,  0,  false, false, false},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct datapath_port port = port_of(rows[i].mode, rows[i].port_vlan);
        struct normal n = {.vlan = rows[i].vlan, .has_tag = rows[i].has_tag};

        assert_int_equal(normal_is_member(&port, n.vlan), rows[i].is_member);
        if (rows[i].is_member)
            assert_int_equal(normal_wants_tag(&port, &n), rows[i].wants_tag);
    }
}

/* The last bytes of a frame that is as short as can be are no tag. */
static void a_frame_cut_in_its_tag_has_none(void **state)
{
    struct frame f = frame_from_hex("020000000002 020000000001 8100 000a");
    struct datapath_port port = port_of(VLAN_ALL, 0);
    struct normal n;

    (void)state;
    assert_int_equal(normal_classify(&n, &port, &f, false), DROP_NONE);
    assert_false(n.has_tag);
    assert_int_equal(n.vlan, 0);
    frame_hex_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vlan_follows_from_port_and_tag),
        cmocka_unit_test(reserved_addresses_stay_out_unless_told),
        cmocka_unit_test(a_port_sends_its_vlans_as_it_wants_them),
        cmocka_unit_test(a_frame_cut_in_its_tag_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
