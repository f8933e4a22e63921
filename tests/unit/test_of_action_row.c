/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each action of the registry can be said, in a text and in some version on the
 * wire, and is the same when it is read back.
 */
#include "openflow/of_action_row.h"

#include <stdlib.h>
#include <string.h>

#include "openflow/of_action.h"
#include "tests/unit/test.h"
#include "text/text_action.h"

/* Of the actions whose notation is their own. */
static const char *const texts[ACTION_TYPE_COUNT] = {
    [ACTION_OUTPUT] = "output:2",
    [ACTION_ENQUEUE] = "enqueue:1:2",
    [ACTION_SET_FIELD] = "set_field:0x5->reg3",
    [ACTION_RESUBMIT] = "resubmit(,3)",
    [ACTION_MOVE] = "move:NXM_NX_REG0[]->NXM_NX_REG1[]",
    [ACTION_NOTE] = "note:01.02.03.04.05.06",
    [ACTION_LEARN] = "learn(table=1,NXM_OF_IN_PORT[])",
    [ACTION_OUTPUT_REG] = "output:NXM_NX_REG0[0..15]",
};

/* The least argument that a type takes. */
static uint32_t least_argument(enum action_type type)
{
    uint64_t argument = type == ACTION_METER ? 1 : 0;

    while (!action_takes(type, argument))
        argument++;
    return (uint32_t)argument;
}

static void read_text(const char *text, struct action_list *l)
{
    static const struct flow_match all;
    struct text_error error;
    const struct text_parse parse = {NULL, &error};

    if (!text_action_read(&parse, &all, text_span_of(text), l))
        fail_msg("%s: %s", text, error.line);
    assert_false(l->is_bad);
}

/* The action, as short as the type can have it. */
static struct action_list list_of(enum action_type type)
{
    struct action_list l = {0};

    if (action_row(type)->notation != NOTATION_OWN) {
        action_list_add(&l, (struct flow_action){.type = type,
                                                 .port = least_argument(type)});
    } else {
        assert_non_null(texts[type]);
        read_text(texts[type], &l);
    }
    assert_int_equal(l.cells[0].type, type);
    return l;
}

static void assert_is_equal(const struct action_list *a,
                            const struct action_list *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->cells, b->cells, a->count * sizeof(*a->cells));
}

/* 1.0 has a word of its own for taking a tag off. */
static void every_action_reads_back_as_a_text(void **state)
{
    (void)state;
    for (enum action_type type = 0; type < ACTION_TYPE_COUNT; type++) {
        const struct text_style style = {.is_openflow10 =
                                             type == ACTION_STRIP_VLAN};
        struct action_list l = list_of(type), read = {0};
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        text_action_write(out, &style, l.cells, l.count);
        fclose(out);
        read_text(text, &read);
        assert_is_equal(&read, &l);
        free(text);
        action_list_clear(&read);
        action_list_clear(&l);
    }
}

/* True if a version says all of the list, which then reads back the same. */
static bool goes_over(enum of_version version, const struct action_list *l)
{
    struct of_buffer b = {.data = NULL};
    struct action_list read = {0};
    bool is_same = false;
    struct reader r;

    of_actions_write(version, &b, NULL, l->cells, l->count);
    assert_false(b.is_bad);
    r = reader_over(b.data, b.size);
    if (!b.unsaid) {
        assert_int_equal(of_actions_read(version, &r, NULL, &read), FLOW_OK);
        is_same = read.count == l->count &&
                  !memcmp(read.cells, l->cells, l->count * sizeof(*l->cells));
    }
    action_list_clear(&read);
    of_buffer_clear(&b);
    return is_same;
}

static void every_action_is_on_the_wire_of_a_version(void **state)
{
    (void)state;
    for (enum action_type type = 0; type < ACTION_TYPE_COUNT; type++) {
        struct action_list l = list_of(type);

        if (!goes_over(OF15, &l) && !goes_over(OF10, &l))
            fail_msg("%s", action_row(type)->word);
        action_list_clear(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_reads_back_as_a_text),
        cmocka_unit_test(every_action_is_on_the_wire_of_a_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
