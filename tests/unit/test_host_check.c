/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only a look at the machine can find: ports that the host lives on, names
 * that are taken, users that are not there.  The machine is a fake.
 */
#include "bridge/host_check.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <stdlib.h>

#include "base/array.h"
#include "port/host_view.h"
#include "tests/unit/config_text.h"
#include "tests/unit/test.h"

/* Rows that differ in length make clang-format 14 crash. */
/* clang-format off */
static const struct host_link links[] = {
    {.link = {.name = "taken", .altnames = "other"}},
    {.link = {.name = "mytap", .is_tap = true}},
    {.link = {.name = "free"}},
    {.link = {.name = "addr"}, .address = "192.0.2.1/24"},
    {.link = {.name = "route"}, .route = HOST_ROUTE_DEFAULT},
    {.link = {.name = "limited", .kind = "macvlan"}},
    {.link = {.name = "tun0", .type = ARPHRD_NONE}},
    {.link = {.name = "held"}, .holder = HOST_HOLDER_OPEN_VSWITCH},
};
/* clang-format on */

static int read_error;

int host_view_read(struct host_view *v)
{
    *v = (struct host_view){0};
    if (read_error)
        return read_error;
    v->count = ARRAY_SIZE(links);
    v->links = malloc(sizeof(links));
    assert_non_null(v->links);
    memcpy(v->links, links, sizeof(links));
    for (size_t i = 0; i < v->count; i++) {
        v->links[i].link.ifindex = (int)i + 1;
        if (!v->links[i].link.type)
            v->links[i].link.type = ARPHRD_ETHER;
    }
    return 0;
}

static void check_host_faults(const char *text, const char *want)
{
    struct config *c = read_good_text(text);
    struct config_faults faults = {0};
    size_t count = host_check(c, true, &faults);

    assert_int_equal(count, faults.count);
    check_faults_in(&faults, want);
    config_free(c);
}

static void an_interface_that_is_unfit_is_a_fault(void **state)
{
    (void)state;
    check_host_faults(
        "[port free]\n[port addr]\n[port route]\ntype = tap\n",
        ":2: [port addr]: carries the host's IP address 192.0.2.1/24, which "
        "would be cut off; move it to LOCAL ([local] address, or dhclient "
        "of-switch), or write host-stack = see\n"
        ":3: [port route]: carries the host's default route, which would be "
        "cut off; move it to LOCAL ([local] address, or dhclient of-switch), "
        "or write host-stack = see\n");
    check_host_faults(
        "[port held]\nhost-stack = see\n",
        ":1: [port held]: is already a port of Open vSwitch, so each frame "
        "would be forwarded twice; remove it there or here\n");
    check_host_faults("[port tun0]\ntype = tap\nhost-stack = see\n",
                      ":1: [port tun0]: has no Ethernet frames, so it cannot "
                      "be a port; write an interface that has them (a TAP "
                      "instead of a TUN, gretap instead of gre)\n");
}

static void an_interface_is_one_port(void **state)
{
    (void)state;
    check_host_faults("[port taken]\n[port other]\n",
                      ":2: [port other]: is another name of the interface of "
                      "[port taken]; remove one of them\n");
}

static void an_interface_with_limits_is_a_note(void **state)
{
    struct config *c = read_good_text("[port limited]\n");
    struct config_faults faults = {0};

    (void)state;
    assert_int_equal(host_check(c, true, &faults), 0);
    assert_int_equal(faults.note_count, 1);
    assert_non_null(strstr(faults.notes[0].text, "is a macvlan"));
    config_faults_clear(&faults);
    config_free(c);
}

/* It may come; but whoever misspelt it wants to know. */
static void an_interface_that_is_nowhere_is_a_note(void **state)
{
    struct config *c = read_good_text("[port nowhere]\n[port mytap]\n"
                                      "[port vm1]\ntype = tap\n"
                                      "[port int1]\ntype = internal\n");
    struct config_faults faults = {0};

    (void)state;
    assert_int_equal(host_check(c, true, &faults), 0);
    assert_int_equal(faults.count, 0);
    assert_int_equal(faults.note_count, 1);
    assert_non_null(strstr(faults.notes[0].text,
                           ":1: [port nowhere]: note: there is no interface "
                           "nowhere now"));
    assert_string_equal(faults.notes[0].section, "port nowhere");
    config_faults_clear(&faults);
    config_free(c);
}

