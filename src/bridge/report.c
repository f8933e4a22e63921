/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/report.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/array.h"
#include "base/json.h"
#include "flow/mac_text.h"

/* As the configuration writes it: "10,20-29". */
static void write_trunks(FILE *out, const uint64_t trunks[64])
{
    const char *comma = "";

    for (unsigned int first = 0; first < 4096; first++) {
        unsigned int last = first;

        if (!(trunks[first / 64] >> (first % 64) & 1))
            continue;
        while (last + 1 < 4096 &&
               trunks[(last + 1) / 64] >> ((last + 1) % 64) & 1)
            last++;
        fprintf(out, first == last ? "%s%u" : "%s%u-%u", comma, first, last);
        comma = ",";
        first = last;
    }
}

static void add_vlan(cJSON *port, const struct vlan_membership *m)
{
    char text[32 * 1024] = "all";
    FILE *out = fmemopen(text, sizeof(text), "w");

    if (!out) {
        alloc_flag_raise();
        return;
    }
    if (m->mode == VLAN_ALL)
        fputs("all", out);
    else if (m->mode == VLAN_ACCESS)
        fprintf(out, "access %u", m->access);
    else {
        fputs("trunk ", out);
        write_trunks(out, m->trunks);
        if (m->native)
            fprintf(out, " native %u", m->native);
    }
    if (fclose(out) != 0)
        alloc_flag_raise();
    cJSON_AddStringToObject(port, "vlan", text);
}

static void add_number(cJSON *object, const char *name, uint64_t value)
{
    cJSON_AddNumberToObject(object, name, (double)value);
}

static void add_gauges(cJSON *object, enum gauge_id first, enum gauge_id last,
                       const struct gauge_subject *s)
{
    for (int i = first; i <= (int)last; i++) {
        const struct gauge *g = &gauges[i];

        if (g->unit == GAUGE_BOOLEAN)
            cJSON_AddBoolToObject(object, g->name, g->get(s) != 0);
        else
            add_number(object, g->name, g->get(s));
    }
}

static void add_gauge(cJSON *object, enum gauge_id id,
                      const struct gauge_subject *s)
{
    add_gauges(object, id, id, s);
}

/* Frames that were dropped, by reason. */
struct drops {
    cJSON *rx, *tx;
};

static void add_drop(void *context, const struct gauge_subject *s)
{
    const struct drops *d = context;
    const char *reason = s->labels[1];
    uint64_t rx = gauges[GAUGE_DROPS].get(s);
    uint64_t tx = gauges[GAUGE_TX_DROPS].get(s);

    if (rx)
        add_number(d->rx, reason, rx);
    if (tx)
        add_number(d->tx, reason, tx);
}

static void add_counters(cJSON *port, const struct gauge_subject *s)
{
    struct drops d;

    add_gauges(port, GAUGE_PORT_RX_FRAMES, GAUGE_PORT_KERNEL_FRAMES, s);
    d.rx = cJSON_AddObjectToObject(port, gauges[GAUGE_DROPS].name);
    d.tx = cJSON_AddObjectToObject(port, gauges[GAUGE_TX_DROPS].name);
    gauge_each_drop(s, add_drop, &d);
}

/* The bits of enum ofp_port_features (OpenFlow 1.3.5, 7.2.1) in the words of
 * ovs-ofctl(8). */
static void add_features(cJSON *port, const char *name, uint32_t features)
{
    static const char *const words[] = {
        "10MB-HD",  "10MB-FD",  "100MB-HD",   "100MB-FD",
        "1GB-HD",   "1GB-FD",   "10GB-FD",    "40GB-FD",
        "100GB-FD", "1TB-FD",   "OTHER",      "COPPER",
        "FIBER",    "AUTO_NEG", "AUTO_PAUSE", "AUTO_PAUSE_ASYM",
    };
    cJSON *list = cJSON_AddArrayToObject(port, name);

    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (features >> i & 1)
            json_append(list, cJSON_CreateString(words[i]));
}

/* Of the port and, while it is there, of its interface. */
static void add_names(cJSON *port, const struct bridge_port *p)
{
    const char *altname = NULL;
    cJSON *altnames;

    cJSON_AddStringToObject(port, "name", p->config.name);
    cJSON_AddStringToObject(port, "interface",
                            p->is_present ? p->link.name : "");
    altnames = cJSON_AddArrayToObject(port, "altnames");
    while (p->is_present && (altname = link_next_altname(&p->link, altname)))
        json_append(altnames, cJSON_CreateString(altname));
}

static void describe_port(void *context, const struct gauge_subject *s)
{
    const struct bridge_port *p = s->port;
    cJSON *port = cJSON_CreateObject();

    add_names(port, p);
    add_number(port, "ofport", port_no_shown(p->number));
    cJSON_AddStringToObject(port, "type",
                            config_port_type_word(p->config.type));
    cJSON_AddStringToObject(port, "mac",
                            p->is_present ? mac_text(p->link.mac).text : "");
    cJSON_AddStringToObject(port, "link", bridge_port_link_word(p));
    cJSON_AddStringToObject(port, "admin",
                            p->is_present && p->link.is_up ? "up" : "down");
    add_gauge(port, GAUGE_PORT_TAKEN_DOWN, s);
    add_gauge(port, GAUGE_PORT_SPEED, s);
    cJSON_AddStringToObject(port, "duplex",
                            !p->speed.mbps            ? ""
                            : p->speed.is_full_duplex ? "full"
                                                      : "half");
    add_gauge(port, GAUGE_PORT_MAX_SPEED, s);
    add_features(port, "current", p->speed.current);
    add_features(port, "advertised", p->speed.advertised);
    add_features(port, "supported", p->speed.supported);
    add_features(port, "peer", p->speed.peer);
    add_gauge(port, GAUGE_PORT_MTU, s);
    add_vlan(port, &p->config.vlan);
    cJSON_AddStringToObject(port, "shield", bridge_port_shield_word(p));
    add_counters(port, s);
    json_append(context, port);
}

