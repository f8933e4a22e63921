/*
 * What only a look at the machine can find: ports that the host lives on, names
 * that are taken, users that are not there.  The machine is a fake.
 */
#include "bridge/config_check.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bridge/account.h"
#include "port/link.h"
#include "tests/unit/config_text.h"

static const struct host_use {
    const char *name;
    int result;
    bool has_address, has_route;
} uses[] = {
    {"addr",  0,      true,  false},
    {"route", 0,      false, true },
    {"both",  0,      true,  true },
    {"free",  0,      false, false},
    {"odd",   -EPERM, false, false},
};

static const struct link links[] = {
    {.name = "taken"},
    { .name = "mytap", .is_tap = true},
};

int link_get_host_use(const char *name, bool *has_address,
                      bool *has_default_route)
{
    for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
        if (strcmp(uses[i].name, name))
            continue;
        *has_address = uses[i].has_address;
        *has_default_route = uses[i].has_route;
        return uses[i].result;
    }
    return -ENODEV;
}

int link_monitor_open(struct link_monitor **m, link_changed_fn *changed,
                      void *context)
{
    (void)changed;
    (void)context;
    *m = NULL;
    return 0;
}

const struct link *link_monitor_find(const struct link_monitor *m,
                                     const char *name)
{
    (void)m;
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        if (!strcmp(links[i].name, name))
            return &links[i];
    return NULL;
}

void link_monitor_close(struct link_monitor *m)
{
    (void)m;
}

static void check_host_faults(const char *text, const char *want)
{
    struct config *c = read_good_text(text);
    struct config_faults faults = {0};
    size_t count = config_check_host(c, &faults);

    assert_int_equal(count, faults.count);
    check_faults_in(&faults, want);
    config_free(c);
}

static void a_port_that_the_host_lives_on_is_a_fault(void **state)
{
    (void)state;
    check_host_faults(
        "[port free]\n[port addr]\n[port route]\n[port both]\ntype = tap\n"
        "[port away]\n",
        ":2: [port addr]: carries the host's IP address, which would be cut "
        "off; move it to LOCAL ([local] address, or dhclient of-switch), or "
        "write host-stack = see\n"
        ":3: [port route]: carries the host's default route, which would be "
        "cut off; move it to LOCAL ([local] address, or dhclient of-switch), "
        "or write host-stack = see\n"
        ":4: [port both]: carries the host's IP address and default route, "
        "which would be cut off; move it to LOCAL ([local] address, or "
        "dhclient of-switch), or write host-stack = see\n");
}

static void who_says_see_may(void **state)
{
    (void)state;
    check_host_faults("[port both]\nhost-stack = see\n"
                      "[port addr]\ntype = internal\n",
                      "");
}

static void a_look_that_fails_is_a_fault(void **state)
{
    (void)state;
    check_host_faults("[port odd]\n",
                      ":1: [port odd]: its addresses cannot be read: Operation "
                      "not permitted; mend that, or write host-stack = see to "
                      "go without\n");
}

static void a_name_of_ours_that_is_taken_is_a_fault(void **state)
{
    (void)state;
    check_host_faults("[bridge]\nname = taken\n",
                      ":2: [bridge] name: an interface taken is there already "
                      "and is no TAP; write another name\n");
    check_host_faults("[bridge]\nname = taken\n[local]\nenable = no\n", "");
    check_host_faults("[bridge]\nname = mytap\n[port taken]\n", "");
    check_host_faults("[bridge]\n[port taken]\nofport = 1\ntype = internal\n",
                      ":2: [port taken]: an interface taken is there already "
                      "and is no TAP; write another name\n");
}

static void users_must_be_there(void **state)
{
    (void)state;
    check_host_faults(
        "[daemon]\nuser = no-such-user\n[port t]\ntype = tap\n"
        "owner = no-such-owner\ngroup = no-such-group\n",
        ":5: [port t] owner: there is no user \"no-such-owner\"; make it with "
        "\"useradd --system no-such-owner\", or name another\n"
        ":6: [port t] group: there is no group \"no-such-group\"; make it "
        "with \"groupadd --system no-such-group\", or name another\n"
        ":2: [daemon] user: there is no user \"no-such-user\"; make it with "
        "\"useradd --system no-such-user\", or name another\n");
    check_host_faults("[daemon]\nuser = root\n[port t]\ntype = tap\n"
                      "owner = 4242\ngroup = 4242\n",
                      "");
}

static void accounts_are_names_or_numbers(void **state)
{
    struct account user;
    gid_t gid;

    (void)state;
    assert_int_equal(account_find_user("root", &user), 0);
    assert_int_equal(user.uid, 0);
    assert_string_equal(user.name, "root");
    assert_int_equal(account_find_user("0", &user), 0);
    assert_string_equal(user.name, "root");
    assert_int_equal(account_find_user("424242", &user), 0);
    assert_int_equal(user.uid, 424242);
    assert_string_equal(user.name, "");
    assert_int_equal(account_find_user("", &user), -ENOENT);
    assert_int_equal(account_find_user("4294967295", &user), -ENOENT);
    assert_int_equal(account_find_group("root", &gid), 0);
    assert_int_equal(gid, 0);
    assert_int_equal(account_find_group("424242", &gid), 0);
    assert_int_equal(gid, 424242);
    assert_int_equal(account_find_group("no-such-group", &gid), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_that_the_host_lives_on_is_a_fault),
        cmocka_unit_test(who_says_see_may),
        cmocka_unit_test(a_look_that_fails_is_a_fault),
        cmocka_unit_test(a_name_of_ours_that_is_taken_is_a_fault),
        cmocka_unit_test(users_must_be_there),
        cmocka_unit_test(accounts_are_names_or_numbers),
    };

    return cmocka_run_group_tests(tests, config_text_begin, config_text_end);
}
