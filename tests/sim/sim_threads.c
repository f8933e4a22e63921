/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers as real threads, with frames coming in at every port, while the main
 * thread does all that it may do to the tables, the ports and the
 * configuration.  At the end nothing has been lost or counted twice: what the
 * queues gave and took is what ports, tables, an entry, a group and a meter
 * have counted.  After a barrier no frame goes by the tables as they were.
 * Under ThreadSanitizer it also proves that nobody reads what another writes.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/clock.h"
#include "datapath/totals.h"
#include "tests/sim/lab.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

enum {
    STEADY = 4, /* the first devices' ports stay; the others come and go */
    ROUNDS = 1500,
    BARRIERS = 300,
    WHILE_MS = 5000, /* for workers to do what they are waited for */
    DRAIN_MS = 20000,
    /* What all frames of the first two ports pass, and what counts them. */
    COUNTED_GROUP = 1,
    COUNTED_METER = 1,
    COUNTED_PRIORITY = 1000,
};

static int64_t now(void)
{
    return clock_monotonic_ms();
}

/* As the main loop passes it: what workers have to say is taken meanwhile. */
static void pass_barrier(struct lab *l)
{
    const struct datapath_barrier b = datapath_barrier_begin(l->datapath);

    while (!datapath_barrier_wait(l->datapath, &b))
        bridge_take_news(l->bridge, now());
}

static const struct config_text {
    const char *head;
    unsigned int ports;
    const char *vlan;
} configs[] = {
    {"[bridge]\nmac-table-size = 64\n[datapath]\nflow-cache = 1024\n", 6, ""},
    {"[bridge]\nmac-table-size = 1024\nforward-bpdu = yes\n", STEADY,
     "vlan = 10\n"},
    {"[bridge]\nmac-aging = 20\n", 5, "trunks = 10,20\nnative = 20\n"},
};

static struct config *config_of(const struct config_text *t)
{
    char ini[2048];
    int used = snprintf(ini, sizeof(ini), "%s", t->head);
    struct config *c;

    for (unsigned int i = 0; i < t->ports; i++)
        used += snprintf(ini + used, sizeof(ini) - (size_t)used,
                         "[port p%u]\ntype = nic\nofport = %u\n%s", i, i + 1,
                         i ? t->vlan : "");
    c = sim_read_config(ini);
    assert_non_null(c);
    return c;
}

static void reload(struct lab *l)
{
    bridge_reload(l->bridge, config_of(&configs[lab_draw(l, 3)]), now());
}

static void replug(struct lab *l)
{
    struct lab_device *d = &l->devices[lab_draw(l, LAB_DEVICES)];

    lab_announce(l, d, true);
    lab_announce(l, d, false);
}

static void blink(struct lab *l)
{
    struct lab_device *d = &l->devices[lab_draw(l, LAB_DEVICES)];

    d->link.is_running = !d->link.is_running;
    d->link.mtu = d->link.is_running ? 1500 : 9000;
    lab_announce(l, d, false);
}

static struct flow_action out(uint32_t port)
{
    return (struct flow_action){
        .type = ACTION_OUTPUT, .port = port, .max_len = 0xffff};
}

static void match_number(struct flow_match *m, enum field_id id, uint32_t n)
{
    const struct field *f = field_by_id(id);
    uint8_t bytes[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
                        (uint8_t)(n >> 8), (uint8_t)n};

    assert_int_equal(match_add(m, f, bytes + 4 - f->size, NULL), FLOW_OK);
}

static void match_source(struct flow_match *m, uint32_t udp_source)
{
    match_number(m, FIELD_ETH_TYPE, 0x800);
    match_number(m, FIELD_IP_PROTO, 17);
    match_number(m, FIELD_UDP_SRC, udp_source);
}

static enum flow_error apply(struct lab *l, struct flow_mod *mod,
                             struct action_list *actions)
{
    static const struct action_list none;
    enum flow_error error;

    assert_int_equal(flow_instructions_join(&mod->instructions, actions, &none),
                     FLOW_OK);
    mod->instructions.has_apply = actions->count > 0;
    error = flow_tables_apply(datapath_tables(l->datapath), mod, now());
    flow_mod_clear(mod);
    action_list_clear(actions);
    return error;
}

