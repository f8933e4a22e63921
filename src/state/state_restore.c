/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/state_restore.h"

#include <string.h>

#include "control/flow_check.h"
#include "control/handle_group.h"
#include "flow/port_no.h"
#include "state/state_file.h"
#include "state/state_record.h"
#include "table/flow_restore.h"

#define AGE_MAX_MS ((uint64_t)1 << 50) /* some 35,000 years */

/* A restore on its way. */
struct restore {
    const struct state_target *target;
    const struct state_times *times;
    struct state_outcome *outcome;
    struct state_switch was;
    struct flow_check check;
    bool has_other_ports;
    size_t groups_seen;
};

static struct datapath *datapath_of(const struct restore *r)
{
    return r->target->s->datapath;
}

/* When something was that is said to have been so long before the writing. */
static int64_t time_of(const struct restore *r, uint64_t age_ms)
{
    if (age_ms > AGE_MAX_MS)
        age_ms = AGE_MAX_MS;
    return r->times->now_ms - r->outcome->away_ms - (int64_t)age_ms;
}

static void check_port(struct restore *r, struct reader body)
{
    const struct state_target *t = r->target;
    struct state_port port;
    const char *name;

    if (!state_read_port(body, &port) || port.number == PORT_NO_LOCAL)
        return;
    name = t->port_name(t->context, port.number);
    if (name && strcmp(name, port.name) != 0)
        r->has_other_ports = true;
}

static void restore_meter(struct restore *r, struct reader body)
{
    struct state_meter m;

    if (state_read_meter(body, &m) &&
        meter_table_restore(datapath_meters(datapath_of(r)), &m.mod, &m.stats,
                            time_of(r, m.age_ms)) == FLOW_OK)
        r->outcome->restored.meters++;
    else
        r->outcome->refused++;
}

static void count_group(struct restore *r, struct reader body)
{
    (void)body;
    r->groups_seen++;
}

static void restore_group(struct restore *r, struct reader body)
{
    struct group_table *groups = datapath_groups(datapath_of(r));
    struct state_group g;

    if (!state_read_group(body, &g))
        return;
    if (!group_table_find(groups, g.mod.group_id) &&
        handle_group_check(&r->check, &g.mod) == FLOW_OK &&
        group_table_restore(groups, &g.mod, &g.stats, time_of(r, g.age_ms)) ==
            FLOW_OK)
        r->outcome->restored.groups++;
    state_group_clear(&g);
}

static bool is_over(const struct flow_mod *mod, const struct flow_history *h,
                    int64_t now_ms)
{
    return (mod->hard_timeout_s &&
            h->modified_ms + (int64_t)mod->hard_timeout_s * 1000 <= now_ms) ||
           (mod->idle_timeout_s &&
            h->used_ms + (int64_t)mod->idle_timeout_s * 1000 <= now_ms);
}

static void restore_entry(struct restore *r, const struct state_flow *f)
{
    const struct flow_history h = {
        .created_ms = time_of(r, f->age_ms),
        .modified_ms = time_of(r, f->modified_ms),
        .used_ms = time_of(r, f->unused_ms),
        .packets = f->packets,
        .bytes = f->bytes,
    };

    if (f->mod.table < r->check.tables &&
        is_over(&f->mod, &h, r->times->now_ms))
        r->outcome->expired++;
    else if (f->mod.table < r->check.tables &&
             flow_check_mod(&r->check, &f->mod) == FLOW_OK &&
             flow_restore(datapath_tables(datapath_of(r)), &f->mod, &h) ==
                 FLOW_OK)
        r->outcome->restored.flows++;
    else
        r->outcome->refused++;
}

static void restore_flow(struct restore *r, struct reader body)
{
    struct state_flow f;

    if (!state_read_flow(body, &f)) {
        r->outcome->refused++;
        return;
    }
    restore_entry(r, &f);
    state_flow_clear(&f);
}

