/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/report.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/array.h"
#include "base/json.h"
#include "base/log.h"
#include "bridge/of_agent.h"
#include "bridge/openflow_ports.h"
#include "flow/mac_text.h"

static const char *const shield_words[] = {
    [SHIELD_OFF] = "off",
    [SHIELD_ON] = "on",
    [SHIELD_FAILED] = "failed",
};

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

static void add_reasons(cJSON *port, const char *name, const uint64_t *drops)
{
    cJSON *object = cJSON_AddObjectToObject(port, name);

    for (unsigned int i = DROP_NONE + 1; i < DROP_REASON_COUNT; i++)
        if (drops[i])
            add_number(object, drop_reason_word((enum drop_reason)i), drops[i]);
}

static void add_counters(const struct bridge *b, cJSON *port,
                         const struct bridge_port *p)
{
    struct port_totals t;

    datapath_total(bridge_datapath(b), p->counters, &t);
    add_number(port, "rx_frames", t.rx_frames);
    add_number(port, "rx_bytes", t.rx_bytes);
    add_number(port, "tx_frames", t.tx_frames);
    add_number(port, "tx_bytes", t.tx_bytes);
    add_number(port, "forwarded", t.forwarded);
    add_number(port, "consumed", t.consumed);
    add_number(port, "rx_own_address", t.rx_own_address);
    add_number(port, "missed", bridge_port_missed(p));
    add_reasons(port, "drops", t.drops);
    add_reasons(port, "tx_drops", t.tx_drops);
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

static cJSON *describe_port(const struct bridge *b, const struct bridge_port *p)
{
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
    cJSON_AddBoolToObject(port, "taken_down", p->is_taken_down);
    add_number(port, "speed_mbps", p->speed.mbps);
    cJSON_AddStringToObject(port, "duplex",
                            !p->speed.mbps            ? ""
                            : p->speed.is_full_duplex ? "full"
                                                      : "half");
    add_number(port, "max_speed_mbps",
               openflow_ports_fastest_kbps(&p->speed) / 1000);
    add_features(port, "current", p->speed.current);
    add_features(port, "advertised", p->speed.advertised);
    add_features(port, "supported", p->speed.supported);
    add_features(port, "peer", p->speed.peer);
    add_number(port, "mtu", p->link.mtu);
    add_vlan(port, &p->config.vlan);
    cJSON_AddStringToObject(port, "shield", shield_words[p->device.shield]);
    add_counters(b, port, p);
    return port;
}

static const char *fail_mode_word(const struct bridge *b)
{
    return config_fail_mode_word(bridge_config(b)->bridge.fail_mode);
}

/* Nothing where no version has been agreed on. */
static const char *version_word(enum of_version version)
{
    return version == OF_NONE ? "" : of_version_name(version);
}

/* A role is that of a connection. */
static const char *role_of(const struct controller_status *s)
{
    return s->version == OF_NONE ? "" : role_word(s->role);
}

static cJSON *describe_controller(const struct controller_status *s,
                                  int64_t now_ms)
{
    cJSON *controller = cJSON_CreateObject();
    char target[TARGET_TEXT_SIZE];

    target_print(s->target, target);
    cJSON_AddStringToObject(controller, "name", s->name);
    cJSON_AddStringToObject(controller, "target", target);
    cJSON_AddStringToObject(controller, "state", s->state);
    cJSON_AddStringToObject(controller, "role", role_of(s));
    cJSON_AddStringToObject(controller, "version", version_word(s->version));
    cJSON_AddBoolToObject(controller, "accepted", s->is_accepted);
    add_number(controller, "since_s", (uint64_t)(now_ms - s->since_ms) / 1000);
    cJSON_AddStringToObject(controller, "last_error", s->last_error);
    add_number(controller, "packet_ins", s->counts.packet_ins);
    add_number(controller, "packet_ins_limited", s->counts.limited);
    add_number(controller, "congested", s->counts.congested);
    return controller;
}

static void add_controllers(cJSON *show, const struct bridge *b, int64_t now_ms)
{
    const struct of_agent *o = bridge_openflow(b);
    cJSON *controllers = cJSON_AddArrayToObject(show, "controllers");

    for (size_t i = 0; i < of_agent_controllers(o); i++) {
        struct controller_status s = of_agent_controller(o, i);

        json_append(controllers, describe_controller(&s, now_ms));
    }
}

struct listeners {
    const struct of_agent *side;
    cJSON *all;
};

static void add_listener(void *visitor, const struct listener_status *l)
{
    const struct listeners *listeners = visitor;
    cJSON *listener = cJSON_CreateObject();

    cJSON_AddStringToObject(listener, "listener", l->name);
    cJSON_AddStringToObject(listener, "state", l->error ? "failed" : "open");
    add_number(listener, "connections",
               of_agent_arrived(listeners->side, l->number));
    cJSON_AddStringToObject(listener, "last_error", l->error ? l->error : "");
    json_append(listeners->all, listener);
}

static void add_listeners(cJSON *show, const struct bridge *b)
{
    struct listeners listeners = {
        .side = bridge_openflow(b),
        .all = cJSON_AddArrayToObject(show, "listeners"),
    };

    of_agent_each_listener(listeners.side, add_listener, &listeners);
}

cJSON *report_show(const struct bridge *b, int64_t uptime_ms, int64_t now_ms)
{
    cJSON *show = cJSON_CreateObject();
    const struct bridge_port *p;
    char id[17];
    cJSON *ports;

    snprintf(id, sizeof(id), "%016llx",
             (unsigned long long)bridge_datapath_id(b));
    cJSON_AddStringToObject(show, "bridge", bridge_config(b)->bridge.name);
    cJSON_AddStringToObject(show, "datapath_id", id);
    cJSON_AddStringToObject(show, "fail_mode", fail_mode_word(b));
    cJSON_AddBoolToObject(show, "fail_mode_active",
                          of_agent_fails(bridge_openflow(b)));
    add_number(show, "uptime_s", (uint64_t)(uptime_ms / 1000));
    add_number(show, "workers", datapath_workers(bridge_datapath(b)));
    cJSON_AddStringToObject(show, "version", VERSION);
    add_number(show, "flows",
               flow_tables_total(datapath_tables(bridge_datapath(b))));
    ports = cJSON_AddArrayToObject(show, "ports");
    for (size_t i = 0; (p = port_set_at(bridge_ports(b), i)); i++)
        json_append(ports, describe_port(b, p));
    add_controllers(show, b, now_ms);
    add_listeners(show, b);
    return show;
}

cJSON *report_ports(const struct bridge *b)
{
    cJSON *result = cJSON_CreateObject();
    cJSON *ports = cJSON_AddArrayToObject(result, "ports");
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(b), i)); i++) {
        cJSON *port = cJSON_CreateObject();

        add_names(port, p);
        add_number(port, "ofport", port_no_shown(p->number));
        add_counters(b, port, p);
        json_append(ports, port);
    }
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