/* Each source port is learned. */
static void add_learn(struct action_list *actions)
{
    static const char text[] =
        "udp,actions=learn(table=2,idle_timeout=1,eth_type=0x800,nw_proto=17,"
        "NXM_OF_UDP_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,2)";
    struct text_error error;
    const struct text_parse parse = {NULL, &error};
    struct flow_mod mod;

    assert_true(text_flow_read(&parse, FLOW_MOD_ADD, text, &mod));
    for (size_t i = 0; i < mod.instructions.apply_count; i++)
        action_list_add(actions, mod.instructions.cells[i]);
    flow_mod_clear(&mod);
}

static void add_some_actions(struct lab *l, struct action_list *actions)
{
    static const uint8_t destination[6] = {2, 0, 0, 0, 0, 3};

    switch (lab_draw(l, 7)) {
    case 0:
        action_list_add(actions, out(PORT_NO_CONTROLLER));
        break;
    case 1:
        action_list_add(actions,
                        (struct flow_action){.type = ACTION_GROUP,
                                             .group = 2 + lab_draw(l, 7)});
        break;
    case 2:
        action_list_add(actions, out(1 + lab_draw(l, LAB_DEVICES)));
        action_list_set_field(actions, field_by_id(FIELD_ETH_DST), destination,
                              NULL);
        action_list_add(actions,
                        (struct flow_action){.type = ACTION_DEC_IP_TTL});
        break;
    case 3:
        action_list_add(actions,
                        (struct flow_action){.type = ACTION_METER,
                                             .meter = 2 + lab_draw(l, 3)});
        break;
    case 4:
        action_list_add(actions, (struct flow_action){.type = ACTION_PUSH_VLAN,
                                                      .ethertype = 0x88a8});
        break;
    case 5:
        add_learn(actions);
        break;
    default:
        break;
    }
    action_list_add(actions,
                    out(lab_draw(l, 2) ? PORT_NO_NORMAL : PORT_NO_FLOOD));
}

static void change_flow(struct lab *l)
{
    static const enum flow_mod_command commands[] = {
        FLOW_MOD_ADD, FLOW_MOD_ADD, FLOW_MOD_MODIFY, FLOW_MOD_DELETE};
    struct flow_mod mod = flow_mod_empty();
    struct action_list actions = {.cells = NULL};

    mod.command = commands[lab_draw(l, 4)];
    mod.table = (uint8_t)lab_draw(l, 2);
    mod.priority = (uint16_t)(1 + lab_draw(l, 3));
    mod.hard_timeout_s = (uint16_t)lab_draw(l, 2);
    mod.idle_timeout_s = (uint16_t)lab_draw(l, 2);
    match_source(&mod.match, lab_draw(l, LAB_FLOWS));
    if (mod.command != FLOW_MOD_DELETE)
        add_some_actions(l, &actions);
    mod.instructions.has_goto = mod.table == 0 && lab_draw(l, 3) == 0;
    mod.instructions.goto_table = 1;
    assert_int_equal(apply(l, &mod, &actions), FLOW_OK);
}

/* The entry that all frames of port 1 hit, or of port 2. */
static void set_counted_entry(struct lab *l, uint32_t port, uint16_t command)
{
    struct flow_mod mod = flow_mod_empty();
    struct action_list actions = {.cells = NULL};

    mod.command = command;
    mod.table = 0;
    mod.priority = COUNTED_PRIORITY;
    match_number(&mod.match, FIELD_IN_PORT, port);
    action_list_add(&actions,
                    port == 1 ? (struct flow_action){.type = ACTION_GROUP,
                                                     .group = COUNTED_GROUP}
                              : (struct flow_action){.type = ACTION_METER,
                                                     .meter = COUNTED_METER});
    action_list_add(&actions, out(1 + lab_draw(l, LAB_DEVICES)));
    assert_int_equal(apply(l, &mod, &actions), FLOW_OK);
}

static void change_counted_entry(struct lab *l)
{
    set_counted_entry(l, 1 + lab_draw(l, 2), FLOW_MOD_MODIFY_STRICT);
}

