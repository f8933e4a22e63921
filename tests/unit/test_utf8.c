/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes out is UTF-8, whatever came in. */
#include "base/utf8.h"

#include <stdlib.h>

#include "base/array.h"
#include "tests/unit/test.h"

static void what_is_none_is_replaced(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"em1", "em1"},
        {"b\xc3\xbc"
         "cke",
         "b\xc3\xbc"
         "cke"},
        /* clang-format off */
        {"em\xe9",            "em\xef\xbf\xbd"          },
        {"\xc3",              "\xef\xbf\xbd"            },
        {"\xc0\x80",          "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf0\x9f\x8c\x89!", "\xf0\x9f\x8c\x89!"       },
        /* clang-format on */
        {"\xff"
         "a\xff",
         "\xef\xbf\xbd"
         "a\xef\xbf\xbd"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char *text;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        utf8_write(out, rows[i].text);
        fclose(out);
        assert_string_equal(text, rows[i].want);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_none_is_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
