/*
 * What only a look at the machine can find: ports that the host lives on, names
 * that are taken, users that are not there.  The machine is a fake.  And what
 * is right and wrong with controllers and queues.
 */
#include "bridge/config_check.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bridge/account.h"
#include "port/host_view.h"
#include "tests/unit/config_text.h"

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
    v->count = sizeof(links) / sizeof(links[0]);
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
    size_t count = config_check_host(c, true, &faults);

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
    check_host_faults("[port held]\nhost-stack = see\n",
                      ":1: [port held]: is a port of Open vSwitch already, and "
                      "each frame would be forwarded twice; remove it there or "
                      "here\n");
    check_host_faults("[port tun0]\ntype = tap\nhost-stack = see\n",
                      ":1: [port tun0]: has no Ethernet frames, so it cannot "
                      "be a port; name an interface that has (a TAP rather "
                      "than a TUN, gretap rather than gre)\n");
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
    assert_int_equal(config_check_host(c, true, &faults), 0);
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
    assert_int_equal(config_check_host(c, true, &faults), 0);
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
    check_host_faults("[bridge]\nname = br0\n[port free]\n",
                      ":2: [bridge] name: the machine's interfaces cannot be "
                      "read: Operation not permitted; try again once that is "
                      "mended\n");
    read_error = 0;
}