static void set_group(struct lab *l, uint32_t id, enum group_command command)
{
    struct flow_action cells[2] = {out(1 + lab_draw(l, LAB_DEVICES)),
                                   out(PORT_NO_NORMAL)};
    struct bucket buckets[2];
    struct group_mod mod = {.command = command,
                            .type = GROUP_TYPE_ALL,
                            .group_id = id,
                            .command_bucket_id = BUCKET_ID_FIRST,
                            .buckets = buckets,
                            .bucket_count = 1 + lab_draw(l, 2)};

    for (unsigned int i = 0; i < 2; i++)
        buckets[i] = (struct bucket){
            .id = BUCKET_ID_ALL,
            .watch_port = PORT_NO_ANY,
            .watch_group = GROUP_ANY,
            .actions = {.cells = &cells[i], .count = 1},
        };
    if (command == GROUP_REMOVE_BUCKET)
        mod.bucket_count = 0;
    if (id != COUNTED_GROUP && lab_draw(l, 2)) {
        mod.type = GROUP_TYPE_SELECT;
        buckets[0].weight = buckets[1].weight = 1;
    }
    group_table_apply(datapath_groups(l->datapath), &mod, now());
    flow_tables_bump(datapath_tables(l->datapath));
}

static void change_group(struct lab *l)
{
    static const enum group_command commands[] = {
        GROUP_ADD_OR_MODIFY, GROUP_DELETE, GROUP_INSERT_BUCKET,
        GROUP_REMOVE_BUCKET};

    set_group(l, 2 + lab_draw(l, 7), commands[lab_draw(l, 4)]);
    set_group(l, COUNTED_GROUP, GROUP_MODIFY);
}

static void set_meter(struct lab *l, uint32_t id, uint16_t command)
{
    struct meter_mod mod = {
        .command = command,
        .flags = METER_PKTPS,
        .meter_id = id,
        .band_count = 1,
        .bands = {{.type = (uint16_t)(BAND_DROP + lab_draw(l, 2)),
                   .rate = 1 + lab_draw(l, 10000),
                   .prec_level = 1}},
    };

    meter_table_apply(datapath_meters(l->datapath), &mod, now());
}

static void change_meter(struct lab *l)
{
    uint32_t id = 2 + lab_draw(l, 3);

    set_meter(l, id, lab_draw(l, 2) ? METER_ADD : METER_DELETE);
    set_meter(l, lab_draw(l, 2) ? id : COUNTED_METER, METER_MODIFY);
}

static void send_packets_out(struct lab *l)
{
    for (unsigned int i = 0; i < 8; i++) {
        struct packet_job *job = calloc(1, sizeof(*job));
        static const uint8_t bytes[LAB_FRAME_SIZE] = {2, 0, 0, 0, 0, 1, 2};

        assert_non_null(job);
        assert_true(packet_job_fill(job, bytes, sizeof(bytes)));
        job->in_port = PORT_NO_CONTROLLER;
        action_list_add(&job->actions, out(PORT_NO_FLOOD));
        if (datapath_packet_out(l->datapath, job)) {
            packet_job_free(job);
            return;
        }
    }
    pass_barrier(l);
}

static void forget_macs(struct lab *l)
{
    mac_table_forget_port(datapath_mac_table(l->datapath),
                          lab_draw(l, LAB_DEVICES));
    datapath_set_misses_go_to_controller(l->datapath, lab_draw(l, 2));
    datapath_set_frags(l->datapath, lab_draw(l, 2) ? SWITCH_FRAGS_DROP
                                                   : SWITCH_FRAGS_NORMAL);
}

static void add_usage(void *context, struct flow_entry *e)
{
    struct lab *l = context;

    flow_tables_usage(datapath_tables(l->datapath), e);
}

static void count_group(void *context, const struct group *g)
{
    struct lab *l = context;

    counters_total(flow_tables_counters(datapath_tables(l->datapath)),
                   g->counter);
}

static void count_meter(void *context, const struct meter *m)
{
    struct meter_stats stats;

    (void)context;
    meter_count(m, now(), &stats);
}

