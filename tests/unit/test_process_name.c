/* SPDX-License-Identifier: BSD-2-Clause */
/* A process is known by the name of its command, and by nothing like it. */
#include "base/process_name.h"

#include <sys/prctl.h>

#include "tests/unit/test.h"

static void only_the_whole_name_is_its_name(void **state)
{
    (void)state;
    assert_int_equal(prctl(PR_SET_NAME, "ovs-vswitchd"), 0);
    assert_true(process_name_is("self", "ovs-vswitchd"));
    assert_false(process_name_is("self", "ovs-vswitch"));
    assert_false(process_name_is("self", "ovs-vswitchd2"));
    assert_false(process_name_is("self", ""));
}

static void one_that_is_not_there_has_no_name(void **state)
{
    (void)state;
    assert_false(process_name_is("0", ""));
    assert_false(process_name_is("no number", "ovs-vswitchd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_whole_name_is_its_name),
        cmocka_unit_test(one_that_is_not_there_has_no_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
