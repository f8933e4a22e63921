/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an action does to the key is what it does to the frame: after it the key
 * is the one that parsing the edited frame gives, or it is said that the frame
 * must be parsed again.
 */
#include <arpa/inet.h>

#include "base/array.h"
#include "datapath/key_edit.h"
#include "packet/edit.h"
#include "packet/parse.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/test.h"

#define UDP                                                                    \
    "45000026 00010000 4011 66c4 0a000001 0a000002"                            \
    "03e8 07d0 0012 0000 00010203040506070809"
#define UDP6                                                                   \
    "60000000 0012 11 40 20010db8000000000000000000000001"                     \
    "20010db8000000000000000000000002 03e8 07d0 0012 e50e"                     \
    "00010203040506070809"
#define SOLICITATION                                                           \
    "60000000 0020 3a ff 20010db8000000000000000000000001"                     \
    "20010db8000000000000000000000002 8700 0000 00000000"                      \
    "20010db8000000000000000000000002 0101 020000000001"
#define ETHER "020000000002 020000000001"

static const char *const frames[] = {
    ETHER "0800" UDP,
    ETHER "8100 6064 0800" UDP,
    ETHER "88a8 0064 8100 2065 0800" UDP,
    ETHER "8847 00064140" UDP,
    ETHER "8847 00064040 00065140" UDP,
    ETHER "86dd" UDP6,
    ETHER "8100 0064 86dd" UDP6,
    ETHER "0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000"
          "0a000002",
    ETHER "88e7 00123456 020000000004 020000000003 0800" UDP,
    ETHER "88b5 000102030405060708090a0b0c0d0e0f",
    ETHER "86dd" SOLICITATION,
};

enum { FRAMES = ARRAY_SIZE(frames) };

/* A key with every word told: what frame_parse leaves alone is zero. */
static struct flow_key parse(struct frame *f)
{
    struct flow_key key;

    memset(&key, 0, sizeof(key));
    frame_parse(f, htonl(1), &key);
    return key;
}

static void check(const char *hex, const struct flow_action *a)
{
    struct frame f = frame_from_hex(hex);
    struct flow_key key = parse(&f), before = key, after;
    enum key_edit said = key_edit_apply(&key, a);
    enum edit_result done = edit_apply(&f, a);

    after = parse(&f);
    switch (said) {
    case KEY_DONE:
        assert_int_equal(done, EDIT_DONE);
        assert_memory_equal(&key, &after, sizeof(key));
        break;
    case KEY_ONLY:
    case KEY_NOT_APPLICABLE:
        assert_memory_equal(&before, &after, sizeof(before));
        break;
    case KEY_TTL_EXPIRED:
        assert_int_equal(done, EDIT_TTL_EXPIRED);
        break;
    case KEY_HIDDEN:
    case KEY_UNKNOWN:
        break;
    }
    frame_hex_free(&f);
}

static void edits_of_key_and_frame_agree(void **state)
{
    static const struct flow_action actions[] = {
        /* clang-format off */
        {.type = ACTION_OUTPUT,       .port = 1},
        {.type = ACTION_STRIP_VLAN                          },
        {.type = ACTION_POP_VLAN},
        {.type = ACTION_PUSH_VLAN,                           .ethertype = 0x8100},
        {.type = ACTION_PUSH_VLAN,.ethertype = 0x88a8},
        {.type = ACTION_SET_VLAN_VID,    .vlan_vid = 0x123},
        {.type = ACTION_SET_VLAN_PCP,                           .vlan_pcp = 5},
        {.type = ACTION_PUSH_MPLS,       .ethertype = 0x8847},
        {.type = ACTION_POP_MPLS, .ethertype = 0x0800},
        {.type = ACTION_PUSH_PBB,                           .ethertype = 0x88e7},
        {.type = ACTION_POP_PBB },
        {.type = ACTION_SET_MPLS_TTL,     .ttl = 9},
        {.type = ACTION_DEC_MPLS_TTL                          },
        {.type = ACTION_SET_IP_TTL,.ttl = 9},
        {.type = ACTION_DEC_IP_TTL     },
        {.type = ACTION_COPY_TTL_OUT},
        {.type = ACTION_COPY_TTL_IN                          },
        {.type = ACTION_NOTE},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < FRAMES; i++)
        for (size_t j = 0; j < ARRAY_SIZE(actions); j++)
            check(frames[i], &actions[j]);
}