static void a_name_of_ours_that_is_taken_is_a_fault(void **state)
{
    (void)state;
    check_host_faults("[bridge]\nname = taken\n",
                      ":2: [bridge] name: an interface taken is there already "
                      "and is no TAP; write another name\n");
    check_host_faults("[bridge]\nname = taken\n[local]\nenable = no\n", "");
    check_host_faults("[bridge]\nname = mytap\n[port taken]\n", "");
    check_host_faults("[port taken]\nofport = 1\ntype = internal\n",
                      ":1: [port taken]: an interface taken is there already "
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

/* Controllers, where others may come, and queues. */

static void controllers_are_read(void **state)
{
    struct config *c = read_good_text("[controller pox]\n"
                                      "target = tcp:192.0.2.1:6633\n"
                                      "inactivity-probe = 10s\n"
                                      "max-backoff = 4\n"
                                      "connection-mode = out-of-band\n"
                                      "packet-in-rate = 0\n"
                                      "packet-in-burst = 7\n"
                                      "[controller second-one]\n"
                                      "target = unix:/run/c.sock\n"
                                      "[openflow]\n"
                                      "versions = 1.3 1.5\n"
                                      "listen = ptcp:6654\n"
                                      "listen = punix:/run/p\n"
                                      "tables = 3\n"
                                      "buffers = 0\n"
                                      "[flows]\n"
                                      "file = /etc/f\n"
                                      "[port em1]\n"
                                      "[queue em1:4294967294]\n"
                                      "min-rate = 10M\n"
                                      "max-rate = 1G\n"
                                      "[queue of-switch:0]\n");

    (void)state;
    assert_int_equal(c->controller_count, 2);
    assert_string_equal(c->controllers[0].name, "pox");
    assert_int_equal(c->controllers[0].target.port, 6633);
    assert_int_equal(c->controllers[0].inactivity_probe_s, 10);
    assert_int_equal(c->controllers[0].max_backoff_s, 4);
    assert_int_equal(c->controllers[0].mode, CONTROLLER_OUT_OF_BAND);
    assert_int_equal(c->controllers[0].packet_in_rate, 0);
    assert_int_equal(c->controllers[0].packet_in_burst, 7);
    assert_string_equal(c->controllers[1].target.path, "/run/c.sock");
    assert_int_equal(c->controllers[1].inactivity_probe_s, 5);
    assert_int_equal(c->controllers[1].max_backoff_s, 8);
    assert_int_equal(c->controllers[1].mode, CONTROLLER_IN_BAND);
    assert_int_equal(c->controllers[1].packet_in_rate, 1000);
    assert_int_equal(c->controllers[1].packet_in_burst, 250);
    assert_int_equal(c->openflow.versions, 1 << 4 | 1 << 6);
    assert_int_equal(c->openflow.listen.count, 2);
    assert_int_equal(c->openflow.listen.targets[0].port, 6654);
    assert_int_equal(c->openflow.tables, 3);
    assert_int_equal(c->openflow.buffers, 0);
    assert_string_equal(c->flows.file, "/etc/f");
    assert_int_equal(c->queue_count, 2);
    assert_string_equal(c->queues[0].port, "em1");
    assert_true(c->queues[0].id == 4294967294u);
    assert_true(c->queues[0].min_rate == 10000000);
    assert_true(c->queues[0].max_rate == 1000000000);
    assert_string_equal(c->queues[1].port, "of-switch");
    config_free(c);
}

static void controllers_have_faults(void **state)
{
    (void)state;
    check_faults(
        "[controller a]\n"
        "[controller b]\ntarget = ptcp:6633\n"
        "[controller c]\ntarget = tcp:pox.example\n"
        "[controller d/]\n"
        "[controller e]\ntarget = tcp:192.0.2.1\n"
        "[controller f]\ntarget = tcp:192.0.2.1:6653\n",
        ":3: [controller b] target: \"ptcp:6633\" waits for others; write "
        "tcp:127.0.0.1:6633 to call a controller, or [openflow] listen (where "
        "the controller is)\n"
        ":5: [controller c] target: \"pox.example\" is no address; write "
        "numbers, as 192.0.2.1 or [2001:db8::1]: names are not looked up "
        "(where the controller is)\n"
        ":6: [controller d/]: \"d/\" is no name; write letters, digits and "
        "any of - _ .\n"
        ":1: [controller a] target: is missing; write target = tcp:ADDRESS\n"
        ":10: [controller f] target: is that of [controller e] already, on "
        "line 8; remove one of them\n");
    check_faults("[controller a]\ntarget = ssl:192.0.2.1\n"
                 "[openflow]\ncertificate = /c\n",
                 ":3: [openflow] private-key: is missing, and ssl: needs it; "
                 "write the path of a PEM file\n"
                 ":3: [openflow] ca-certificate: is missing, and ssl: needs "
                 "it; write the path of a PEM file\n");
}

static void a_closed_bridge_locks_no_controller_out(void **state)
{
    (void)state;
    check_faults(
        "[bridge]\nname = a\nfail-mode = secure\n[local]\n"
        "address = 192.0.2.2/24\n[controller a]\ntarget = tcp:192.0.2.1\n"
        "connection-mode = out-of-band\n",
        ":8: [controller a] connection-mode: the controller is reached "
        "through this bridge, which forwards nothing before the controller "
        "says so; write in-band\n");
    check_faults(
        "[local]\nenable = no\n"
        "[controller a]\ntarget = tcp:192.0.2.1\n"
        "connection-mode = in-band\n",
        ":5: [controller a] connection-mode: needs LOCAL, for that is how "
        "this host speaks through the bridge; write [local] enable = yes, or "
        "out-of-band\n");
    config_free(read_good_text("[bridge]\nfail-mode = secure\n[local]\n"
                               "address = 192.0.2.2/24\n[controller a]\n"
                               "target = tcp:198.51.100.1\n"
                               "connection-mode = out-of-band\n"));
    config_free(read_good_text("[local]\nenable = no\n[controller a]\n"
                               "target = tcp:127.0.0.1\n"
                               "connection-mode = in-band\n"));
}

static void the_state_is_kept_in_a_file_of_its_own(void **state)
{
    (void)state;
    check_faults("[daemon]\nstate-file = /etc/flows\n"
                 "[flows]\nfile = /etc/flows\n",
                 ":2: [daemon] state-file: is that of [flows] file, which "
                 "would be lost; name a file of its own\n");
    config_free(read_good_text("[daemon]\nstate-file = /var/lib/state\n"));
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

static void openflow_and_queues_have_faults(void **state)
{
    (void)state;
    check_faults(
        "[openflow]\nversions = 1.6\nlisten = tcp:127.0.0.1\n"
        "listen = ptcp:1\nlisten = ptcp:1:127.0.0.1\n"
        "[queue em1]\n[queue em1:5000000000]\n"
        "[queue em1:1]\nmin-rate = 2k\nmax-rate = 1k\n"
        "[queue em1:2]\nmin-rate = 1T\n[port em1]\n",
        ":2: [openflow] versions: \"1.6\" is no version that is spoken here; "
        "write any of 1.0, 1.1, 1.2, 1.3, 1.4, 1.5 (the versions of OpenFlow "
        "that are "
        "offered)\n"
        ":3: [openflow] listen: \"tcp:127.0.0.1\" calls others; write "
        "ptcp:6653:127.0.0.1, or [controller NAME] target (where others may "
        "come and speak OpenFlow)\n"
        ":5: [openflow] listen: \"ptcp:1:127.0.0.1\" is there already; "
        "remove one of them (where others may come and speak OpenFlow)\n"
        ":6: [queue em1]: \"em1\" is no queue; write [queue PORT:NUMBER]\n"
        ":7: [queue em1:5000000000]: \"em1:5000000000\" is no queue; write "
        "[queue PORT:NUMBER]\n"
        ":12: [queue em1:2] min-rate: \"1T\" is no rate; write bits a second "
        "up to 1000G, as 100M (what the queue gets in any case, in bits a "
        "second)\n"
        ":9: [queue em1:1] min-rate: is more than max-rate; correct one of "
        "them\n");
}

/* By any name of its interface, and by that of LOCAL. */
static void a_queue_is_of_a_port(void **state)
{
    (void)state;
    check_host_faults("[queue lo:1]\n[queue em1:1]\n[queue of-switch:1]\n"
                      "[queue taken:1]\n[queue other:1]\n[queue mytap:2]\n"
                      "[port em1]\n[port other]\n",
                      ":1: [queue lo:1]: there is no port lo; write [port lo] "
                      "too\n"
                      ":6: [queue mytap:2]: there is no port mytap; write "
                      "[port mytap] too\n");
}

static void note_line(void *context, const char *line, bool needs_restart)
{
    (void)needs_restart;
    strcat(context, line);
    strcat(context, "\n");
}

static void a_comparison_names_controllers(void **state)
{
    struct config *from = read_good_text("[controller a]\n"
                                         "target = tcp:192.0.2.1\n"
                                         "[openflow]\nlisten = ptcp:1\n");
    struct config *to =
        read_good_text("[controller b]\ntarget = tcp:192.0.2.2\n"
                       "[openflow]\nlisten = ptcp:1\nlisten = punix:/p\n"
                       "versions = 1.0\ntables = 7\n");
    char lines[1024] = "";

    (void)state;
    assert_int_equal(config_diff(from, to, note_line, lines), 5);
    assert_string_equal(lines,
                        "[controller a]: removed\n"
                        "[controller b]: added\n"
                        "[openflow] versions: 1.0, 1.3 -> 1.0\n"
                        "[openflow] listen: ptcp:1:127.0.0.1 -> "
                        "ptcp:1:127.0.0.1 punix:/p\n"
                        "[openflow] tables: 255 -> 7 (needs a restart)\n");
    config_free(from);
    config_free(to);
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
        cmocka_unit_test(accounts_are_names_or_numbers),
        cmocka_unit_test(controllers_are_read),
        cmocka_unit_test(controllers_have_faults),
#ifdef HAVE_OPENSSL
        cmocka_unit_test(keys_are_tried),
#endif
        cmocka_unit_test(a_closed_bridge_locks_no_controller_out),
        cmocka_unit_test(the_state_is_kept_in_a_file_of_its_own),
        cmocka_unit_test(openflow_and_queues_have_faults),
        cmocka_unit_test(a_queue_is_of_a_port),
        cmocka_unit_test(a_comparison_names_controllers),
    };

    return cmocka_run_group_tests(tests, config_text_begin, config_text_end);
}