static void describe_controller(void *context, const struct gauge_subject *s)
{
    const struct controller_status *c = &s->controller;
    cJSON *controller = cJSON_CreateObject();
    char target[TARGET_TEXT_SIZE];

    target_print(c->target, target);
    cJSON_AddStringToObject(controller, "name", c->name);
    cJSON_AddStringToObject(controller, "target", target);
    cJSON_AddStringToObject(controller, "state", c->state);
    cJSON_AddStringToObject(controller, "role", controller_role_word(c));
    cJSON_AddStringToObject(controller, "version", controller_version_word(c));
    add_gauge(controller, GAUGE_CONTROLLER_ACCEPTED, s);
    add_gauge(controller, GAUGE_CONTROLLER_SINCE, s);
    cJSON_AddStringToObject(controller, "last_error", c->last_error);
    add_gauges(controller, GAUGE_CONTROLLER_PACKET_INS,
               GAUGE_CONTROLLER_CONGESTED, s);
    json_append(context, controller);
}

static void describe_listener(void *context, const struct gauge_subject *s)
{
    const struct listener_status *l = &s->listener;
    cJSON *listener = cJSON_CreateObject();

    cJSON_AddStringToObject(listener, "listener", l->name);
    cJSON_AddStringToObject(listener, "state", l->error ? "failed" : "open");
    add_gauge(listener, GAUGE_LISTENER_CONNECTIONS, s);
    cJSON_AddStringToObject(listener, "last_error", l->error ? l->error : "");
    json_append(context, listener);
}

static void describe_limit(void *context, const struct gauge_subject *s)
{
    cJSON *limit = cJSON_CreateObject();

    cJSON_AddStringToObject(limit, "what", s->labels[0]);
    add_gauges(limit, GAUGE_LIMIT_IN_USE, GAUGE_LIMIT_HITS, s);
    json_append(context, limit);
}

static void describe_switch(void *context, const struct gauge_subject *s)
{
    const struct bridge *b = s->source->bridge;
    const struct config *c = bridge_config(b);
    cJSON *show = context;
    char id[17];

    snprintf(id, sizeof(id), "%016llx",
             (unsigned long long)bridge_datapath_id(b));
    cJSON_AddStringToObject(show, "bridge", c->bridge.name);
    cJSON_AddStringToObject(show, "datapath_id", id);
    cJSON_AddStringToObject(show, "fail_mode",
                            config_fail_mode_word(c->bridge.fail_mode));
    add_gauges(show, GAUGE_FAIL_MODE_ACTIVE, GAUGE_LOOKED_AGAIN, s);
    cJSON_AddStringToObject(show, "version", VERSION);
    add_gauge(show, GAUGE_FLOWS, s);
}

cJSON *report_show(const struct gauge_source *source)
{
    static const struct {
        const char *key;
        enum gauge_kind of;
        gauge_visit *describe;
    } lists[] = {
        {"ports", GAUGE_OF_PORT, describe_port},
        {"controllers", GAUGE_OF_CONTROLLER, describe_controller},
        {"listeners", GAUGE_OF_LISTENER, describe_listener},
        {"limits", GAUGE_OF_LIMIT, describe_limit},
    };
    cJSON *show = cJSON_CreateObject();

    gauge_each(source, GAUGE_OF_SWITCH, describe_switch, show);
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        gauge_each(source, lists[i].of, lists[i].describe,
                   cJSON_AddArrayToObject(show, lists[i].key));
    return show;
}

static void count_port(void *context, const struct gauge_subject *s)
{
    cJSON *port = cJSON_CreateObject();

    add_names(port, s->port);
    add_number(port, "ofport", port_no_shown(s->port->number));
    add_counters(port, s);
    json_append(context, port);
}

cJSON *report_ports(const struct gauge_source *source)
{
    cJSON *result = cJSON_CreateObject();

    gauge_each(source, GAUGE_OF_PORT, count_port,
               cJSON_AddArrayToObject(result, "ports"));
    return result;
}

struct fdb {
    const struct bridge *bridge;
    cJSON *entries;
};

static void add_entry(void *context, const struct mac_entry *e)
{
    const struct fdb *fdb = context;
    const struct bridge_port *p =
        port_set_by_index(bridge_ports(fdb->bridge), e->port);
    cJSON *entry = cJSON_CreateObject();

    cJSON_AddStringToObject(entry, "port", p ? p->config.name : "");
    add_number(entry, "vlan", e->vlan);
    cJSON_AddStringToObject(entry, "mac", mac_number_text(e->mac).text);
    add_number(entry, "age_s", e->age_s);
    json_append(fdb->entries, entry);
}

cJSON *report_fdb(const struct gauge_source *source)
{
    const struct gauge_subject s = {.source = source};
    struct datapath *d = bridge_datapath(source->bridge);
    cJSON *result = cJSON_CreateObject();
    struct fdb fdb = {.bridge = source->bridge,
                      .entries = cJSON_AddArrayToObject(result, "entries")};

    mac_table_each(datapath_mac_table(d), (uint32_t)(source->now_ms / 1000),
                   add_entry, &fdb);
    add_number(result, "capacity", gauges[GAUGE_MAC_CAPACITY].get(&s));
    add_number(result, "evicted", gauges[GAUGE_MACS_EVICTED].get(&s));
    return result;
}
