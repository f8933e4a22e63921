/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy-field becomes the set-field of the bits it copies and no others, over
 * the borders of bytes too; OpenFlow 1.5.1 7.2.6.13.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/array.h"
#include "datapath/bit_copy.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/test.h"

static struct flow_key udp_key(void)
{
    static const uint8_t source[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};
    struct flow_key key;

    memset(&key, 0, sizeof(key));
    memcpy(key.eth_src, source, sizeof(source));
    key.eth_type = htons(0x0800);
    key.ip_proto = 17;
    key.tp_src = htons(0x1234);
    key.tp_dst = htons(0xffff);
    key.reg[0] = htonl(0xdeadbeef);
    return key;
}

static bool copy(const struct flow_key *key, struct action_move move,
                 struct flow_action cells[3])
{
    struct flow_action action[2] = {{.type = ACTION_MOVE, .extra = 1}};

    memcpy(&action[1], &move, sizeof(move));
    return bit_copy_to_set_field(key, action, cells);
}

static void copies_the_bits_it_says(void **state)
{
    static const struct {
        uint16_t from, to, from_bit, to_bit, bits;
        const char *value, *mask;
    } rows[] = {
        /* clang-format off */
        {FIELD_UDP_SRC, FIELD_UDP_DST, 0, 0,  16, "1234",         "ffff"        },
        {FIELD_UDP_SRC, FIELD_REG1,    4, 5,  8,  "00000460",     "00001fe0"    },
 /* a bit that is not set: the mask alone says so */
        {FIELD_UDP_SRC, FIELD_UDP_DST, 0, 15, 1,  "0000",         "8000"        },
        {FIELD_ETH_SRC, FIELD_REG2,    0, 20, 12, "45500000",     "fff00000"    },
        {FIELD_REG0,    FIELD_ETH_DST, 0, 16, 32, "deadbeef0000", "ffffffff0000"},
 /* within one field */
        {FIELD_UDP_SRC, FIELD_UDP_SRC, 8, 0,  8,  "0012",         "00ff"        },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct action_move move = {.source_field = rows[i].from,
                                   .target_field = rows[i].to,
                                   .source_bit = rows[i].from_bit,
                                   .target_bit = rows[i].to_bit,
                                   .bits = rows[i].bits};
        struct flow_key key = udp_key();
        struct flow_action cells[3];
        uint8_t value[16], mask[16];
        uint32_t size = hex_to_bytes(rows[i].value, value);

        assert_int_equal(hex_to_bytes(rows[i].mask, mask), size);
        assert_true(copy(&key, move, cells));
        assert_int_equal(cells[0].type, ACTION_SET_FIELD);
        assert_int_equal(cells[0].extra, 2);
        assert_int_equal(cells[0].field, rows[i].to);
        assert_memory_equal(action_value(cells), value, size);
        assert_memory_equal(action_mask(cells), mask, size);
    }
}

static void a_frame_without_the_field_has_nothing_to_copy(void **state)
{
    static const uint16_t fields[][2] = {
        /* clang-format off */
        {FIELD_TCP_SRC,  FIELD_REG0   },
        {FIELD_REG0,     FIELD_TCP_SRC},
        {FIELD_VLAN_PCP, FIELD_REG0   },
        {FIELD_IPV6_SRC, FIELD_REG0   },
        /* clang-format on */
    };
    struct flow_key key = udp_key();
    struct flow_action cells[3];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        struct action_move move = {.source_field = fields[i][0],
                                   .target_field = fields[i][1],
                                   .bits = 3};

        assert_false(copy(&key, move, cells));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_the_bits_it_says),
        cmocka_unit_test(a_frame_without_the_field_has_nothing_to_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
