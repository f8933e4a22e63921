/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of actions keep their order and operands, join into one block that the
 * instructions own, and compare by what they do.
 */
#include "flow/action.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"

static struct flow_action output(uint32_t port)
{
    return (struct flow_action){.type = ACTION_OUTPUT, .port = port};
}

static void set_field_takes_three_cells(void **state)
{
    const struct field *label = field_by_id(FIELD_IPV6_FLABEL);
    struct action_list l = {0};

    (void)state;
    action_list_set_field(&l, label, (const uint8_t *)"\x00\x01\x02\x03", NULL);
    action_list_add(&l, output(7));
    action_list_set_field(&l, field_by_id(FIELD_IPV4_DST),
                          (const uint8_t *)"\x0a\x00\x00\x00",
                          (const uint8_t *)"\xff\x00\x00\x00");
    assert_false(l.is_bad);
    assert_int_equal(l.count, 7);
    assert_memory_equal(action_value(l.cells), "\x00\x01\x02\x03\0\0\0\0", 8);
    assert_memory_equal(action_mask(l.cells), "\x00\x0f\xff\xff\0\0\0\0", 8);
    assert_int_equal(action_next(l.cells)->port, 7);
    assert_int_equal(l.cells[4].field, FIELD_IPV4_DST);
    assert_memory_equal(action_mask(l.cells + 4), "\xff\0\0\0\0\0\0\0", 8);
    assert_ptr_equal(action_next(l.cells + 4), l.cells + l.count);
    action_list_clear(&l);
    assert_null(l.cells);
}

static void full_masks_are_of_the_field(void **state)
{
    static const struct {
        enum field_id id;
        const char *mask;
    } rows[] = {
        /* clang-format off */
        {FIELD_VLAN_VID,   "\x1f\xff"        },
        {FIELD_MPLS_BOS,   "\x01"            },
        {FIELD_MPLS_LABEL, "\x00\x0f\xff\xff"},
        {FIELD_PBB_ISID,   "\xff\xff\xff"    },
        {FIELD_IP_TTL,     "\xff"            },
        /* clang-format on */
    };
    static const uint8_t zero[16];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct field *f = field_by_id(rows[i].id);
        struct action_list l = {0};

        action_list_set_field(&l, f, zero, NULL);
        assert_memory_equal(action_mask(l.cells), rows[i].mask, f->size);
        action_list_clear(&l);
    }
}

static void joins_and_compares(void **state)
{
    struct action_list apply = {0}, write = {0}, bad = {.is_bad = true};
    struct flow_instructions a = {.has_apply = true, .has_write = true}, b = a;

    (void)state;
    action_list_add(&apply, output(1));
    action_list_add(&apply, output(2));
    action_list_add(&write, output(3));
    assert_int_equal(flow_instructions_join(&a, &apply, &write), FLOW_OK);
    assert_int_equal(flow_instructions_join(&b, &apply, &write), FLOW_OK);
    assert_int_equal(instructions_apply(&a)[1].port, 2);
    assert_int_equal(instructions_write(&a)[0].port, 3);
    assert_true(flow_instructions_is_equal(&a, &b));

    b.goto_table = 9; /* says nothing without has_goto */
    assert_true(flow_instructions_is_equal(&a, &b));
    b.has_goto = true;
    assert_false(flow_instructions_is_equal(&a, &b));
    b.has_goto = false;
    b.cells[2].port = 4;
    assert_false(flow_instructions_is_equal(&a, &b));

    assert_int_equal(
        flow_instructions_join(&b, &write, &(struct action_list){0}), FLOW_OK);
    assert_false(flow_instructions_is_equal(&a, &b));
    assert_int_equal(flow_instructions_join(&b, &bad, &write),
                     FLOW_OUT_OF_MEMORY);

    action_list_clear(&apply);
    action_list_clear(&write);
    flow_instructions_clear(&a);
    flow_instructions_clear(&b);
    assert_int_equal(a.apply_count + a.write_count, 0);
}

/* A value whose bytes read like an action is not one. */
static void a_search_steps_over_operands(void **state)
{
    const union action_operand looks_like_a_group = {
        .cell = {.type = ACTION_GROUP, .group = 7}};
    struct action_list l = {0};
    const struct flow_action *end, *a;

    (void)state;
    action_list_add(&l, output(7));
    action_list_set_field(&l, field_by_id(FIELD_IPV6_DST),
                          looks_like_a_group.bytes, looks_like_a_group.bytes);
    action_list_add(&l, (struct flow_action){.type = ACTION_GROUP, .group = 8});
    action_list_add(&l, (struct flow_action){.type = ACTION_GROUP, .group = 9});
    assert_false(l.is_bad);
    end = action_end(l.cells, l.count);
    a = action_find(l.cells, end, ACTION_GROUP);
    assert_non_null(a);
    assert_int_equal(a->group, 8);
    a = action_find(action_next(a), end, ACTION_GROUP);
    assert_non_null(a);
    assert_int_equal(a->group, 9);
    assert_null(action_find(action_next(a), end, ACTION_GROUP));
    assert_ptr_equal(action_find_number(l.cells, end, ACTION_GROUP, 9), a);
    assert_null(action_find_number(l.cells, end, ACTION_GROUP, 7));
    assert_null(action_find(NULL, NULL, ACTION_OUTPUT));
    action_list_clear(&l);
}

static void more_than_a_flow_can_hold_is_refused(void **state)
{
    struct action_list many = {0}, none = {0};
    struct flow_instructions i = {0};

    (void)state;
    for (int n = 0; n <= UINT16_MAX; n++)
        action_list_add(&many, output(1));
    assert_int_equal(flow_instructions_join(&i, &many, &none),
                     FLOW_TOO_MANY_ACTIONS);
    action_list_clear(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_field_takes_three_cells),
        cmocka_unit_test(full_masks_are_of_the_field),
        cmocka_unit_test(joins_and_compares),
        cmocka_unit_test(a_search_steps_over_operands),
        cmocka_unit_test(more_than_a_flow_can_hold_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
