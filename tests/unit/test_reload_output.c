/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reload has changed, and what it could not. */
#include "client/reload_output.h"

#include "tests/unit/printed.h"
#include "tests/unit/test.h"

static void lists_the_changes(void **state)
{
    static const char json[] =
        "{\"changes\":[\"[port em1] vlan: all -> access 10\",\"[bridge] "
        "mac-aging: 300 -> 60\"],\"restart_needed\":[\"[datapath] workers: 1 "
        "-> 2 (needs a restart)\"]}";
    static const char expected[] =
        "changed:\n"
        "  [port em1] vlan: all -> access 10\n"
        "  [bridge] mac-aging: 300 -> 60\n"
        "not changed yet:\n"
        "  [datapath] workers: 1 -> 2 (needs a restart)\n";
    char *text = printed(reload_output_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void says_when_nothing_has_changed(void **state)
{
    static const char json[] = "{\"changes\":[],\"restart_needed\":[]}";
    static const char expected[] = "nothing has changed\n";
    char *text = printed(reload_output_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_changes),
        cmocka_unit_test(says_when_nothing_has_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
