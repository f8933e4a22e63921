/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every row of the field registry is consistent with itself, with the key and
 * with the numbers of the specification, and is found by all its names.
 */
#include "flow/field.h"

#include <endian.h>

#include "base/array.h"
#include "tests/unit/test.h"

static void every_row_fits_the_key(void **state)
{
    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct field *f = field_by_id(id);

        assert_int_equal(f->id, id);
        assert_in_range(f->bits, 1, f->size * 8);
        assert_in_range(f->offset, 0, sizeof(struct flow_key) - f->size);
        assert_true(f->oxm || f->nxm);
    }
}

static void every_name_leads_back(void **state)
{
    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct field *f = field_by_id(id);
        const struct field *by_name = field_by_name(f->name, strlen(f->name));

        assert_ptr_equal(field_by_name(f->oxm_name, strlen(f->oxm_name)), f);
        assert_non_null(by_name);
        assert_string_equal(by_name->name, f->name);
    }
    assert_int_equal(field_by_name("ip_src", 6)->id, FIELD_IPV4_SRC);
    assert_int_equal(field_by_name("tp_src=80", 6)->id, FIELD_TCP_SRC);
    assert_null(field_by_name("ip_sr", 5));
    assert_null(field_by_name("ip_srcx", 7));
    assert_null(field_by_name("", 0));
}

static void every_header_leads_back(void **state)
{
    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct field *f = field_by_id(id);

        if (f->oxm) {
            assert_ptr_equal(field_by_header(f->oxm & ~0x1ffu), f);
            assert_int_equal(f->oxm & 0xff, f->size);
        }
        if (f->nxm)
            assert_ptr_equal(field_by_header(f->nxm & ~0x1ffu), f);
        if (f->nxm && id != FIELD_IN_PORT)
            assert_int_equal(f->nxm & 0xff, f->size);
    }
    assert_null(field_by_header(0x80000000u | 40u << 9));
    assert_null(field_by_header(0x80000000u | 127u << 9));
    assert_null(field_by_header(0x00000000u | 4u << 9));
    assert_null(field_by_header(0xffff0000u));
}

/* Headers as other switches and controllers send them, from captures. */
static void numbers_are_those_of_the_specification(void **state)
{
    static const struct {
        uint32_t header;
        enum field_id id;
    } known[] = {
        /* clang-format off */
        {0x80000004, FIELD_IN_PORT       },
        {0x80000606, FIELD_ETH_DST       },
        {0x80000a02, FIELD_ETH_TYPE      },
        {0x80000c02, FIELD_VLAN_VID      },
        {0x80001401, FIELD_IP_PROTO      },
        {0x80001604, FIELD_IPV4_SRC      },
        {0x80001a02, FIELD_TCP_SRC       },
        {0x80002a02, FIELD_ARP_OP        },
        {0x80003410, FIELD_IPV6_SRC      },
        {0x80003e10, FIELD_IPV6_ND_TARGET},
        {0x80004a03, FIELD_PBB_ISID      },
        {0x80004c08, FIELD_TUNNEL_ID     },
        {0x80004e02, FIELD_IPV6_EXTHDR   },
        {0x80005201, FIELD_PBB_UCA       },
        {0x80005402, FIELD_TCP_FLAGS     },
        {0x80005604, FIELD_ACTSET_OUTPUT },
        {0x80005804, FIELD_PACKET_TYPE   },
        {0x00000002, FIELD_IN_PORT       },
        {0x00000206, FIELD_ETH_DST       },
        {0x00000e04, FIELD_IPV4_SRC      },
        {0x00002204, FIELD_ARP_TPA       },
        {0x00010004, FIELD_REG0          },
        {0x00011e04, FIELD_REG15         },
        {0x00012008, FIELD_TUNNEL_ID     },
        {0x00013401, FIELD_IP_FRAG       },
        {0x00013a01, FIELD_IP_TTL        },
        {0x00014204, FIELD_PKT_MARK      },
        {0x00014402, FIELD_TCP_FLAGS     },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        const struct field *f = field_by_id(known[i].id);

        assert_true(f->oxm == known[i].header || f->nxm == known[i].header);
    }
}

