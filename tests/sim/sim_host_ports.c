/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's own interfaces on the bridge, LOCAL and internal ports: their
 * addresses are learned nowhere else, frames to them go to them alone, and they
 * are what the configuration says.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/port_no.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"

#define LOCAL "of-switch"
#define PORTS "[port em1]\nofport = 1\n[port em2]\nofport = 2\n"
#define HOST  "[local]\nmac = 02:00:00:00:00:09\n"

enum { OURS = 9, ALL = 0xff };

static struct sim *host_on(const char *ini)
{
    struct sim *s = sim_open(ini);

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    return s;
}

static bool is_learned(struct sim *s, uint8_t mac, uint16_t vlan)
{
    return mac_table_find(datapath_mac_table(bridge_datapath(sim_bridge(s))),
                          0x020000000000 + mac, vlan) != MAC_TABLE_UNKNOWN;
}

/* As the kernel's bridge: the frame goes its way, its source is not learned. */
static void what_the_network_sends_back_teaches_nothing(void **state)
{
    struct sim *s = host_on(HOST PORTS);

    (void)state;
    send_frame(s, LOCAL, ALL, OURS, -1);
    assert_int_equal(sent_count(s, "em1") + sent_count(s, "em2"), 2);
    sim_forget(s);
    send_frame(s, "em1", ALL, OURS, -1);
    assert_int_equal(sent_count(s, "em2"), 1);
    assert_int_equal(sent_count(s, LOCAL), 1);
    assert_int_equal(sim_totals(s, "em1").rx_own_address, 1);
    sim_forget(s);
    send_frame(s, "em2", OURS, 2, -1);
    assert_int_equal(sent_count(s, LOCAL), 1);
    assert_int_equal(sent_count(s, "em1"), 0);
    assert_int_equal(sim_totals(s, LOCAL).rx_own_address, 0);
    assert_true(sim_accounts_match(s));
    sim_close(s);
}

static void frames_to_the_host_go_nowhere_else(void **state)
{
    struct sim *s = host_on(HOST PORTS);

    (void)state;
    send_frame(s, "em1", OURS, 1, -1); /* it has never spoken */
    assert_int_equal(sent_count(s, LOCAL), 1);
    assert_int_equal(sent_count(s, "em2"), 0);
    sim_set_up(s, LOCAL, false);
    send_frame(s, "em1", OURS, 1, -1);
    assert_int_equal(sent_count(s, "em2"), 0);
    assert_int_equal(sim_totals(s, "em1").drops[DROP_PORT_DOWN], 1);
    sim_close(s);
}

static void internal_ports_are_the_host_s_in_their_vlans(void **state)
{
    struct sim *s = host_on("[port em1]\n[port em2]\n[port int0]\n"
                            "type = internal\nvlan = 10\n"
                            "mac = 02:00:00:00:00:09\n");

    (void)state;
    send_frame(s, "em1", ALL, OURS, 10);
    assert_false(is_learned(s, OURS, 10));
    send_frame(s, "em1", ALL, OURS, 20); /* another station in another VLAN */
    assert_true(is_learned(s, OURS, 20));
    assert_int_equal(sim_totals(s, "em1").rx_own_address, 1);
    sim_forget(s);
    send_frame(s, "em2", OURS, 2, 10);
    assert_int_equal(sent_count(s, "int0"), 1);
    send_frame(s, "em2", OURS, 2, 20);
    assert_int_equal(sent_count(s, "int0"), 1);
    assert_int_equal(sent_count(s, "em1"), 1);
    sim_close(s);
}

static void what_was_learned_before_it_was_ours_goes(void **state)
{
    struct sim *s = host_on("[local]\nmac = 02:00:00:00:00:08\n" PORTS);

    (void)state;
    send_frame(s, "em1", ALL, OURS, 10);
    assert_true(is_learned(s, OURS, 10));
    assert_true(sim_reload(s, HOST PORTS));
    assert_false(is_learned(s, OURS, 10));
    sim_forget(s);
    send_frame(s, "em2", OURS, 2, 10);
    assert_int_equal(sent_count(s, LOCAL), 1);
    assert_int_equal(sent_count(s, "em1"), 0);
    sim_close(s);
}

static void a_controller_s_packet_out_teaches_it_neither(void **state)
{
    struct sim *s = host_on(HOST PORTS);
    struct small_frame f = frame_of(ALL, OURS, -1);
    struct packet_job *job = calloc(1, sizeof(*job));

    (void)state;
    assert_non_null(job);
    assert_true(packet_job_fill(job, f.data, (uint32_t)f.size));
    job->in_port = 1;
    action_list_add(
        &job->actions,
        (struct flow_action){.type = ACTION_OUTPUT, .port = PORT_NO_NORMAL});
    assert_int_equal(datapath_packet_out(bridge_datapath(sim_bridge(s)), job),
                     0);
    sim_run(s);
    assert_int_equal(sent_count(s, LOCAL), 1);
    assert_false(is_learned(s, OURS, 0));
    sim_close(s);
}

