/* SPDX-License-Identifier: BSD-2-Clause */
/* Users and groups are found by their names and their numbers. */
#include "base/user_lookup.h"

#include <errno.h>

#include "tests/unit/test.h"

static void users_are_names_or_numbers(void **state)
{
    struct user_lookup user;
    gid_t gid;

    (void)state;
    assert_int_equal(user_lookup_user("root", &user), 0);
    assert_int_equal(user.uid, 0);
    assert_string_equal(user.name, "root");
    assert_int_equal(user_lookup_user("0", &user), 0);
    assert_string_equal(user.name, "root");
    assert_int_equal(user_lookup_user("424242", &user), 0);
    assert_int_equal(user.uid, 424242);
    assert_string_equal(user.name, "");
    assert_int_equal(user_lookup_user("", &user), -ENOENT);
    assert_int_equal(user_lookup_user("4294967295", &user), -ENOENT);
    assert_int_equal(user_lookup_group("root", &gid), 0);
    assert_int_equal(gid, 0);
    assert_int_equal(user_lookup_group("424242", &gid), 0);
    assert_int_equal(gid, 424242);
    assert_int_equal(user_lookup_group("no-such-group", &gid), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_are_names_or_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