/* Where the link is down the address would only swallow frames. */
static void restore_mac(struct restore *r, struct reader body)
{
    struct mac_table *macs = datapath_mac_table(datapath_of(r));
    int64_t now_s = r->times->now_ms / 1000;
    const struct datapath_port *port;
    struct state_mac m;
    int64_t age_s;

    if (!state_read_mac(body, &m)) {
        r->outcome->refused++;
        return;
    }
    port = ports_find(datapath_ports(datapath_of(r)), m.port);
    age_s = (int64_t)m.age_s + r->outcome->away_ms / 1000;
    if (!port || !port->link.is_up)
        return;
    if (age_s >= (int64_t)mac_table_aging(macs)) {
        r->outcome->expired++;
        return;
    }
    datapath_learn(datapath_of(r), m.mac, m.vlan, port->index,
                   (uint32_t)(now_s - age_s));
    r->outcome->restored.macs++;
}

/* Calls 'visit' for each record of this kind.  False: there is something else
 * than records. */
static bool each(struct restore *r, struct reader records, enum state_kind kind,
                 void (*visit)(struct restore *r, struct reader body))
{
    struct reader body;
    enum state_kind found;

    while ((found = state_next(&records, &body)))
        if (found == kind)
            visit(r, body);
    return !records.bad && !records.left;
}

/* A group may lead to others that come behind it: again, as long as that has
 * been of use. */
static void restore_groups(struct restore *r, struct reader records)
{
    size_t before;

    each(r, records, STATE_GROUP, count_group);
    for (int pass = 0; pass <= GROUP_DEPTH_LIMIT; pass++) {
        before = r->outcome->restored.groups;
        each(r, records, STATE_GROUP, restore_group);
        if (r->outcome->restored.groups == r->groups_seen ||
            r->outcome->restored.groups == before)
            break;
    }
    r->outcome->refused += r->groups_seen - r->outcome->restored.groups;
}

/* The operator had taken it away, or put something else there. */
static void take_normal(const struct restore *r)
{
    struct flow_mod mod = flow_mod_empty();

    mod.command = FLOW_MOD_DELETE_STRICT;
    mod.table = 0;
    mod.priority = 0;
    flow_tables_apply(datapath_tables(datapath_of(r)), &mod, r->times->now_ms);
}

static const char *check_switch(struct restore *r, struct reader records)
{
    const struct state_target *t = r->target;
    struct reader body;

    if (state_next(&records, &body) != STATE_SWITCH ||
        !state_read_switch(body, &r->was))
        return "it does not name its switch";
    if (r->was.datapath_id != t->s->identity.datapath_id)
        return "it has another datapath id";
    if (r->was.has_controllers && !t->has_controllers)
        return "no controllers are configured any more";
    if (!each(r, records, STATE_PORT, check_port))
        return "it is damaged";
    return r->has_other_ports
               ? "port numbers have changed; give ports an ofport"
               : NULL;
}

const char *state_restore(const struct state_target *target,
                          const struct state_times *times, const uint8_t *bytes,
                          size_t size, struct state_outcome *outcome)
{
    struct restore r = {
        .target = target,
        .times = times,
        .outcome = outcome,
        /* Entries of 1.0 need not fit the frames that they are for. */
        .check = flow_check_of(target->s, OF10),
    };
    const char *fault = state_file_fault(bytes, size);
    struct reader records;

    *outcome = (struct state_outcome){.away_ms = 0};
    if (fault)
        return fault;
    records =
        reader_over(bytes + STATE_FILE_HEAD_SIZE, size - STATE_FILE_HEAD_SIZE);
    fault = check_switch(&r, records);
    if (fault)
        return fault;
    /* A clock that was set back has not turned time back. */
    if (times->wall_ms > r.was.written_ms)
        outcome->away_ms = times->wall_ms - r.was.written_ms;
    if ((uint64_t)outcome->away_ms > AGE_MAX_MS)
        outcome->away_ms = (int64_t)AGE_MAX_MS;
    outcome->stands_alone = r.was.stands_alone;
    if (target->gave_normal && r.was.has_lost_normal)
        take_normal(&r);
    each(&r, records, STATE_METER, restore_meter);
    restore_groups(&r, records);
    each(&r, records, STATE_FLOW, restore_flow);
    each(&r, records, STATE_MAC, restore_mac);
    return NULL;
}
