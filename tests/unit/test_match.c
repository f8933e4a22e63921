/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A match takes a field only whole: with a value and mask that the field can
 * have, once, and after what it needs; a refused field changes nothing.
 */
#include "flow/match.h"

#include "base/array.h"
#include "tests/unit/test.h"

static enum flow_error add(struct flow_match *m, enum field_id id,
                           const char *value, const char *mask)
{
    return match_add(m, field_by_id(id), (const uint8_t *)value,
                     (const uint8_t *)mask);
}

static struct flow_match ipv4_tcp(void)
{
    struct flow_match m = {0};

    assert_int_equal(add(&m, FIELD_ETH_TYPE, "\x08\x00", NULL), FLOW_OK);
    assert_int_equal(add(&m, FIELD_IP_PROTO, "\x06", NULL), FLOW_OK);
    return m;
}

static void adds_value_and_mask(void **state)
{
    struct flow_match m = ipv4_tcp();

    (void)state;
    assert_int_equal(
        add(&m, FIELD_IPV4_DST, "\x0a\x01\x00\x00", "\xff\xff\x00\x00"),
        FLOW_OK);
    assert_int_equal(add(&m, FIELD_TCP_DST, "\x00\x50", NULL), FLOW_OK);
    assert_memory_equal(&m.key.ip_dst, "\x0a\x01\x00\x00", 4);
    assert_memory_equal(&m.mask.ip_dst, "\xff\xff\x00\x00", 4);
    assert_memory_equal(&m.key.tp_dst, "\x00\x50", 2);
    assert_memory_equal(&m.mask.tp_dst, "\xff\xff", 2);
    assert_true(match_has(&m, field_by_id(FIELD_TCP_DST)));
    assert_false(match_has(&m, field_by_id(FIELD_UDP_DST)));
    assert_false(match_has(&m, field_by_id(FIELD_TCP_SRC)));
}

static void every_field_takes_all_its_bits(void **state)
{
    /* eth_type, ip_proto */
    static const char *const prerequisites[] = {
        [NEEDS_NOTHING] = "\x00\x00\x00", [NEEDS_VLAN] = "\x00\x00\x00",
        [NEEDS_ARP] = "\x08\x06\x00",     [NEEDS_IPV4] = "\x08\x00\x00",
        [NEEDS_IPV6] = "\x86\xdd\x00",    [NEEDS_IP] = "\x08\x00\x00",
        [NEEDS_MPLS] = "\x88\x47\x00",    [NEEDS_PBB] = "\x88\xe7\x00",
        [NEEDS_TCP] = "\x08\x00\x06",     [NEEDS_UDP] = "\x08\x00\x11",
        [NEEDS_SCTP] = "\x08\x00\x84",    [NEEDS_ICMPV4] = "\x08\x00\x01",
        [NEEDS_ICMPV6] = "\x86\xdd\x3a",  [NEEDS_ND] = "\x86\xdd\x3a",
        [NEEDS_ND_SOL] = "\x86\xdd\x3a",  [NEEDS_ND_ADV] = "\x86\xdd\x3a",
    };
    uint8_t value[16];

    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct field *f = field_by_id(id);
        struct flow_match m = {0}, before;
        unsigned spare = f->size * 8u - f->bits;

        memcpy(&m.key.eth_type, prerequisites[f->needs], 2);
        m.key.ip_proto = (uint8_t)prerequisites[f->needs][2];
        if (f->needs == NEEDS_VLAN)
            memcpy(&m.key.vlan_vid, "\x10\x00", 2);
        if (f->needs == NEEDS_ND || f->needs == NEEDS_ND_SOL)
            memcpy(&m.key.tp_src, "\x00\x87", 2);
        if (f->needs == NEEDS_ND_ADV)
            memcpy(&m.key.tp_src, "\x00\x88", 2);
        before = m;
        memset(value, 0xff, sizeof(value));
        if (spare) {
            assert_int_equal(match_add(&m, f, value, NULL), FLOW_BAD_VALUE);
            assert_memory_equal(&m, &before, sizeof(m));
        }
        value[0] = (uint8_t)(0xff >> (spare < 8 ? spare : 8));
        if (spare > 8)
            value[1] = (uint8_t)(0xff >> (spare - 8));
        assert_int_equal(match_add(&m, f, value, NULL), FLOW_OK);
        assert_memory_equal(field_get(f, &m.key), value, f->size);
        assert_memory_equal(field_get(f, &m.mask), value, f->size);
        assert_int_equal(match_add(&m, f, value, NULL), FLOW_DUPLICATE_FIELD);
    }
}