static void an_address_from_before_a_restart_is_not_restored(void **state)
{
    char dir[] = "/tmp/sim_host_ports.XXXXXX", path[64], ini[512];
    struct sim *s;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/state", dir);
    snprintf(ini, sizeof(ini), PORTS "[daemon]\nstate-file = %s\n", path);
    s = host_on(ini);
    send_frame(s, "em1", ALL, OURS, -1);
    send_frame(s, "em1", ALL, 1, -1);
    snprintf(ini, sizeof(ini), HOST PORTS "[daemon]\nstate-file = %s\n", path);
    sim_restart(s, ini, 1000);
    assert_false(is_learned(s, OURS, 0));
    assert_true(is_learned(s, 1, 0));
    sim_close(s);
    unlink(path);
    rmdir(dir);
}

static void local_has_the_address_of_the_nic_that_it_names(void **state)
{
    static const uint8_t other[6] = {2, 0, 0, 0, 0, 0x77};
    struct sim *s = sim_open("[local]\nmac = em1\n" PORTS);

    (void)state;
    assert_int_equal(sim_link(s, LOCAL)->mac[0] & 3, 2); /* auto meanwhile */
    sim_link_up(s, "em2");
    sim_link_up(s, "em1");
    assert_memory_equal(sim_link(s, LOCAL)->mac, sim_link(s, "em1")->mac, 6);
    sim_set_mac(s, "em1", other);
    assert_memory_equal(sim_link(s, LOCAL)->mac, other, 6);
    sim_link_gone(s, "em1");
    assert_memory_equal(sim_link(s, LOCAL)->mac, other, 6);
    send_frame(s, "em2", 0x77, 2, -1);
    assert_int_equal(sent_count(s, LOCAL), 1);
    assert_true(sim_reload(s, HOST PORTS));
    assert_int_equal(sim_link(s, LOCAL)->mac[5], OURS);
    sim_close(s);
}

static void local_is_in_the_vlan_of_its_section(void **state)
{
    struct sim *s = host_on(HOST "vlan = 10\n" PORTS);

    (void)state;
    send_frame(s, "em1", ALL, 1, 10);
    send_frame(s, "em1", ALL, 1, 20);
    assert_int_equal(sent_count(s, LOCAL), 1);
    assert_int_equal(sim_sent(s, LOCAL)->frames[0].data[12], 0x88);
    assert_true(sim_reload(s, HOST "vlan = 20\n" PORTS));
    send_frame(s, "em1", ALL, 1, 20);
    assert_int_equal(sent_count(s, LOCAL), 2);
    sim_close(s);
}

static uint32_t mtu(struct sim *s, const char *name)
{
    return sim_link(s, name)->mtu;
}

static void what_we_make_follows_the_least_mtu_of_the_others(void **state)
{
    static const char ini[] = HOST PORTS "[port tap0]\ntype = tap\n"
                                         "[port int0]\ntype = internal\n"
                                         "[port int1]\ntype = internal\n"
                                         "mtu = 1300\n";
    struct sim *s = sim_open(ini);

    (void)state;
    sim_pass_ms(s, 1000);
    assert_int_equal(mtu(s, "int1"), 1300);
    assert_int_equal(mtu(s, LOCAL), 1300); /* that one does not follow */
    assert_true(sim_reload(s, HOST PORTS "[port tap0]\ntype = tap\n"
                                         "[port int0]\ntype = internal\n"));
    assert_int_equal(mtu(s, LOCAL), 1500);
    sim_set_mtu(s, "em1", 9000);
    assert_int_equal(mtu(s, LOCAL), 9000);
    assert_int_equal(mtu(s, "int0"), 9000);
    assert_int_equal(mtu(s, "tap0"), 9000);
    sim_set_mtu(s, "em2", 1400);
    assert_int_equal(mtu(s, LOCAL), 1400);
    assert_int_equal(mtu(s, "em1"), 9000);
    sim_link_gone(s, "em2");
    sim_pass_ms(s, 1000);
    assert_int_equal(mtu(s, "int0"), 9000);
    /* By hand: smaller stays, larger would lose frames. */
    sim_set_mtu(s, LOCAL, 1200);
    sim_set_mtu(s, "int0", 9100);
    sim_pass_ms(s, 1000);
    assert_int_equal(mtu(s, LOCAL), 1200);
    assert_int_equal(mtu(s, "int0"), 9000);
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_network_sends_back_teaches_nothing),
        cmocka_unit_test(frames_to_the_host_go_nowhere_else),
        cmocka_unit_test(internal_ports_are_the_host_s_in_their_vlans),
        cmocka_unit_test(what_was_learned_before_it_was_ours_goes),
        cmocka_unit_test(a_controller_s_packet_out_teaches_it_neither),
        cmocka_unit_test(an_address_from_before_a_restart_is_not_restored),
        cmocka_unit_test(local_has_the_address_of_the_nic_that_it_names),
        cmocka_unit_test(local_is_in_the_vlan_of_its_section),
        cmocka_unit_test(what_we_make_follows_the_least_mtu_of_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