static void visit_mac(void *context, const struct mac_entry *e)
{
    (void)context;
    assert_true(e->vlan < 4096);
}

/* All the statistics that anybody may ask for. */
static void look(struct lab *l)
{
    struct flow_mod all = flow_mod_empty();
    const struct bridge_port *p;

    all.table = FLOW_MOD_TABLE_ALL;
    flow_tables_each(datapath_tables(l->datapath), &all, add_usage, l);
    group_table_each(datapath_groups(l->datapath), count_group, l);
    meter_table_each(datapath_meters(l->datapath), count_meter, l);
    mac_table_each(datapath_mac_table(l->datapath), (uint32_t)(now() / 1000),
                   visit_mac, l);
    for (size_t i = 0; (p = port_set_at(bridge_ports(l->bridge), i)); i++) {
        struct port_totals t;

        totals_of_port(l->datapath, p->counters, &t);
        bridge_port_missed(p);
    }
}

static void drain(struct lab *l)
{
    int64_t end_ms = now() + DRAIN_MS;

    while (!lab_is_empty(l) || job_pool_count(l->jobs)) {
        assert_true(now() < end_ms);
        bridge_tick(l->bridge, now());
        poll(NULL, 0, 1);
    }
    pass_barrier(l);
}

static uint64_t drops_of(const struct port_totals *t)
{
    uint64_t drops = 0;

    for (unsigned int i = 0; i < DROP_REASON_COUNT; i++)
        drops += t->drops[i];
    return drops;
}

static void check_port(const struct lab *l, unsigned int device)
{
    struct lab_counts c = lab_count(&l->devices[device]);
    struct port_totals t;
    const struct bridge_port *p = port_set_at(bridge_ports(l->bridge), device);

    assert_int_equal(p->number, device + 1);
    totals_of_port(l->datapath, p->counters, &t);
    assert_true(c.received > 0 && c.sent > 0);
    assert_int_equal(t.rx_frames, c.received);
    assert_int_equal(t.forwarded + t.consumed + drops_of(&t), c.received);
    assert_int_equal(t.tx_frames, c.sent);
    assert_int_equal(t.tx_drops[DROP_TX_FULL], c.refused);
}

static void check_table(const struct lab *l)
{
    struct table_lookups t = totals_lookups(l->datapath, 0);
    uint64_t received = 0;

    for (unsigned int i = 0; i < LAB_DEVICES; i++)
        received += lab_count(&l->devices[i]).received;
    assert_int_equal(t.matched + t.missed, received);
}

static void find_counted(void *context, struct flow_entry *e)
{
    const struct flow_entry **found = context;

    *found = e;
}

static void check_counted(const struct lab *l)
{
    const struct group *g =
        group_table_find(datapath_groups(l->datapath), COUNTED_GROUP);
    const struct meter *m =
        meter_table_find(datapath_meters(l->datapath), COUNTED_METER);
    struct flow_tables *tables = datapath_tables(l->datapath);
    struct meter_stats stats;

    for (uint32_t port = 1; port <= 2; port++) {
        struct flow_mod filter = flow_mod_empty();
        struct flow_entry *e = NULL;

        filter.command = FLOW_MOD_DELETE_STRICT;
        filter.priority = COUNTED_PRIORITY;
        match_number(&filter.match, FIELD_IN_PORT, port);
        flow_tables_each(tables, &filter, find_counted, &e);
        assert_non_null(e);
        assert_int_equal(flow_tables_usage(tables, e).packets,
                         lab_count(&l->devices[port - 1]).received);
    }
    assert_int_equal(
        counters_total(flow_tables_counters(tables), g->counter).packets,
        lab_count(&l->devices[0]).received);
    meter_count(m, now(), &stats);
    assert_int_equal(stats.packets, lab_count(&l->devices[1]).received);
}

