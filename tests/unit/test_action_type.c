/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of the registry of actions agree with each other.
 */
#include "flow/action_type.h"

#include "tests/unit/test.h"

static void words_are_of_one_type(void **state)
{
    (void)state;
    for (unsigned int a = 0; a < ACTION_TYPE_COUNT; a++)
        for (unsigned int b = 0; b < a; b++)
            assert_string_not_equal(action_row(a)->word, action_row(b)->word);
}

/* In an action set a place is of one type, or a later one would replace it. */
static void places_in_a_set_are_of_one_type(void **state)
{
    const struct action_row *of_order[ORDER_COUNT] = {NULL};

    (void)state;
    for (unsigned int type = 0; type < ACTION_TYPE_COUNT; type++) {
        const struct action_row *row = action_row(type);

        if (row->order == ORDER_NONE || row->order == ORDER_AS_WRITTEN)
            continue;
        assert_null(of_order[row->order]);
        of_order[row->order] = row;
    }
}

static void arguments_are_bounded(void **state)
{
    (void)state;
    assert_true(action_takes(ACTION_SET_VLAN_PCP, 7));
    assert_false(action_takes(ACTION_SET_VLAN_PCP, 8));
    assert_true(action_takes(ACTION_PUSH_VLAN, 0x88a8));
    assert_false(action_takes(ACTION_PUSH_VLAN, 0x8847));
    assert_false(action_takes(ACTION_PUSH_PBB, 0x188e7));
    assert_false(action_takes(ACTION_EXIT, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_of_one_type),
        cmocka_unit_test(places_in_a_set_are_of_one_type),
        cmocka_unit_test(arguments_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
