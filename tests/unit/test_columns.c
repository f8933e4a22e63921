/* SPDX-License-Identifier: BSD-2-Clause */
/* Columns line up, whatever the cells; no line ends with spaces. */
#include "client/columns.h"

#include <stdlib.h>

#include "tests/unit/test.h"

static const struct column titles[] = {
    /* clang-format off */
    {"N",    true },
    {"NAME", false},
    {"SIZE", true },
    {"TEXT", false},
    /* clang-format on */
};

static void assert_printed(struct columns *c, const char *expected)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    columns_print(c, out);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
    columns_free(c);
}

static void lines_cells_up(void **state)
{
    struct columns *c = columns_create(titles, 4);

    (void)state;
    for (int i = 9; i < 11; i++) {
        columns_add(c, "%d", i);
        columns_add(c, "%s", i == 9 ? "a" : "longer");
        columns_add(c, "%d", i * 1000);
        columns_add(c, "%s", i == 9 ? "this is long" : "b");
    }
    assert_printed(c, " N  NAME     SIZE  TEXT\n"
                      " 9  a        9000  this is long\n"
                      "10  longer  10000  b\n");
}

static void prints_titles_alone(void **state)
{
    (void)state;
    assert_printed(columns_create(titles, 4), "N  NAME  SIZE  TEXT\n");
}

static void leaves_out_half_a_row(void **state)
{
    struct columns *c = columns_create(titles, 4);

    (void)state;
    columns_add(c, "1");
    columns_add(c, "x");
    assert_printed(c, "N  NAME  SIZE  TEXT\n");
}

static void takes_thousands_of_rows(void **state)
{
    static const struct column one[] = {{"N", true}};
    struct columns *c = columns_create(one, 1);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    for (int i = 0; i < 10000; i++)
        columns_add(c, "%04d", i);
    columns_print(c, out);
    fclose(out);
    assert_int_equal(size, 5 * 10001);
    free(text);
    columns_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_cells_up),
        cmocka_unit_test(prints_titles_alone),
        cmocka_unit_test(leaves_out_half_a_row),
        cmocka_unit_test(takes_thousands_of_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
