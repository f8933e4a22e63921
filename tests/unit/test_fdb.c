/* SPDX-License-Identifier: BSD-2-Clause */
/* The learned addresses in columns. */
#include "client/fdb.h"

#include "tests/unit/printed.h"
#include "tests/unit/test.h"

static void prints_the_addresses(void **state)
{
    static const char json[] = "{\"entries\":[{\"port\":\"em1\",\"vlan\":10,"
                               "\"mac\":\"00:21:9b:8e:36:62\",\"age_s\":4},\n"
                               "{\"port\":\"of-switch\",\"vlan\":0,\"mac\":"
                               "\"02:11:22:33:44:55\",\"age_s\":123}],\n"
                               "\"capacity\":8192}";
    static const char expected[] = "PORT       VLAN  MAC                 AGE\n"
                                   "em1          10  00:21:9b:8e:36:62    4s\n"
                                   "of-switch     0  02:11:22:33:44:55  123s\n"
                                   "\n"
                                   "2 of 8192 entries are in use\n";
    char *text = printed(fdb_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void prints_that_there_are_none(void **state)
{
    static const char json[] = "{\"entries\":[],\"capacity\":16}";
    static const char expected[] = "PORT  VLAN  MAC  AGE\n"
                                   "\n"
                                   "0 of 16 entries are in use\n";
    char *text = printed(fdb_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_the_addresses),
        cmocka_unit_test(prints_that_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