/* Two fields may share bytes only if no frame has both of them. */
static void shared_bytes_are_kept_apart(void **state)
{
    static const uint16_t types[] = {0x0800, 0x86dd, 0x0806, 0x8847, 0x88e7};
    static const uint8_t protocols[] = {1, 6, 17, 58, 132};
    static const uint16_t icmp_types[] = {0, 135, 136};
    uint8_t owner[sizeof(struct flow_key)];

    (void)state;
    for (size_t i = 0; i < 5 * 5 * 3; i++) {
        struct flow_key key = {
            .eth_type = htobe16(types[i % 5]),
            .ip_proto = protocols[i / 5 % 5],
            .tp_src = htobe16(icmp_types[i / 25]),
            .vlan_vid = htobe16(VLAN_PRESENT),
        };

        memset(owner, 0, sizeof(owner));
        for (int id = 0; id < FIELD_COUNT; id++) {
            const struct field *f = field_by_id(id);

            for (int b = 0; b < f->size && field_is_in(f, &key); b++)
                assert_int_equal(owner[f->offset + b]++, 0);
        }
    }
}

static void later_fragments_have_no_l4(void **state)
{
    struct flow_key key = {.eth_type = htobe16(0x0800), .ip_proto = 6};

    (void)state;
    assert_true(field_is_in(field_by_id(FIELD_TCP_DST), &key));
    assert_false(field_is_in(field_by_id(FIELD_UDP_DST), &key));
    key.ip_frag = FRAG_ANY;
    assert_true(field_is_in(field_by_id(FIELD_TCP_DST), &key));
    key.ip_frag = FRAG_ANY | FRAG_LATER;
    assert_false(field_is_in(field_by_id(FIELD_TCP_DST), &key));
    assert_true(field_is_in(field_by_id(FIELD_IP_PROTO), &key));
}

static void a_field_has_a_place_of_its_own_in_a_match(void **state)
{
    const struct field_orders *orders = field_orders();
    unsigned int wire = 0, text = 0;

    (void)state;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *on_wire = field_by_id(orders->wire[i]);
        const struct field *in_text = field_by_id(orders->text[i]);

        assert_true(on_wire->wire_order > wire);
        assert_true(in_text->text_order > text);
        assert_int_not_equal(in_text->text_order, FIELD_TEXT_KIND);
        wire = on_wire->wire_order;
        text = in_text->text_order;
    }
}

/* OpenFlow 1.3.5 7.2.3.6: fields come after those that they need. */
static void on_the_wire_a_field_follows_what_it_needs(void **state)
{
    unsigned int of_type = field_by_id(FIELD_ETH_TYPE)->wire_order;
    unsigned int of_proto = field_by_id(FIELD_IP_PROTO)->wire_order;
    unsigned int of_tag = field_by_id(FIELD_VLAN_VID)->wire_order;
    unsigned int of_icmp = field_by_id(FIELD_ICMPV6_TYPE)->wire_order;

    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct field *f = field_by_id(id);

        if (f->needs == NEEDS_VLAN)
            assert_true(f->wire_order > of_tag);
        else if (f->needs != NEEDS_NOTHING)
            assert_true(f->wire_order > of_type);
        if (f->needs >= NEEDS_TCP)
            assert_true(f->wire_order > of_proto);
        if (f->needs >= NEEDS_ND)
            assert_true(f->wire_order > of_icmp);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_fits_the_key),
        cmocka_unit_test(every_name_leads_back),
        cmocka_unit_test(every_header_leads_back),
        cmocka_unit_test(numbers_are_those_of_the_specification),
        cmocka_unit_test(shared_bytes_are_kept_apart),
        cmocka_unit_test(later_fragments_have_no_l4),
        cmocka_unit_test(a_field_has_a_place_of_its_own_in_a_match),
        cmocka_unit_test(on_the_wire_a_field_follows_what_it_needs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