cJSON *report_fdb(const struct bridge *b, int64_t now_ms)
{
    const struct mac_table *macs = datapath_mac_table(bridge_datapath(b));
    cJSON *result = cJSON_CreateObject();
    struct fdb fdb = {.bridge = b,
                      .entries = cJSON_AddArrayToObject(result, "entries")};

    mac_table_each(macs, (uint32_t)(now_ms / 1000), add_entry, &fdb);
    add_number(result, "capacity", mac_table_capacity(macs));
    add_number(result, "evicted", mac_table_evicted(macs));
    return result;
}

static void log_port(const struct bridge *b, const struct bridge_port *p)
{
    struct port_totals t;

    datapath_total(bridge_datapath(b), p->counters, &t);
    log_info("state.port",
             "port=%s ofport=%u type=%s link=%s mac=%s mtu=%u shield=%s "
             "rx_frames=%llu tx_frames=%llu forwarded=%llu consumed=%llu "
             "missed=%llu",
             p->config.name, port_no_shown(p->number),
             config_port_type_word(p->config.type), bridge_port_link_word(p),
             mac_text(p->link.mac).text, p->link.mtu,
             shield_words[p->device.shield], (unsigned long long)t.rx_frames,
             (unsigned long long)t.tx_frames, (unsigned long long)t.forwarded,
             (unsigned long long)t.consumed,
             (unsigned long long)bridge_port_missed(p));
    for (unsigned int i = DROP_NONE + 1; i < DROP_REASON_COUNT; i++)
        if (t.drops[i] || t.tx_drops[i])
            log_info("state.drop", "port=%s reason=%s rx=%llu tx=%llu",
                     p->config.name, drop_reason_word((enum drop_reason)i),
                     (unsigned long long)t.drops[i],
                     (unsigned long long)t.tx_drops[i]);
}

static void log_controllers(const struct bridge *b, int64_t now_ms)
{
    const struct of_agent *o = bridge_openflow(b);

    for (size_t i = 0; i < of_agent_controllers(o); i++) {
        struct controller_status s = of_agent_controller(o, i);
        char target[TARGET_TEXT_SIZE];

        target_print(s.target, target);
        log_info("state.controller",
                 "controller=%s target=%s state=%s role=%s version=%s "
                 "accepted=%s since_s=%lld last_error=%s",
                 s.name, target, s.state, role_of(&s), version_word(s.version),
                 s.is_accepted ? "yes" : "no",
                 (long long)((now_ms - s.since_ms) / 1000), s.last_error);
    }
}

void report_to_log(const struct bridge *b, int64_t uptime_ms, int64_t now_ms)
{
    struct datapath *d = bridge_datapath(b);
    const struct mac_table *macs = datapath_mac_table(d);
    const struct learn_counts *learnt =
        &of_agent_switch(bridge_openflow(b))->learn_counts;
    const struct bridge_port *p;

    log_info(
        "state.bridge",
        "bridge=%s version=%s uptime_s=%lld datapath_id=%016llx "
        "fail_mode=%s workers=%u flows=%zu macs=%zu mac_capacity=%zu "
        "macs_evicted=%llu learn_refused=%llu flows_learnt=%llu "
        "flows_not_learnt=%llu lessons_refused=%llu lessons_late=%llu",
        bridge_config(b)->bridge.name, VERSION, (long long)(uptime_ms / 1000),
        (unsigned long long)bridge_datapath_id(b), fail_mode_word(b),
        datapath_workers(d), flow_tables_total(datapath_tables(d)),
        mac_table_count(macs), mac_table_capacity(macs),
        (unsigned long long)mac_table_evicted(macs),
        (unsigned long long)datapath_learn_refused(d),
        (unsigned long long)learnt->made, (unsigned long long)learnt->failed,
        (unsigned long long)datapath_lessons_refused(d),
        (unsigned long long)datapath_lessons_late(d));
    for (size_t i = 0; (p = port_set_at(bridge_ports(b), i)); i++)
        log_port(b, p);
    log_controllers(b, now_ms);
}
