/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is right and wrong with controllers and queues, and what only several
 * keys together show.
 */
#include "config/config_check.h"

#include <errno.h>
#include <stdlib.h>

#include "tests/unit/config_text.h"
#include "tests/unit/test.h"

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
        ":3: [controller b] target: \"ptcp:6633\" is an address to listen at; "
        "write tcp:127.0.0.1:6633 to connect to a controller, or move it to "
        "[openflow] listen (address of the controller)\n"
        ":5: [controller c] target: \"pox.example\" is no address; write "
        "numbers, as 192.0.2.1 or [2001:db8::1]: names are not looked up "
        "(address of the controller)\n"
        ":6: [controller d/]: \"d/\" is not a name; write letters, digits and "
        "any of - _ .\n"
        ":1: [controller a] target: is missing; write target = tcp:ADDRESS\n"
        ":10: [controller f] target: is already the target of [controller e], "
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
        ":8: [controller a] connection-mode: the controller is reached through "
        "this bridge, which forwards nothing without flow entries; write "
        "in-band\n");
    check_faults(
        "[local]\nenable = no\n"
        "[controller a]\ntarget = tcp:192.0.2.1\n"
        "connection-mode = in-band\n",
        ":5: [controller a] connection-mode: needs LOCAL, by which the host "
        "uses the bridge; write [local] enable = yes, or out-of-band\n");
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
                 "would be overwritten; write another path\n");
    config_free(read_good_text("[daemon]\nstate-file = /var/lib/state\n"));
}

static void openflow_and_queues_have_faults(void **state)
{
    (void)state;
    check_faults(
        "[openflow]\nversions = 1.6\nlisten = tcp:127.0.0.1\n"
        "listen = ptcp:1\nlisten = ptcp:1:127.0.0.1\n"
        "[queue em1]\n[queue em1:5000000000]\n"
        "[queue em1:1]\nmin-rate = 2k\nmax-rate = 1k\n"
        "[queue em1:2]\nmin-rate = 1T\n[port em1]\n",
        ":2: [openflow] versions: \"1.6\" is not a supported version; write "
        "any of 1.0, 1.1, 1.2, 1.3, 1.4, 1.5 (OpenFlow versions offered to "
        "controllers)\n"
        ":3: [openflow] listen: \"tcp:127.0.0.1\" is an address to connect to; "
        "write ptcp:6653:127.0.0.1, or move it to [controller NAME] target "
        "(address at which OpenFlow connections are accepted)\n"
        ":5: [openflow] listen: \"ptcp:1:127.0.0.1\" is a duplicate; remove "
        "one of them (address at which OpenFlow connections are accepted)\n"
        ":6: [queue em1]: \"em1\" is not a queue; write [queue PORT:NUMBER]\n"
        ":7: [queue em1:5000000000]: \"em1:5000000000\" is not a queue; write "
        "[queue PORT:NUMBER]\n"
        ":12: [queue em1:2] min-rate: \"1T\" is not a rate; write bits per "
        "second up to 1000G, such as 100M (guaranteed rate of the queue, in "
        "bits per second)\n"
        ":9: [queue em1:1] min-rate: is higher than max-rate; correct one of "
        "them\n");
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
        cmocka_unit_test(controllers_are_read),
        cmocka_unit_test(controllers_have_faults),
        cmocka_unit_test(a_closed_bridge_locks_no_controller_out),
        cmocka_unit_test(the_state_is_kept_in_a_file_of_its_own),
        cmocka_unit_test(openflow_and_queues_have_faults),
        cmocka_unit_test(a_comparison_names_controllers),
    };

    return cmocka_run_group_tests(tests, config_text_begin, config_text_end);
}
