/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HELLO in all its forms, and which version comes of it.
 */
#include "openflow/of_hello.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"

#define V(version) OF_VERSION_BIT(version)

enum { UP_TO_13 = V(OF10) | V(OF11) | V(OF12) | V(OF13) };

static const struct {
    uint8_t bytes[32];
    size_t size;
    uint32_t versions;
} rows[] = {
    /* No bitmap: all up to the header's version. */
    /* clang-format off */
    {{1, 0, 0, 8},                                                              8,  V(OF10)          },
    {{4, 0, 0, 8},                                                              8,  UP_TO_13         },
    {{0, 0, 0, 8},                                                              8,  0                },
    {{0xff, 0, 0, 8},                                                           8,  0xfffffffe       },
 /* A bitmap; what comes after its first word is of no interest. */
    {{4, 0, 0, 16, 0, 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0x12},
     /* clang-format on */
     16,
     V(OF10) | V(OF13)},
    {{6, 0, 0, 24, 0, 0, 0, 0, 0, 1, 0, 12, 0, 0, 0, 0x10, 0, 0, 0, 1},
     24,
     V(OF13)},
    /* An unknown element before it. */
    {{4, 0, 0, 24, 0, 0, 0, 0, 0, 9, 0, 5, 1, 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 2},
     24,
     V(OF10)},
    /* Elements that make no sense, and a bitmap that is none. */
    /* clang-format off */
    {{4, 0, 0, 16, 0, 0, 0, 0, 0, 1, 0, 3, 0, 0, 0, 2},                         16, UP_TO_13         },
    {{4, 0, 0, 16, 0, 0, 0, 0, 0, 1, 0, 4, 0, 0, 0, 0},                         16, UP_TO_13         },
    {{4, 0, 0, 16, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 2},                         16, UP_TO_13         },
 /* Text, as some send. */
    {{1, 0, 0, 13, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'},                        13, V(OF10)          },
    /* clang-format on */
};

static void what_is_offered(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        /* As long as the message, for tools that watch over memory. */
        uint8_t *copy = test_malloc(rows[i].size);
        struct reader r = reader_over(copy, rows[i].size);
        struct of_header h;

        memcpy(copy, rows[i].bytes, rows[i].size);
        h = of_read_header(&r);
        assert_int_equal(of_kind_of(&h, &r), OF_HELLO);
        assert_int_equal(of_hello_read(&h, &r), rows[i].versions);
        test_free(copy);
    }
}

static void versions_are_named(void **state)
{
    static const struct {
        uint32_t versions;
        const char *text;
    } named[] = {
        /* clang-format off */
        {0,                        ""                  },
        {V(OF13),                  "1.3"               },
        {UP_TO_13,                 "1.0, 1.1, 1.2, 1.3"},
        {V(OF10) | V(OF15) | V(7), "1.0, 1.5, 0x07"    },
        {V(0) | V(31),             "0x00, 0x1f"        },
        {OF_VERSIONS_ALL,          "1.0, 1.1, 1.2, 1.3, 1.4, 1.5"},
        /* clang-format on */
    };
    char text[OF_HELLO_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
        of_hello_text(named[i].versions, text);
        assert_string_equal(text, named[i].text);
    }
    /* No more than there is room for. */
    of_hello_text(UINT32_MAX, text);
    assert_memory_equal(text, "0x00, 1.0, ", 11);
}

static void both_names_of_a_version_agree(void **state)
{
    (void)state;
    for (enum of_version v = OF10; v <= OF15; v++) {
        const char *name = of_version_name(v);
        char protocol[16];

        snprintf(protocol, sizeof(protocol), "OpenFlow%c%c", name[0], name[2]);
        assert_string_equal(of_version_protocol(v), protocol);
    }
}

static void what_is_written(void **state)
{
    static const struct {
        uint32_t versions;
        uint8_t bytes[16];
        size_t size;
    } written[] = {
        {V(OF10), {1, 0, 0, 8, 0, 0, 0, 5}, 8},
        {V(OF10) | V(OF11), {2, 0, 0, 8, 0, 0, 0, 5}, 8},
        {V(OF10) | V(OF12),
         {3, 0, 0, 16, 0, 0, 0, 5, 0, 1, 0, 8, 0, 0, 0, 0x0a},
         16},
        {V(OF10) | V(OF13),
         {4, 0, 0, 16, 0, 0, 0, 5, 0, 1, 0, 8, 0, 0, 0, 0x12},
         16},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
        struct of_buffer b = {0};

        of_hello_write(&b, written[i].versions, 5);
        assert_int_equal(b.size, written[i].size);
        assert_memory_equal(b.data, written[i].bytes, b.size);
        of_buffer_clear(&b);
    }
}

static void what_is_agreed_on(void **state)
{
    (void)state;
    assert_int_equal(of_hello_negotiate(V(OF10) | V(OF13), UP_TO_13), OF13);
    assert_int_equal(
        of_hello_negotiate(V(OF10) | V(OF13), V(OF10) | V(OF11) | V(OF12)),
        OF10);
    assert_int_equal(of_hello_negotiate(V(OF10) | V(OF13), V(OF12)), OF_NONE);
    assert_int_equal(of_hello_negotiate(V(OF15), 0xfffffffe), OF15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_offered),
        cmocka_unit_test(versions_are_named),
        cmocka_unit_test(both_names_of_a_version_agree),
        cmocka_unit_test(what_is_written),
        cmocka_unit_test(what_is_agreed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