static void refuses_what_cannot_be(void **state)
{
    static const struct {
        enum field_id id;
        const char *value, *mask;
        enum flow_error error;
    } rows[] = {
        /* clang-format off */
        {FIELD_IP_DSCP,  "\x40",             NULL,               FLOW_BAD_VALUE       },
        {FIELD_VLAN_VID, "\x20\x00",         NULL,               FLOW_BAD_VALUE       },
        {FIELD_IP_DSCP,  "\x20",             "\x30",             FLOW_BAD_MASK        },
        /* clang-format on */
        {FIELD_IPV4_SRC, "\x0a\x00\x00\x01", "\xff\x00\x00\x00",
         FLOW_BAD_WILDCARDS},
        /* clang-format off */
        {FIELD_ETH_TYPE, "\x08\x00",         NULL,               FLOW_DUPLICATE_FIELD },
        {FIELD_VLAN_PCP, "\x01",             NULL,               FLOW_BAD_PREREQUISITE},
        {FIELD_UDP_SRC,  "\x00\x01",         NULL,               FLOW_BAD_PREREQUISITE},
        {FIELD_ARP_SPA,  "\x0a\x00\x00\x01", NULL,               FLOW_BAD_PREREQUISITE},
        /* clang-format on */
    };
    struct flow_match m = ipv4_tcp(), before = m;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(add(&m, rows[i].id, rows[i].value, rows[i].mask),
                         rows[i].error);
        assert_true(match_is_equal(&m, &before));
    }
}

/* All ones is how some controllers write "no mask". */
static void full_masks_are_no_masks(void **state)
{
    struct flow_match m = ipv4_tcp();

    (void)state;
    assert_int_equal(add(&m, FIELD_IP_DSCP, "\x20", "\xff"), FLOW_OK);
    assert_int_equal(m.mask.ip_dscp, 0x3f);
    assert_int_equal(add(&m, FIELD_VLAN_VID, "\x10\x05", "\xff\xff"), FLOW_OK);
    assert_memory_equal(&m.mask.vlan_vid, "\x1f\xff", 2);
    assert_int_equal(add(&m, FIELD_IP_ECN, "\x00", "\x00"), FLOW_OK);
    assert_int_equal(m.mask.ip_ecn, 0);
}

static void compares(void **state)
{
    struct flow_match wide = ipv4_tcp(), narrow = wide, other = wide;

    (void)state;
    add(&wide, FIELD_IPV4_DST, "\x0a\x00\x00\x00", "\xff\x00\x00\x00");
    add(&narrow, FIELD_IPV4_DST, "\x0a\x01\x02\x03", NULL);
    add(&other, FIELD_TCP_DST, "\x00\x50", NULL);

    assert_true(match_overlaps(&wide, &other));
    assert_true(match_overlaps(&narrow, &wide));
    assert_true(match_covers(&wide, &narrow.key));
    assert_false(match_covers(&narrow, &wide.key));
    assert_true(match_is_equal(&wide, &wide));
    assert_false(match_is_equal(&wide, &narrow));

    other = ipv4_tcp();
    add(&other, FIELD_IPV4_DST, "\x0b\x00\x00\x00", "\xff\x00\x00\x00");
    assert_false(match_overlaps(&wide, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_value_and_mask),
        cmocka_unit_test(every_field_takes_all_its_bits),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(full_masks_are_no_masks),
        cmocka_unit_test(compares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
