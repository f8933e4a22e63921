/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/state_save.h"

#include <stdlib.h>
#include <string.h>

#include "bridge/flow_load.h"
#include "bridge/of_agent.h"
#include "state/state_file.h"
#include "state/state_record.h"

/* A save on its way. */
struct save {
    const struct bridge *bridge;
    struct datapath *datapath;
    const struct flow_file *flows;
    const struct state_times *times;
    struct of_buffer *to;
    struct state_counts counts;
    bool gave_normal, has_normal; /* the fail mode did, and it is still there */
};

/* Milliseconds from then to now. */
static uint64_t ago(const struct save *s, int64_t then_ms)
{
    int64_t passed_ms = s->times->now_ms - then_ms;

    return passed_ms > 0 ? (uint64_t)passed_ms : 0;
}

static void save_ports(struct save *s)
{
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(s->bridge), i)); i++) {
        struct state_port port = {.number = p->number};

        _Static_assert(sizeof(port.name) == sizeof(p->config.name), "a copy");
        memcpy(port.name, p->config.name, sizeof(port.name));
        state_put_port(s->to, &port);
    }
}

static void save_meter(void *context, const struct meter *m)
{
    struct save *s = context;
    struct state_meter meter;

    meter_describe(m, &meter.mod);
    meter_count(m, s->times->now_ms, &meter.stats);
    meter.age_ms = (uint64_t)meter.stats.duration_s * 1000 +
                   meter.stats.duration_ns / 1000000;
    state_put_meter(s->to, &meter);
    s->counts.meters++;
}

/* False if out of memory.  The contents of the buckets stay the group's. */
static bool describe_group(const struct save *s, const struct group *g,
                           struct state_group *to)
{
    const struct counters *counters =
        flow_tables_counters(datapath_tables(s->datapath));
    struct counter_totals total = counters_total(counters, g->counter);
    size_t room = g->bucket_count ? g->bucket_count : 1;

    *to = (struct state_group){
        .age_ms = ago(s, g->created_ms),
        .mod = {.command = GROUP_ADD,
                .type = g->type,
                .group_id = g->id,
                .command_bucket_id = BUCKET_ID_ALL,
                .selection = g->selection,
                .buckets = calloc(room, sizeof(*to->mod.buckets)),
                .bucket_count = g->bucket_count},
        .stats = {.packets = total.packets,
                  .bytes = total.bytes,
                  .bucket_count = g->bucket_count},
        .buckets = calloc(room, sizeof(*to->buckets)),
    };
    to->stats.buckets = to->buckets;
    if (!to->mod.buckets || !to->buckets)
        return false;
    for (size_t i = 0; i < g->bucket_count; i++) {
        const struct group_bucket *b = &g->buckets[i];

        total = counters_total(counters, b->counter);
        to->buckets[i] = (struct bucket_stats){total.packets, total.bytes};
        to->mod.buckets[i] = group_bucket_words(b);
    }
    return true;
}

static void save_group(void *context, const struct group *g)
{
    struct save *s = context;
    struct state_group group;

    if (!describe_group(s, g, &group))
        s->to->is_bad = true;
    else if (state_put_group(s->to, &group))
        s->counts.groups++;
    else
        s->counts.left_out++;
    free(group.mod.buckets);
    free(group.buckets);
}

/* The entry that the fail mode gives, as it gives it. */
static bool is_normal(const struct flow_entry *e)
{
    static const struct flow_match all;
    const struct flow_instructions *i = &e->instructions;
    const struct flow_action *a = instructions_apply(i);
    struct flow_match match;

    if (e->table || e->priority || e->cookie || e->idle_timeout_s ||
        e->hard_timeout_s || i->apply_count != 1 || i->write_count ||
        i->has_goto || i->has_clear || i->has_metadata || i->has_meter ||
        a->type != ACTION_OUTPUT || a->port != PORT_NO_NORMAL)
        return false;
    classifier_match_of(e, &match);
    return match_is_equal(&match, &all);
}

