/*
 * The action set in the order of OpenFlow 1.3.5 5.10, whatever order it was
 * written in; a later action takes the place of an earlier one of its kind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "datapath/action_set.h"

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

static void the_order_is_the_specification_s(void **state)
{
    static const uint8_t expected[] = {
        ACTION_COPY_TTL_IN,  ACTION_POP_VLAN,     ACTION_POP_MPLS,
        ACTION_POP_PBB,      ACTION_PUSH_MPLS,    ACTION_PUSH_PBB,
        ACTION_PUSH_VLAN,    ACTION_COPY_TTL_OUT, ACTION_DEC_IP_TTL,
        ACTION_DEC_MPLS_TTL, ACTION_SET_VLAN_VID, ACTION_SET_IP_TTL,
        ACTION_SET_FIELD,    ACTION_METER,        ACTION_SET_QUEUE,
        ACTION_OUTPUT};
    enum { COUNT = sizeof(expected) };
    static const struct action_set empty;
    struct flow_action cells[COUNT + 2];
    struct action_set s = empty;
    struct done d;
    size_t cell = 0;

    (void)state;
    memset(cells, 0, sizeof(cells));
    for (size_t i = COUNT; i-- > 0; cell++) { /* written the other way round */
        cells[cell].type = expected[i];
        if (expected[i] == ACTION_SET_FIELD) {
            cells[cell].field = FIELD_ETH_DST;
            cells[cell].extra = 2;
            cell += 2;
        }
    }
    action_set_write(&s, cells, cell);
    d = carry_out(&s);
    assert_int_equal(d.count, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(d.actions[i]->type, expected[i]);
}

static void a_group_takes_the_place_of_an_output(void **state)
{
    struct flow_action cells[2] = {{.type = ACTION_GROUP}};
    struct action_set s;
    struct done d;

    (void)state;
    cells[1].type = ACTION_OUTPUT;
    memset(&s, 0, sizeof(s));
    action_set_write(&s, cells, 2);
    d = carry_out(&s);
    assert_int_equal(d.count, 1);
    assert_ptr_equal(d.actions[0], &cells[0]);
}

static void one_of_each_kind_and_field_is_kept(void **state)
{
    /* clang-format 14 dies of this list. */
    /* clang-format off */
    static const struct flow_action cells[] = {
        {.type = ACTION_OUTPUT,    .port = 2             },
        {.type = ACTION_SET_FIELD, .extra = 2,             .field = FIELD_ETH_SRC},
        {.type = 0                       },
        {.type = 0               },
        {.type = ACTION_SET_FIELD,              .extra = 2,                                      .field = FIELD_ETH_DST},
        {.type = 0               },
        {.type = 0                       },
        {.type = ACTION_SET_FIELD,  .extra = 2,                       .field = FIELD_ETH_SRC},
        {.type = 0                       },
        {.type = 0   },
        {.type = ACTION_OUTPUT,                    .port = 3},
    };
    /* clang-format on */
    struct action_set s;
    struct done d;

    (void)state;
    memset(&s, 0, sizeof(s));
    assert_false(s.has_any);
    action_set_write(&s, cells, 7);
    action_set_write(&s, cells + 7, 4); /* of a later table */
    assert_true(s.has_any);
    d = carry_out(&s);
    assert_int_equal(d.count, 3);
    assert_ptr_equal(d.actions[0], &cells[4]);
    assert_ptr_equal(d.actions[1], &cells[7]);
    assert_ptr_equal(d.actions[2], &cells[10]);
}

static void an_empty_set_does_nothing(void **state)
{
    struct action_set s;

    (void)state;
    memset(&s, 0, sizeof(s));
    action_set_write(&s, NULL, 0);
    assert_false(s.has_any);
    assert_int_equal(carry_out(&s).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_is_the_specification_s),
        cmocka_unit_test(a_group_takes_the_place_of_an_output),
        cmocka_unit_test(one_of_each_kind_and_field_is_kept),
        cmocka_unit_test(an_empty_set_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
