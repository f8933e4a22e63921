/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The action set in the order of OpenFlow 1.3.5 5.10, whatever order it was
 * written in; a later action takes the place of an earlier one of its kind, but
 * those that set or copy fields are all done, in the order of writing.
 */
#include <string.h>

#include "datapath/action_set.h"
#include "tests/unit/test.h"

enum { DONE_MAX = 32 };

struct done {
    size_t count;
    const struct flow_action *actions[DONE_MAX];
};

static void note(void *context, const struct flow_action *a)
{
    struct done *d = context;

    assert_true(d->count < DONE_MAX);
    d->actions[d->count++] = a;
}

static struct done carry_out(const struct action_set *s)
{
    struct done d = {0};

    action_set_each(s, note, &d);
    return d;
}

/* Writes actions of these types, with an operand where they have one. */
static size_t write_types(struct action_set *s, struct flow_action *cells,
                          const uint8_t *types, size_t count)
{
    size_t cell = 0;

    for (size_t i = 0; i < count; i++) {
        struct flow_action *a = &cells[cell];

        *a = (struct flow_action){.type = types[i]};
        a->extra = types[i] == ACTION_SET_FIELD ? 2 : types[i] == ACTION_MOVE;
        memset(a + 1, 0, a->extra * sizeof(*a));
        cell += 1u + a->extra;
    }
    action_set_clear(s);
    action_set_write(s, cells, cell);
    return cell;
}

static void assert_is_done(const struct action_set *s, const uint8_t *expected,
                           size_t count)
{
    struct done d = carry_out(s);

    assert_int_equal(d.count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(d.actions[i]->type, expected[i]);
}

static void the_order_is_the_specification_s(void **state)
{
    static const uint8_t expected[] = {
        ACTION_COPY_TTL_IN,  ACTION_POP_VLAN,     ACTION_POP_MPLS,
        ACTION_POP_PBB,      ACTION_PUSH_MPLS,    ACTION_PUSH_PBB,
        ACTION_PUSH_VLAN,    ACTION_COPY_TTL_OUT, ACTION_DEC_IP_TTL,
        ACTION_DEC_MPLS_TTL, ACTION_SET_FIELD,    ACTION_METER,
        ACTION_OUTPUT};
    enum { COUNT = sizeof(expected) };
    struct flow_action cells[COUNT + 2];
    uint8_t backwards[COUNT];
    struct action_set s;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        backwards[i] = expected[COUNT - 1 - i];
    write_types(&s, cells, backwards, COUNT);
    assert_is_done(&s, expected, COUNT);
}

static void what_sets_or_copies_is_done_as_it_was_written(void **state)
{
    static const uint8_t written[] = {ACTION_OUTPUT,    ACTION_SET_IP_TTL,
                                      ACTION_MOVE,      ACTION_SET_FIELD,
                                      ACTION_SET_QUEUE, ACTION_SET_VLAN_PCP,
                                      ACTION_SET_FIELD, ACTION_SET_VLAN_VID,
                                      ACTION_MOVE,      ACTION_SET_MPLS_TTL};
    static const uint8_t expected[] = {ACTION_SET_IP_TTL,   ACTION_MOVE,
                                       ACTION_SET_FIELD,    ACTION_SET_QUEUE,
                                       ACTION_SET_VLAN_PCP, ACTION_SET_FIELD,
                                       ACTION_SET_VLAN_VID, ACTION_MOVE,
                                       ACTION_SET_MPLS_TTL, ACTION_OUTPUT};
    struct flow_action cells[sizeof(written) + 6];
    struct action_set s;

    (void)state;
    write_types(&s, cells, written, sizeof(written));
    assert_is_done(&s, expected, sizeof(expected));
}

static void there_is_one_output(void **state)
{
    static const uint8_t outputs[] = {ACTION_RESUBMIT, ACTION_OUTPUT,
                                      ACTION_GROUP};
    struct flow_action cells[3];
    struct action_set s;

    (void)state;
    for (size_t count = 1; count <= 3; count++) {
        write_types(&s, cells, outputs, count);
        assert_is_done(&s, &outputs[count - 1], 1);
    }
}

static void without_an_output_nothing_is_done(void **state)
{
    static const uint8_t types[] = {ACTION_DEC_IP_TTL, ACTION_SET_FIELD,
                                    ACTION_METER};
    struct flow_action cells[sizeof(types) + 2];
    struct action_set s;

    (void)state;
    write_types(&s, cells, types, sizeof(types));
    assert_true(s.has_any);
    assert_is_done(&s, NULL, 0);
}

static void one_of_each_other_kind_is_kept(void **state)
{
    static const uint8_t types[] = {ACTION_PUSH_VLAN, ACTION_OUTPUT,
                                    ACTION_PUSH_VLAN, ACTION_OUTPUT};
    struct flow_action cells[4];
    struct action_set s;
    struct done d;

    (void)state;
    write_types(&s, cells, types, 2);
    write_types(&s, cells, types, 4);
    d = carry_out(&s);
    assert_int_equal(d.count, 2);
    assert_ptr_equal(d.actions[0], &cells[2]);
    assert_ptr_equal(d.actions[1], &cells[3]);
}

static void more_than_there_is_room_for_is_noticed(void **state)
{
    struct flow_action cell = {.type = ACTION_SET_QUEUE};
    struct action_set s;

    (void)state;
    action_set_clear(&s);
    for (int i = 0; i < ACTION_SET_EDITS; i++)
        action_set_write(&s, &cell, 1);
    assert_false(s.is_too_long);
    action_set_write(&s, &cell, 1);
    assert_true(s.is_too_long);
}

static void an_empty_set_does_nothing(void **state)
{
    struct action_set s;

    (void)state;
    action_set_clear(&s);
    action_set_write(&s, NULL, 0);
    assert_false(s.has_any);
    assert_int_equal(carry_out(&s).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_is_the_specification_s),
        cmocka_unit_test(what_sets_or_copies_is_done_as_it_was_written),
        cmocka_unit_test(there_is_one_output),
        cmocka_unit_test(without_an_output_nothing_is_done),
        cmocka_unit_test(one_of_each_other_kind_is_kept),
        cmocka_unit_test(more_than_there_is_room_for_is_noticed),
        cmocka_unit_test(an_empty_set_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
