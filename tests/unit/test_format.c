/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers as people read them; nothing that a terminal would obey. */
#include "client/format.h"

#include <stdlib.h>

#include "base/array.h"
#include "tests/unit/test.h"

static void scales_counts(void **state)
{
    static const struct {
        double count;
        const char *text;
    } cases[] = {
        /* clang-format off */
        {0,         "0"    },
        {99999,     "99999"},
        {100000,    "100k" },
        {999499,    "999k" },
        {999500,    "1.00M"},
        {1234567,   "1.23M"},
        {9995000,   "10.0M"},
        {12345678,  "12.3M"},
        {99950000,  "100M" },
        {123456789, "123M" },
        {9.9e20,    "990E" },
        {9.9e21,    "9900E"},
        /* clang-format on */
    };
    char text[FORMAT_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(format_scaled(text, cases[i].count), cases[i].text);
}

static void names_speeds(void **state)
{
    char text[FORMAT_SIZE];

    (void)state;
    assert_string_equal(format_speed(text, 0), "-");
    assert_string_equal(format_speed(text, 10), "10M");
    assert_string_equal(format_speed(text, 1000), "1G");
    assert_string_equal(format_speed(text, 2500), "2.5G");
    assert_string_equal(format_speed(text, 400000), "400G");
}

static void tells_durations(void **state)
{
    char text[FORMAT_SIZE];

    (void)state;
    assert_string_equal(format_duration(text, 0), "0s");
    assert_string_equal(format_duration(text, 59.9), "59s");
    assert_string_equal(format_duration(text, 3600), "1h");
    assert_string_equal(format_duration(text, 3723), "1h 2m 3s");
    assert_string_equal(format_duration(text, 86401), "1d 1s");
    assert_string_equal(format_duration(text, -1), "-");
    assert_string_equal(format_duration(text, 1e300), "-");
}

static void disarms_control_characters(void **state)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    format_write(out, "a\033[2J\tb\r\n\x7f\xc2\x9b"
                      "c \xc3\xbc \xc2\xa7 \xff\xc2");
    fclose(out);
    assert_string_equal(text, "a?[2J?b?\n??c \xc3\xbc \xc2\xa7 \xff\xc2");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scales_counts),
        cmocka_unit_test(names_speeds),
        cmocka_unit_test(tells_durations),
        cmocka_unit_test(disarms_control_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