static void nothing_is_lost_or_counted_twice(void **state)
{
    static void (*const changes[])(struct lab *) = {
        change_flow,  change_flow,      change_counted_entry,
        change_group, change_meter,     replug,
        blink,        send_packets_out, forget_macs,
        look,         reload,
    };
    struct lab l;

    (void)state;
    lab_open(&l, config_of(&configs[0]));
    set_group(&l, COUNTED_GROUP, GROUP_ADD);
    set_meter(&l, COUNTED_METER, METER_ADD);
    set_counted_entry(&l, 1, FLOW_MOD_ADD);
    set_counted_entry(&l, 2, FLOW_MOD_ADD);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        lab_feed(&l);
        changes[lab_draw(&l, ARRAY_SIZE(changes))](&l);
        bridge_tick(l.bridge, now());
    }
    drain(&l);
    lab_stop(&l);
    assert_true(atomic_load(&l.wakes) > 0);
    for (unsigned int i = 0; i < STEADY; i++)
        check_port(&l, i);
    check_table(&l);
    check_counted(&l);
    lab_close(&l);
}

static void set_drop(struct lab *l, uint16_t command, uint16_t priority)
{
    struct flow_mod mod = flow_mod_empty();
    struct action_list none = {.cells = NULL};

    mod.command = command;
    mod.table = 0;
    mod.priority = priority;
    assert_int_equal(apply(l, &mod, &none), FLOW_OK);
}

/* Frames that were dropped by the entry of this priority. */
static uint64_t dropped_by(const struct lab *l, uint16_t priority)
{
    struct flow_tables *tables = datapath_tables(l->datapath);
    struct flow_mod filter = flow_mod_empty();
    struct flow_entry *e = NULL;

    filter.command = FLOW_MOD_DELETE_STRICT;
    filter.priority = priority;
    flow_tables_each(tables, &filter, find_counted, &e);
    assert_non_null(e);
    return flow_tables_usage(tables, e).packets;
}

static void feed_until_dropped(struct lab *l, uint16_t priority, uint64_t count)
{
    int64_t end_ms = now() + WHILE_MS;

    while (dropped_by(l, priority) < count) {
        lab_feed(l);
        assert_true(now() < end_ms);
    }
}

/* All frames hit one entry; then another is put above it. */
static void a_barrier_ends_the_old_way(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, config_of(&configs[0]));
    set_drop(&l, FLOW_MOD_ADD, 1);
    for (unsigned int i = 0; i < BARRIERS; i++) {
        uint64_t count = dropped_by(&l, 1);

        feed_until_dropped(&l, 1, count + 50);
        lab_feed(&l);
        set_drop(&l, FLOW_MOD_ADD, 2);
        pass_barrier(&l);
        count = dropped_by(&l, 1);
        feed_until_dropped(&l, 2, 50);
        assert_int_equal(dropped_by(&l, 1), count);
        set_drop(&l, FLOW_MOD_DELETE_STRICT, 2);
    }
    lab_stop(&l);
    lab_close(&l);
}

static uint64_t learned_in(const struct lab *l, uint8_t table)
{
    return flow_tables_count(datapath_tables(l->datapath), table);
}

/* The workers wait for what they have taught, but not for ever; and again once
 * all of it is in the tables. */
static void a_main_thread_that_stands_still_stops_nobody(void **state)
{
    struct flow_mod mod = flow_mod_empty();
    struct action_list actions = {.cells = NULL};
    int64_t end_ms = now() + WHILE_MS;
    struct lab l;

    (void)state;
    lab_open(&l, config_of(&configs[0]));
    mod.table = 0;
    match_number(&mod.match, FIELD_ETH_TYPE, 0x800);
    match_number(&mod.match, FIELD_IP_PROTO, 17);
    add_learn(&actions);
    assert_int_equal(apply(&l, &mod, &actions), FLOW_OK);
    lab_feed(&l);
    while (!lab_is_empty(&l)) {
        assert_true(now() < end_ms);
        poll(NULL, 0, 1);
    }
    assert_int_equal(learned_in(&l, 2), 0);
    assert_in_range(totals_learn_requests_late(l.datapath), 1, UINT64_MAX);
    while (learned_in(&l, 2) == 0) {
        assert_true(now() < end_ms);
        bridge_tick(l.bridge, now());
    }
    lab_stop(&l);
    lab_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_counted_twice),
        cmocka_unit_test(a_barrier_ends_the_old_way),
        cmocka_unit_test(a_main_thread_that_stands_still_stops_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