static bool is_of_frames(const struct field *f)
{
    return f->is_settable && f->offset < KEY_FRAME_WORDS * sizeof(uint64_t) &&
           f->id != FIELD_IN_PORT;
}

/* Every field that can be set, to two values and under two masks. */
static void set_fields_of_key_and_frame_agree(void **state)
{
    static const uint8_t fills[] = {0x00, 0x5a}, parts[] = {0xff, 0x0f};

    (void)state;
    for (size_t i = 0; i < FRAMES; i++)
        for (unsigned int id = 0; id < FIELD_COUNT; id++) {
            const struct field *f = field_by_id((enum field_id)id);

            for (unsigned int k = 0; is_of_frames(f) && k < 4; k++) {
                struct action_list l = {.cells = NULL};
                uint8_t value[16], mask[16];

                field_fill(f, mask);
                for (unsigned int j = 0; j < f->size; j++) {
                    mask[j] &= parts[k / 2];
                    value[j] = fills[k % 2] & mask[j];
                }
                /* A tag is there as long as its VID has this bit. */
                if (id == FIELD_VLAN_VID)
                    value[0] |= mask[0] & 0x10;
                action_list_set_field(&l, f, value, mask);
                check(frames[i], l.cells);
                action_list_clear(&l);
            }
        }
}

static void registers_are_the_key_s_alone(void **state)
{
    struct frame f = frame_from_hex(frames[0]);
    struct flow_key key = parse(&f), before = key;
    struct action_list l = {.cells = NULL};
    static const uint8_t value[4] = {0x12, 0x34, 0x56, 0x78};
    static const uint8_t mask[4] = {0xff, 0, 0, 0xff};

    (void)state;
    action_list_set_field(&l, field_by_id(FIELD_REG3), value, mask);
    assert_int_equal(key_edit_apply(&key, l.cells), KEY_ONLY);
    assert_int_equal(key.reg[3], htonl(0x12000078));
    key.reg[3] = 0;
    assert_memory_equal(&key, &before, sizeof(key));
    action_list_clear(&l);
    frame_hex_free(&f);
}

static void what_is_uncovered_is_not_guessed(void **state)
{
    static const struct {
        unsigned int frame;
        uint8_t type;
        enum key_edit expected;
    } rows[] = {
        /* clang-format off */
        {0, ACTION_POP_VLAN,     KEY_NOT_APPLICABLE},
        {1, ACTION_POP_VLAN,     KEY_DONE          },
        {2, ACTION_POP_VLAN,     KEY_UNKNOWN       },
        {0, ACTION_PUSH_VLAN,    KEY_DONE          },
        {1, ACTION_PUSH_VLAN,    KEY_HIDDEN        },
        {0, ACTION_POP_MPLS,     KEY_NOT_APPLICABLE},
        {3, ACTION_POP_MPLS,     KEY_UNKNOWN       },
        {0, ACTION_PUSH_MPLS,    KEY_HIDDEN        },
        {7, ACTION_DEC_IP_TTL,   KEY_NOT_APPLICABLE},
        {8, ACTION_POP_PBB,      KEY_UNKNOWN       },
        {0, ACTION_DEC_MPLS_TTL, KEY_NOT_APPLICABLE},
        {3, ACTION_DEC_MPLS_TTL, KEY_DONE          },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame f = frame_from_hex(frames[rows[i].frame]);
        struct flow_key key = parse(&f);
        struct flow_action a = {.type = rows[i].type, .ethertype = 0x8100};

        assert_int_equal(key_edit_apply(&key, &a), rows[i].expected);
        frame_hex_free(&f);
    }
}

static void a_ttl_of_one_has_expired(void **state)
{
    static const uint8_t ttls[] = {0, 1};
    struct flow_action a = {.type = ACTION_DEC_IP_TTL};
    struct flow_key key = {.eth_type = htons(0x0800)};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        key.ip_ttl = ttls[i];
        assert_int_equal(key_edit_apply(&key, &a), KEY_TTL_EXPIRED);
        assert_int_equal(key.ip_ttl, ttls[i]);
    }
    key.ip_ttl = 2;
    assert_int_equal(key_edit_apply(&key, &a), KEY_DONE);
    assert_int_equal(key.ip_ttl, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_of_key_and_frame_agree),
        cmocka_unit_test(set_fields_of_key_and_frame_agree),
        cmocka_unit_test(registers_are_the_key_s_alone),
        cmocka_unit_test(what_is_uncovered_is_not_guessed),
        cmocka_unit_test(a_ttl_of_one_has_expired),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