static void save_flow(void *context, struct flow_entry *e)
{
    struct save *s = context;
    struct flow_usage usage =
        flow_tables_usage(datapath_tables(s->datapath), e);
    struct state_flow flow = {
        .age_ms = ago(s, e->created_ms),
        .modified_ms = ago(s, e->modified_ms),
        .unused_ms = ago(s, usage.used_ms),
        .packets = usage.packets,
        .bytes = usage.bytes,
        .mod = flow_mod_empty(),
    };

    if (s->gave_normal && is_normal(e)) {
        s->has_normal = true;
        return;
    }
    if (flow_load_owns(s->flows, e))
        return;
    classifier_match_of(e, &flow.mod.match);
    flow.mod.instructions = e->instructions; /* borrowed: not to be cleared */
    flow.mod.table = e->table;
    flow.mod.priority = e->priority;
    flow.mod.cookie = e->cookie;
    flow.mod.idle_timeout_s = e->idle_timeout_s;
    flow.mod.hard_timeout_s = e->hard_timeout_s;
    flow.mod.importance = e->importance;
    flow.mod.flags = e->flags;
    if (state_put_flow(s->to, &flow))
        s->counts.flows++;
    else
        s->counts.left_out++;
}

/* Learned addresses, each port's newest first. */
struct addresses {
    struct mac_entry *list; /* 'count' */
    size_t count, room;
};

static void note_address(void *context, const struct mac_entry *e)
{
    struct addresses *a = context;

    if (a->count < a->room)
        a->list[a->count++] = *e;
}

/* Oldest first, so that they get the same places when they are learned again.
 */
static void save_macs(struct save *s)
{
    const struct mac_table *macs = datapath_mac_table(s->datapath);
    struct addresses a = {.room = mac_table_count(macs)};

    a.list = calloc(a.room ? a.room : 1, sizeof(*a.list));
    if (!a.list) {
        s->to->is_bad = true;
        return;
    }
    mac_table_each(macs, (uint32_t)(s->times->now_ms / 1000), note_address, &a);
    while (a.count) {
        const struct mac_entry *e = &a.list[--a.count];
        const struct bridge_port *p =
            port_set_by_index(bridge_ports(s->bridge), e->port);
        struct state_mac mac = {e->mac, p ? p->number : 0, e->vlan, e->age_s};

        if (!p)
            continue;
        state_put_mac(s->to, &mac);
        s->counts.macs++;
    }
    free(a.list);
}

/* The first record's values are known when all entries have been seen. */
static void save_switch(struct save *s, size_t at)
{
    const struct of_agent *o = bridge_openflow(s->bridge);
    struct state_switch said = {
        .datapath_id = bridge_datapath_id(s->bridge),
        .written_ms = s->times->wall_ms,
        .has_controllers = of_agent_controllers(o) > 0,
        .has_lost_normal = s->gave_normal && !s->has_normal,
        .stands_alone = of_agent_stands_alone(o),
    };
    struct of_buffer record = {.data = NULL};

    state_put_switch(&record, &said);
    if (record.is_bad)
        s->to->is_bad = true;
    if (!s->to->is_bad)
        memcpy(s->to->data + at, record.data, record.size);
    of_buffer_clear(&record);
}

struct state_counts state_save(const struct bridge *b,
                               const struct state_times *times,
                               struct of_buffer *to)
{
    static const struct state_switch nothing;
    struct save s = {
        .bridge = b,
        .datapath = bridge_datapath(b),
        .flows = bridge_flows(b),
        .times = times,
        .to = to,
        .gave_normal = of_agent_gave_normal(bridge_openflow(b)),
    };
    struct flow_mod all = flow_mod_empty();
    size_t start = to->size;

    all.command = FLOW_MOD_DELETE;
    of_put_zeros(to, STATE_FILE_HEAD_SIZE);
    state_put_switch(to, &nothing); /* to be filled in */
    save_ports(&s);
    if (!meter_table_each(datapath_meters(s.datapath), save_meter, &s) ||
        !group_table_each(datapath_groups(s.datapath), save_group, &s))
        to->is_bad = true;
    flow_tables_each(datapath_tables(s.datapath), &all, save_flow, &s);
    save_macs(&s);
    save_switch(&s, start + STATE_FILE_HEAD_SIZE);
    if (!to->is_bad)
        state_file_seal(to->data + start, to->size - start);
    return s.counts;
}
