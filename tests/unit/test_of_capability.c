/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which actions and fields versions have, by their numbers.
 */
#include "openflow/of_capability.h"

#include "tests/unit/test.h"

#define ALL UINT64_MAX

/* OpenFlow 1.0 5.2.4, 1.1 A.2.6, 1.2 A.2.5, 1.3.5 7.2.5, 1.5.1 7.2.6. */
static void all_actions_of_a_version(void **state)
{
    (void)state;
    assert_int_equal(of_capability_actions(OF10, ALL), 0xfff);
    assert_int_equal(of_capability_actions(OF11, ALL), 0x01ffffff);
    assert_int_equal(of_capability_actions(OF12, ALL), 0x03ff9801);
    assert_int_equal(of_capability_actions(OF13, ALL), 0x0fff9801);
    assert_int_equal(of_capability_actions(OF14, ALL), 0x0fff9801);
    assert_int_equal(of_capability_actions(OF15, ALL), 0x3fff9801);
}

/* Numbers and actions are told from each other both ways. */
static void numbers_and_actions(void **state)
{
    (void)state;
    for (int version = OF10; version <= OF15; version++)
        for (int type = 0; type < ACTION_TYPE_COUNT; type++) {
            enum of_version v = (enum of_version)version;
            int number = of_capability_action(v, (enum action_type)type);
            enum action_type found;

            if (number < 0)
                continue;
            assert_true(of_capability_find_action(v, (uint16_t)number, &found));
            assert_int_equal(found, type);
            assert_int_equal(of_capability_read_actions(v, 1u << number),
                             UINT64_C(1) << type);
        }
    assert_int_equal(of_capability_action(OF13, ACTION_RESUBMIT), -1);
    assert_int_equal(of_capability_read_actions(OF10, 1 << 5),
                     UINT64_C(1) << ACTION_SET_FIELD);
}

/* OpenFlow 1.2 has 36 fields, 1.3 has 40, 1.4 one more behind a gap. */
static void all_fields_of_a_version(void **state)
{
    const uint64_t one = 1;

    (void)state;
    assert_int_equal(of_capability_fields(OF12, ALL), (one << 36) - 1);
    assert_int_equal(of_capability_fields(OF13, ALL), (one << 40) - 1);
    assert_int_equal(of_capability_fields(OF14, ALL),
                     ((one << 40) - 1) | one << 41);
    assert_int_equal(of_capability_fields(OF15, ALL),
                     ((one << 45) - 1) & ~(one << 40));
}

static void fields_of_extensions(void **state)
{
    (void)state;
    assert_true(of_capability_has_field(OF13, field_by_id(FIELD_REG0)));
    assert_true(of_capability_has_field(OF13, field_by_id(FIELD_TCP_FLAGS)));
    assert_true(
        of_capability_has_field(OF13, field_by_id(FIELD_ACTSET_OUTPUT)));
    assert_false(of_capability_has_field(OF13, field_by_id(FIELD_PBB_UCA)));
    assert_true(of_capability_has_field(OF14, field_by_id(FIELD_PBB_UCA)));
    assert_false(of_capability_has_field(OF14, field_by_id(FIELD_PACKET_TYPE)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_actions_of_a_version),
        cmocka_unit_test(numbers_and_actions),
        cmocka_unit_test(all_fields_of_a_version),
        cmocka_unit_test(fields_of_extensions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
