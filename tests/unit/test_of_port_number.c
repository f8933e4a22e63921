/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Port numbers of OpenFlow 1.0 and of the later versions are the same ports.
 */
#include "openflow/of_port_number.h"

#include "base/array.h"
#include "flow/port_no.h"
#include "tests/unit/test.h"

static void numbers_of_10(void **state)
{
    static const struct {
        uint16_t wire;
        uint32_t number;
        bool is_number;
    } rows[] = {
        /* clang-format off */
        {0x0000, 0,                  true },
        {0x0001, 1,                  true },
        {0xfeff, 0xfeff,             true },
        {0xff00, 0xffffff00,         false},
        {0xfff7, 0xfffffff7,         false},
        {0xfff8, PORT_NO_IN_PORT,    true },
        {0xfff9, PORT_NO_TABLE,      true },
        {0xfffa, PORT_NO_NORMAL,     true },
        {0xfffb, PORT_NO_FLOOD,      true },
        {0xfffc, PORT_NO_ALL,        true },
        {0xfffd, PORT_NO_CONTROLLER, true },
        {0xfffe, PORT_NO_LOCAL,      true },
        {0xffff, PORT_NO_ANY,        true },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint32_t number;

        assert_int_equal(of_port_number_from10(rows[i].wire, &number),
                         rows[i].is_number);
        assert_int_equal(number, rows[i].number);
        if (rows[i].is_number)
            assert_int_equal(of_port_number_to10(number), rows[i].wire);
    }
}

static void numbers_that_10_cannot_write(void **state)
{
    (void)state;
    assert_int_equal(of_port_number_to10(0xff00), 0xffff);
    assert_int_equal(of_port_number_to10(0x10001), 0xffff);
    assert_int_equal(of_port_number_to10(PORT_NO_MAX), 0xffff);
}

static bool read_13(uint32_t number)
{
    uint8_t bytes[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                        (uint8_t)(number >> 8), (uint8_t)number};
    struct reader r = reader_over(bytes, sizeof(bytes));
    uint32_t got;
    bool is_number = of_port_number_read(&r, OF13, &got);

    assert_int_equal(got, number);
    return is_number;
}

static void numbers_of_later_versions(void **state)
{
    struct reader empty = reader_over("", 0);
    uint32_t number;

    (void)state;
    assert_true(read_13(0x10001));
    assert_true(read_13(PORT_NO_MAX));
    assert_false(read_13(PORT_NO_MAX + 1));
    assert_false(read_13(PORT_NO_IN_PORT - 1));
    assert_true(read_13(PORT_NO_IN_PORT));
    of_port_number_read(&empty, OF13, &number);
    assert_true(empty.bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_10),
        cmocka_unit_test(numbers_that_10_cannot_write),
        cmocka_unit_test(numbers_of_later_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