static void who_says_see_may(void **state)
{
    (void)state;
    check_host_faults("[port addr]\nhost-stack = see\n"
                      "[port int0]\ntype = internal\n",
                      "");
}

static void a_look_that_fails_is_a_fault(void **state)
{
    (void)state;
    read_error = -EPERM;
    check_host_faults(
        "[bridge]\nname = br0\n[port free]\n",
        ":2: [bridge] name: the interfaces of the host cannot be read: "
        "Operation not permitted; correct that and try again\n");
    read_error = 0;
}

static void a_name_of_ours_that_is_taken_is_a_fault(void **state)
{
    (void)state;
    check_host_faults("[bridge]\nname = taken\n",
                      ":2: [bridge] name: the interface taken exists and is "
                      "not a TAP; write another name\n");
    check_host_faults("[bridge]\nname = taken\n[local]\nenable = no\n", "");
    check_host_faults("[bridge]\nname = mytap\n[port taken]\n", "");
    check_host_faults("[port taken]\nofport = 1\ntype = internal\n",
                      ":1: [port taken]: the interface taken exists and is not "
                      "a TAP; write another name\n");
}

static void users_must_be_there(void **state)
{
    (void)state;
    check_host_faults(
        "[daemon]\nuser = no-such-user\n[port t]\ntype = tap\n"
        "owner = no-such-owner\ngroup = no-such-group\n",
        ":5: [port t] owner: there is no user \"no-such-owner\"; create it "
        "with \"useradd --system no-such-owner\", or write another\n"
        ":6: [port t] group: there is no group \"no-such-group\"; create it "
        "with \"groupadd --system no-such-group\", or write another\n"
        ":2: [daemon] user: there is no user \"no-such-user\"; create it with "
        "\"useradd --system no-such-user\", or write another\n");
    check_host_faults("[daemon]\nuser = root\n[port t]\ntype = tap\n"
                      "owner = 4242\ngroup = 4242\n",
                      "");
}

#ifdef HAVE_OPENSSL
static void keys_are_tried(void **state)
{
    (void)state;
    check_host_faults("[openflow]\nprivate-key = /no/key\n"
                      "certificate = /no/certificate\n"
                      "ca-certificate = /no/ca\n",
                      ":2: [openflow] private-key: cannot be used with the "
                      "certificates: /no/certificate: No such file or "
                      "directory; correct the three paths\n");
}
#endif

/* By any name of its interface, and by that of LOCAL. */
static void a_queue_is_of_a_port(void **state)
{
    (void)state;
    check_host_faults(
        "[queue lo:1]\n[queue em1:1]\n[queue of-switch:1]\n"
        "[queue taken:1]\n[queue other:1]\n[queue mytap:2]\n"
        "[port em1]\n[port other]\n",
        ":1: [queue lo:1]: there is no port lo; add [port lo]\n"
        ":6: [queue mytap:2]: there is no port mytap; add [port mytap]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interface_that_is_unfit_is_a_fault),
        cmocka_unit_test(an_interface_is_one_port),
        cmocka_unit_test(an_interface_with_limits_is_a_note),
        cmocka_unit_test(an_interface_that_is_nowhere_is_a_note),
        cmocka_unit_test(who_says_see_may),
        cmocka_unit_test(a_look_that_fails_is_a_fault),
        cmocka_unit_test(a_name_of_ours_that_is_taken_is_a_fault),
        cmocka_unit_test(users_must_be_there),
#ifdef HAVE_OPENSSL
        cmocka_unit_test(keys_are_tried),
#endif
        cmocka_unit_test(a_queue_is_of_a_port),
    };

    return cmocka_run_group_tests(tests, config_text_begin, config_text_end);
}
