/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state file: what was told and learned is there again after a restart as
 * if the switch had never been away, but for the time that has passed; what is
 * made anew at every start is not kept twice; a file that cannot be meant for
 * this switch is not used.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "table/flow_view.h"
#include "tests/sim/controlled.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"
#include "text/text_group.h"
#include "text/text_meter.h"

#define PORTS                                                                  \
    "[port em1]\ntype = nic\nofport = 1\n"                                     \
    "[port em2]\ntype = nic\nofport = 2\n"                                     \
    "[port em3]\ntype = nic\nofport = 3\n"

struct fixture {
    char dir[64], state[80], flows[80];
    char secure[1024], standalone[1024];
    struct sim *sim;
};

static int set_up(void **context)
{
    struct fixture *f = calloc(1, sizeof(*f));

    strcpy(f->dir, "/tmp/sim_state.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->state, sizeof(f->state), "%s/state", f->dir);
    snprintf(f->flows, sizeof(f->flows), "%s/flows", f->dir);
    snprintf(f->secure, sizeof(f->secure),
             "[bridge]\nfail-mode = secure\n[daemon]\nstate-file = %s\n" PORTS,
             f->state);
    snprintf(f->standalone, sizeof(f->standalone),
             "[daemon]\nstate-file = %s\n" PORTS, f->state);
    *context = f;
    return 0;
}

static int tear_down(void **context)
{
    struct fixture *f = *context;

    if (f->sim)
        sim_close(f->sim);
    unlink(f->state);
    unlink(f->flows);
    rmdir(f->dir);
    free(f);
    return 0;
}

static void begin(struct fixture *f, const char *ini)
{
    static const char *const ports[] = {"em1", "em2", "em3"};

    f->sim = sim_open(ini);
    for (size_t i = 0; i < 3; i++)
        sim_link_up(f->sim, ports[i]);
}

static struct datapath *datapath_in(const struct fixture *f)
{
    return bridge_datapath(sim_bridge(f->sim));
}

/* Changes and looks. */

static void change_flow(const struct fixture *f, enum flow_mod_command command,
                        const char *text)
{
    struct text_error error = {""};
    const struct text_parse parse = {NULL, &error};
    struct flow_mod mod;

    if (!text_flow_read(&parse, command, text, &mod))
        fail_msg("%s: %s", text, error.line);
    assert_int_equal(flow_tables_apply(datapath_tables(datapath_in(f)), &mod,
                                       sim_now_ms(f->sim)),
                     FLOW_OK);
    flow_mod_clear(&mod);
}

static void add_flow(const struct fixture *f, const char *text)
{
    change_flow(f, FLOW_MOD_ADD, text);
}

static void add_group(const struct fixture *f, const char *text)
{
    struct text_error error = {""};
    const struct text_parse parse = {NULL, &error};
    struct group_mod mod;

    if (!text_group_read(&parse, GROUP_ADD, text, &mod))
        fail_msg("%s: %s", text, error.line);
    assert_int_equal(group_table_apply(datapath_groups(datapath_in(f)), &mod,
                                       sim_now_ms(f->sim)),
                     FLOW_OK);
    group_mod_clear(&mod);
}

static void add_meter(const struct fixture *f, const char *text)
{
    struct text_error error = {""};
    const struct text_parse parse = {NULL, &error};
    struct meter_mod mod;

    if (!text_meter_read(&parse, METER_ADD, text, &mod))
        fail_msg("%s: %s", text, error.line);
    assert_int_equal(meter_table_apply(datapath_meters(datapath_in(f)), &mod,
                                       sim_now_ms(f->sim)),
                     FLOW_OK);
}

struct listing {
    const struct fixture *f;
    FILE *out;
};

static void list_flow(void *context, struct flow_entry *e)
{
    const struct text_style style = {.names = NULL};
    struct listing *l = context;
    struct flow_usage usage =
        flow_tables_usage(datapath_tables(datapath_in(l->f)), e);
    int64_t now_ms = sim_now_ms(l->f->sim);
    struct flow_view v;

    flow_view_of(&v, e, &usage, now_ms);
    text_flow_write(l->out, &style, &v.stats, true);
    /* To the millisecond, and what the flags keep from being told. */
    fprintf(l->out,
            " flags=%x rank=%x modified=%d used=%d packets=%d "
            "bytes=%d\n",
            e->flags, e->rank, (int)(now_ms - e->modified_ms),
            (int)(now_ms - usage.used_ms), (int)usage.packets,
            (int)usage.bytes);
}

static void list_group(void *context, const struct group *g)
{
    const struct text_style style = {.names = NULL};
    struct listing *l = context;
    const struct counters *counters =
        flow_tables_counters(datapath_tables(datapath_in(l->f)));
    struct counter_totals total = counters_total(counters, g->counter);

    fprintf(l->out, "group %u type %u age %d packets %d bytes %d\n", g->id,
            g->type, (int)(sim_now_ms(l->f->sim) - g->created_ms),
            (int)total.packets, (int)total.bytes);
    for (size_t i = 0; i < g->bucket_count; i++) {
        const struct group_bucket *b = &g->buckets[i];
        struct flow_instructions does = {
            .has_apply = true,
            .apply_count = (uint16_t)b->cell_count,
            .cells = (struct flow_action *)(uintptr_t)b->cells,
        };

        total = counters_total(counters, b->counter);
        fprintf(l->out, " bucket %u weight %u watch %x %x packets %d: ", b->id,
                b->weight, b->watch_port, b->watch_group, (int)total.packets);
        text_flow_write_instructions(l->out, &style, &does);
        fputc('\n', l->out);
    }
}

static void list_meter(void *context, const struct meter *m)
{
    struct listing *l = context;
    struct meter_mod mod;
    struct meter_stats stats;

    meter_describe(m, &mod);
    text_meter_write(l->out, &mod);
    meter_count(m, sim_now_ms(l->f->sim), &stats);
    text_meter_write_stats(l->out, &stats);
}

/* All that is in the tables, to be freed. */
static char *tables_of(const struct fixture *f)
{
    struct flow_mod all = flow_mod_empty();
    struct listing l = {.f = f};
    char *text = NULL;
    size_t size = 0;

    all.command = FLOW_MOD_DELETE;
    l.out = open_memstream(&text, &size);
    meter_table_each(datapath_meters(datapath_in(f)), list_meter, &l);
    group_table_each(datapath_groups(datapath_in(f)), list_group, &l);
    flow_tables_each(datapath_tables(datapath_in(f)), &all, list_flow, &l);
    fclose(l.out);
    return text;
}

static size_t flows_in(const struct fixture *f)
{
    return flow_tables_total(datapath_tables(datapath_in(f)));
}

/* What a restart that takes no time changes: nothing. */
static void restart_and_compare(struct fixture *f, const char *ini)
{
    char *before = tables_of(f), *after;

    sim_restart(f->sim, ini, 0);
    after = tables_of(f);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* The tests. */

static void entries_of_every_kind_are_kept(void **context)
{
    /* What no single version of OpenFlow can say. */
    static const char *const flows[] = {
        "cookie=0x1234567890,priority=7,in_port=1,actions=output:2",
        "table=3,idle_timeout=60,hard_timeout=600,importance=9,send_flow_rem,"
        "check_overlap,ip,nw_src=10.0.0.0/8,actions=mod_nw_dst:1.2.3.4,"
        "output:3",
        "in_port=1,dl_vlan=5,actions=strip_vlan,output:2",
        "in_port=2,actions=mod_vlan_vid:7,mod_vlan_pcp:3,output:1",
        "in_port=3,actions=enqueue:1:5",
        "in_port=3,tcp,tp_dst=80,actions=meter:1,output:1",
        "table=1,actions=meter:2,write_metadata:0x5/0xff,goto_table:4",
        "table=4,actions=clear_actions,write_actions(group:3)",
        "tcp6,ipv6_src=2001:db8::/32,tcp_flags=+syn,actions=CONTROLLER:77",
        "mpls,mpls_label=5,actions=pop_mpls:0x0800,resubmit(2,7)",
        "arp,arp_op=1,arp_spa=10.0.0.1,actions=move:NXM_OF_ARP_SPA[]->"
        "NXM_OF_ARP_TPA[],set_field:2->arp_op,IN_PORT",
        "reg3=0x5/0xf,metadata=7,actions=note:01.02.03,output:1",
        "no_packet_counts,no_byte_counts,udp,vlan_tci=0x1000/0x1000,"
        "actions=push_vlan:0x88a8,set_field:4105->vlan_vid,FLOOD",
    };
    struct fixture *f = *context;

    begin(f, f->secure);
    add_meter(f, "meter=1 kbps burst stats bands=type=drop rate=100 "
                 "burst_size=10");
    add_meter(f, "meter=2 pktps bands=type=dscp_remark rate=5 prec_level=1");
    add_group(f, "group_id=9,type=indirect,bucket=output:1");
    add_group(f, "group_id=3,type=all,bucket=group:9,bucket=strip_vlan,output:"
                 "2");
    add_group(f, "group_id=4,type=select,bucket=weight:3,output:1,bucket="
                 "weight:5,mod_vlan_vid:4,output:2");
    add_group(f, "group_id=5,type=ff,bucket=watch_port:1,output:1,bucket="
                 "watch_group:3,watch_port:2,output:2");
    for (size_t i = 0; i < ARRAY_SIZE(flows); i++)
        add_flow(f, flows[i]);
    assert_int_equal(flows_in(f), ARRAY_SIZE(flows));
    sim_pass_ms(f->sim, 3000);
    restart_and_compare(f, f->secure);
    restart_and_compare(f, f->secure);
}

static void counts_go_on(void **context)
{
    struct fixture *f = *context;

    begin(f, f->secure);
    add_meter(f, "meter=1 pktps stats bands=type=drop rate=1");
    add_group(f, "group_id=1,type=all,bucket=output:2,bucket=output:3");
    add_flow(f, "in_port=1,actions=meter:1,group:1");
    for (int i = 0; i < 3; i++)
        send_frame(f->sim, "em1", 2, 1, -1);
    sim_pass_ms(f->sim, 2000);
    assert_in_range(sent_count(f->sim, "em2"), 1, 3);
    restart_and_compare(f, f->secure);
    send_frame(f->sim, "em1", 2, 1, -1);
    sim_pass_ms(f->sim, 1000);
    restart_and_compare(f, f->secure);
}

static void timeouts_run_on_while_it_is_away(void **context)
{
    struct fixture *f = *context;

    begin(f, f->secure);
    add_flow(f, "table=1,hard_timeout=10,actions=drop");
    add_flow(f, "table=2,idle_timeout=10,actions=drop");
    add_flow(f, "table=3,hard_timeout=6,actions=drop");
    add_flow(f, "table=4,idle_timeout=6,actions=drop");
    add_flow(f, "table=5,actions=drop");
    add_flow(f, "in_port=1,idle_timeout=8,actions=output:2");
    sim_pass_ms(f->sim, 4000);
    send_frame(f->sim, "em1", 2, 1, -1);
    sim_restart(f->sim, f->secure, 3000);
    assert_int_equal(flows_in(f), 4);
    sim_pass_ms(f->sim, 2800); /* 9.8 s, 5.8 s since the frame */
    assert_int_equal(flows_in(f), 4);
    sim_pass_ms(f->sim, 400);
    assert_int_equal(flows_in(f), 2);
    sim_pass_ms(f->sim, 1600); /* 11.8 s, 7.8 s */
    assert_int_equal(flows_in(f), 2);
    sim_pass_ms(f->sim, 400);
    assert_int_equal(flows_in(f), 1);
    sim_restart(f->sim, f->secure, 40000000);
    assert_int_equal(flows_in(f), 1);
}

/* Then the clock that entries go by is younger than they are. */
static void times_outlast_a_reboot(void **context)
{
    struct fixture *f = *context;

    begin(f, f->secure);
    add_flow(f, "table=1,hard_timeout=100,actions=drop");
    add_flow(f, "in_port=1,idle_timeout=50,actions=output:2");
    sim_pass_ms(f->sim, 20000);
    send_frame(f->sim, "em1", 2, 1, -1);
    sim_pass_ms(f->sim, 10000);
    sim_reboot(f->sim, f->secure, 10000);
    assert_int_equal(flows_in(f), 2);
    sim_pass_ms(f->sim, 29800); /* 49.8 s since the frame */
    assert_int_equal(flows_in(f), 2);
    sim_pass_ms(f->sim, 400);
    assert_int_equal(flows_in(f), 1);
    sim_pass_ms(f->sim, 29600); /* 99.8 s */
    assert_int_equal(flows_in(f), 1);
    sim_pass_ms(f->sim, 400);
    assert_int_equal(flows_in(f), 0);
}

static void learned_addresses_are_kept(void **context)
{
    struct fixture *f = *context;
    struct mac_table *macs;

    begin(f, f->standalone);
    send_frame(f->sim, "em2", 0xff, 2, -1);
    sim_pass_ms(f->sim, 5000);
    send_frame(f->sim, "em3", 0xff, 3, -1);
    sim_restart(f->sim, f->standalone, 7000);
    sim_forget(f->sim);
    send_frame(f->sim, "em1", 2, 1, -1);
    assert_int_equal(sent_count(f->sim, "em2"), 1);
    assert_int_equal(sent_count(f->sim, "em3"), 0);
    /* They age from when they were used last: 300 s. */
    macs = datapath_mac_table(datapath_in(f));
    assert_int_equal(mac_table_count(macs), 3);
    sim_pass_ms(f->sim, 289000);
    assert_int_equal(mac_table_count(macs), 2);
    sim_pass_ms(f->sim, 5000);
    assert_int_equal(mac_table_count(macs), 1);
}

static void no_address_is_kept_where_the_link_is_down(void **context)
{
    struct fixture *f = *context;

    begin(f, f->standalone);
    send_frame(f->sim, "em2", 0xff, 2, -1);
    sim_save(f->sim);
    sim_link_gone(f->sim, "em2");
    /* What is saved now does not have it any more: the file of before. */
    sim_restart(f->sim, f->standalone, 0);
    assert_int_equal(mac_table_count(datapath_mac_table(datapath_in(f))), 0);
}

/* The file of flows is loaded anew, and wins. */
static void entries_of_the_file_are_not_kept_twice(void **context)
{
    struct fixture *f = *context;
    char ini[1200];
    FILE *file = fopen(f->flows, "w");

    fputs("table=1,actions=output:1\ntable=2,actions=output:1\n", file);
    fclose(file);
    snprintf(ini, sizeof(ini), "%s[flows]\nfile = %s\n", f->secure, f->flows);
    begin(f, ini);
    add_flow(f, "table=2,cookie=7,actions=output:2");
    add_flow(f, "table=3,actions=output:3");
    assert_int_equal(flows_in(f), 3);
    file = fopen(f->flows, "w");
    fputs("table=2,actions=output:1\n", file);
    fclose(file);
    sim_restart(f->sim, ini, 0);
    assert_int_equal(flows_in(f), 2);
    /* It came from the file, which does not have it any more. */
    change_flow(f, FLOW_MOD_DELETE, "table=1");
    assert_int_equal(flows_in(f), 2);
    change_flow(f, FLOW_MOD_DELETE, "cookie=7/-1,table=2");
    assert_int_equal(flows_in(f), 2);
    change_flow(f, FLOW_MOD_DELETE, "table=3");
    assert_int_equal(flows_in(f), 1);
}

/* What the file of flows has leaves room for one mask more; the others are
 * refused, and nothing else is. */
static void what_a_table_has_no_room_for_is_refused(void **context)
{
    struct fixture *f = *context;
    char ini[1200], flow[80];
    FILE *file;

    snprintf(ini, sizeof(ini), "%s[flows]\nfile = %s\n", f->secure, f->flows);
    file = fopen(f->flows, "w");
    fclose(file);
    begin(f, ini);
    for (unsigned int i = 0; i < 4; i++) {
        snprintf(flow, sizeof(flow), "table=1,tunnel_id=0/%u,actions=drop",
                 i + 1);
        add_flow(f, flow);
        snprintf(flow, sizeof(flow), "table=2,tunnel_id=%u,actions=drop", i);
        add_flow(f, flow);
    }
    file = fopen(f->flows, "w");
    for (unsigned int i = 1; i < CLASSIFIER_MASKS_MAX; i++)
        fprintf(file, "table=1,metadata=0/%u,actions=drop\n", i);
    fclose(file);
    sim_restart(f->sim, ini, 0);
    assert_int_equal(flow_tables_count(datapath_tables(datapath_in(f)), 1),
                     CLASSIFIER_MASKS_MAX);
    assert_int_equal(flow_tables_count(datapath_tables(datapath_in(f)), 2), 4);
}

static void what_the_fail_mode_gave_stays_deleted(void **context)
{
    struct fixture *f = *context;

    begin(f, f->standalone);
    assert_int_equal(flows_in(f), 1);
    sim_restart(f->sim, f->standalone, 0);
    assert_int_equal(flows_in(f), 1);
    change_flow(f, FLOW_MOD_DELETE, "");
    add_flow(f, "in_port=1,actions=output:2");
    restart_and_compare(f, f->standalone);
    add_flow(f, "priority=0,actions=output:3");
    restart_and_compare(f, f->standalone);
    change_flow(f, FLOW_MOD_DELETE, "");
    sim_restart(f->sim, f->standalone, 0);
    assert_int_equal(flows_in(f), 0);
    /* The entry is the fail mode's, not the state's. */
    sim_restart(f->sim, f->secure, 0);
    assert_int_equal(flows_in(f), 0);
}

static void standing_alone_goes_on_at_once(void **context)
{
    struct fixture *f = *context;
    char ini[1200];

    snprintf(ini, sizeof(ini),
             "%s[controller c]\ntarget = tcp:192.0.2.1\n"
             "connection-mode = out-of-band\n",
             f->standalone);
    begin(f, ini);
    send_frame(f->sim, "em1", 0xff, 1, -1);
    assert_int_equal(sent_count(f->sim, "em2"), 0);
    sim_pass_ms(f->sim, 20000);
    assert_true(is_failing(f->sim));
    sim_restart(f->sim, ini, 0);
    sim_forget(f->sim);
    send_frame(f->sim, "em1", 0xff, 1, -1);
    assert_int_equal(sent_count(f->sim, "em2"), 1);
    assert_true(is_failing(f->sim));
    /* The flows of a controller that is no more would stay for ever. */
    add_flow(f, "table=1,actions=drop");
    sim_restart(f->sim, f->standalone, 0);
    assert_int_equal(flows_in(f), 1);
}

static void a_controllers_flows_stay_until_the_fail_mode_acts(void **context)
{
    struct fixture *f = *context;
    char ini[1200];

    snprintf(ini, sizeof(ini),
             "%s[controller c]\ntarget = tcp:192.0.2.1\n"
             "connection-mode = out-of-band\n",
             f->standalone);
    begin(f, ini);
    listen_as(f->sim, 0, 1);
    assert_true(accept_switch(f->sim, 0) >= 0);
    add_flow(f, "in_port=1,actions=output:2");
    sim_peer(f->sim, 0)->is_listening = false;
    sim_restart(f->sim, ini, 0);
    assert_int_equal(flows_in(f), 1);
    sim_pass_ms(f->sim, 14000);
    assert_int_equal(flows_in(f), 1);
    sim_pass_ms(f->sim, 2000);
    assert_int_equal(flows_in(f), 0);
}

static void is_not_used_for_another_switch(void **context)
{
    static const char *const others[] = {
        /* Another datapath id; em2 has the number that em1 had. */
        "[bridge]\nfail-mode = secure\ndatapath-id = 00000000000000aa\n" PORTS,
        "[bridge]\nfail-mode = secure\n[port em2]\ntype = nic\nofport = 1\n",
    };
    struct fixture *f = *context;
    char ini[1024];

    begin(f, f->secure);
    for (size_t i = 0; i < 2; i++) {
        add_flow(f, "in_port=1,actions=output:2");
        snprintf(ini, sizeof(ini), "%s[daemon]\nstate-file = %s\n", others[i],
                 f->state);
        sim_restart(f->sim, ini, 0);
        assert_int_equal(flows_in(f), 0);
        sim_restart(f->sim, f->secure, 0);
    }
    /* A port that is no more takes nobody's place. */
    add_flow(f, "in_port=1,actions=output:2");
    snprintf(ini, sizeof(ini),
             "[bridge]\nfail-mode = secure\n[daemon]\nstate-file = %s\n"
             "[port em2]\ntype = nic\nofport = 2\n",
             f->state);
    sim_restart(f->sim, ini, 0);
    assert_int_equal(flows_in(f), 1);
}

static off_t size_of(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 ? s.st_size : -1;
}

/* By a thread, whose time is not the simulation's. */
static void is_written_from_time_to_time(void **context)
{
    struct fixture *f = *context;
    char aside[96];
    off_t before;

    begin(f, f->secure);
    sim_save(f->sim);
    before = size_of(f->state);
    add_flow(f, "in_port=1,actions=output:2");
    for (int i = 0; i < 10000 && size_of(f->state) == before; i++) {
        sim_pass_ms(f->sim, 1000);
        usleep(1000);
    }
    snprintf(aside, sizeof(aside), "%s.aside", f->state);
    /* As after kill -9: nothing is written at the end. */
    assert_int_equal(link(f->state, aside), 0);
    change_flow(f, FLOW_MOD_DELETE, "");
    sim_restart(f->sim, f->secure, 0);
    assert_int_equal(flows_in(f), 0);
    sim_close(f->sim);
    assert_int_equal(rename(aside, f->state), 0);
    begin(f, f->secure);
    assert_int_equal(flows_in(f), 1);
}

static void a_reload_changes_the_file(void **context)
{
    struct fixture *f = *context;
    char other[96], ini[1024];

    begin(f, f->secure);
    sim_save(f->sim);
    assert_int_equal(access(f->state, F_OK), 0);
    snprintf(other, sizeof(other), "%s.other", f->state);
    snprintf(ini, sizeof(ini),
             "[bridge]\nfail-mode = secure\n[daemon]\nstate-file = %s\n" PORTS,
             other);
    assert_true(sim_reload(f->sim, ini));
    assert_int_equal(access(f->state, F_OK), -1);
    sim_save(f->sim);
    assert_int_equal(access(other, F_OK), 0);
    assert_true(sim_reload(f->sim, "[bridge]\nfail-mode = secure\n" PORTS));
    assert_int_equal(access(other, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(entries_of_every_kind_are_kept),
        TEST(counts_go_on),
        TEST(timeouts_run_on_while_it_is_away),
        TEST(times_outlast_a_reboot),
        TEST(learned_addresses_are_kept),
        TEST(no_address_is_kept_where_the_link_is_down),
        TEST(entries_of_the_file_are_not_kept_twice),
        TEST(what_a_table_has_no_room_for_is_refused),
        TEST(what_the_fail_mode_gave_stays_deleted),
        TEST(standing_alone_goes_on_at_once),
        TEST(a_controllers_flows_stay_until_the_fail_mode_acts),
        TEST(is_not_used_for_another_switch),
        TEST(is_written_from_time_to_time),
        TEST(a_reload_changes_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
