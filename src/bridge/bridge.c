/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/bridge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/rate_limit.h"
#include "base/retire.h"
#include "base/thread_role.h"
#include "bridge/datapath_size.h"
#include "bridge/identity.h"
#include "bridge/mac_log.h"
#include "bridge/moved_port.h"
#include "bridge/mtu_follow.h"
#include "bridge/port_control.h"
#include "bridge/port_settings.h"

enum {
    NEWS_MAX = 4096,    /* learned addresses taken at a time */
    JOBS_MAX = 8,       /* jobs of ports that have ended */
    EXPIRE_MAX = 10000, /* entries taken out at a time */
    AGING_EVERY_MS = 1000,
    ASK_TURNS = 1000 / BRIDGE_TICK_MS, /* so that each is asked for in 1 s */
};

struct bridge {
    struct config *config;
    struct port_environment environment;
    const struct link *(*find_link)(void *context, const char *name);
    const struct link *(*ask_link)(void *context, const char *name);
    void *link_context;
    unsigned int ask_turn;
    struct datapath *datapath;
    struct of_agent *openflow;
    uint64_t machine;
    struct port_set ports;
    struct bridge_port *leaving; /* configured no more, and not closed yet */
    bool has_port_news;          /* for controllers */
    struct flow_file flows;      /* as they were loaded last */
    int64_t aged_ms;
    struct mac_log mac_log;
};

const struct config *bridge_config(const struct bridge *b)
{
    return b->config;
}

struct datapath *bridge_datapath(const struct bridge *b)
{
    return b->datapath;
}

uint64_t bridge_datapath_id(const struct bridge *b)
{
    return b->config->bridge.datapath_id
               ? b->config->bridge.datapath_id
               : identity_datapath_id(b->machine, b->config->bridge.name);
}

struct of_agent *bridge_openflow(const struct bridge *b)
{
    return b->openflow;
}

const struct port_set *bridge_ports(const struct bridge *b)
{
    return &b->ports;
}

const struct flow_file *bridge_flows(const struct bridge *b)
{
    return &b->flows;
}

static struct flow_load_target load_target(const struct bridge *b)
{
    return (struct flow_load_target){b->config, b->datapath, &b->ports};
}

static void give_mac(struct bridge *b, struct bridge_port *p, int64_t now_ms)
{
    const char *of = p->config.mac.of;

    port_settings_mac(p, b->machine,
                      *of ? b->find_link(b->link_context, of) : NULL, now_ms);
}

/* Numbers of interfaces are of their namespace. */
static bool is_interface_of(const struct bridge_port *p,
                            const struct link *link)
{
    return p->news.ifindex == link->ifindex && !p->news.netns;
}

/* Two ports that mean one interface by two of its names: the port that came
 * first has it. */
static bool is_of_another(const struct bridge *b, const struct bridge_port *p,
                          const struct link *link)
{
    for (size_t i = 0; i < b->ports.count; i++)
        if (b->ports.all[i] != p && is_interface_of(b->ports.all[i], link))
            return true;
    return false;
}

static bool is_leaving(const struct bridge *b, const char *name)
{
    const struct bridge_port *p = b->leaving;

    while (p && strcmp(p->config.name, name))
        p = p->next;
    return p;
}

static void add_port(struct bridge *b, const struct config *c,
                     const struct config_port *port, int64_t now_ms)
{
    const struct link *link = b->find_link(b->link_context, port->name);
    struct bridge_port *p =
        b->ports.count < PORTS_MAX
            ? port_control_create(&b->environment, port,
                                  port_set_free_index(&b->ports),
                                  port_set_number_for(&b->ports, c, port))
            : NULL;

    if (!p) {
        log_error("port.failed", "port=%s what=%s error=%s", port->name,
                  "create", "no room");
        return;
    }
    if (link && is_of_another(b, p, link))
        link = NULL;
    p->is_blocked = true; /* until it has all that is wanted of it */
    if (link)
        p->news = *link; /* by its names the port's queues are found */
    give_mac(b, p, now_ms);
    port_settings_queues(p, c, now_ms);
    b->environment.rx_ring =
        datapath_size_rings(c, datapath_workers(b->datapath));
    b->ports.all[b->ports.count++] = p;
    p->is_blocked = is_leaving(b, port->name);
    port_control_begin(p, link, now_ms);
    if (!link && port->type == PORT_NIC)
        log_warning("port.absent", "port=%s ofport=%u", port->name,
                    port_no_shown(p->number));
}

static void remove_port(struct bridge *b, struct bridge_port *p, int64_t now_ms)
{
    p->next = b->leaving;
    b->leaving = p;
    port_control_leave(p, now_ms);
}

static void port_left(struct bridge *b, struct bridge_port *p, int64_t now_ms)
{
    struct bridge_port **at = &b->leaving;
    struct bridge_port *heir = port_set_by_name(&b->ports, p->config.name);

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    if (heir && heir->is_blocked && !is_leaving(b, p->config.name))
        port_control_unblock(heir, now_ms);
    port_control_free(p);
}

static void port_job_ended(void *context, struct bridge_port *p, bool has_left,
                           int64_t now_ms)
{
    struct bridge *b = context;

    b->has_port_news = true;
    if (has_left)
        port_left(b, p, now_ms);
}

bool bridge_is_settled(const struct bridge *b)
{
    bool is_settled = !b->leaving;

    for (size_t i = 0; i < b->ports.count; i++)
        is_settled &= bridge_port_is_settled(b->ports.all[i]);
    return is_settled;
}

/* Returns when no port has anything under way. */
static void wait_for_ports(struct bridge *b, int64_t now_ms)
{
    while (retire_waiting() || job_pool_count(b->environment.jobs)) {
        retire_finish();
        job_pool_wait(b->environment.jobs, now_ms);
    }
}

void bridge_free(struct bridge *b, int64_t now_ms)
{
    if (!b)
        return;
    of_agent_free(b->openflow, now_ms);
    while (b->ports.count)
        remove_port(b, b->ports.all[--b->ports.count], now_ms);
    wait_for_ports(b, now_ms);
    datapath_free(b->datapath);
    flow_file_clear(&b->flows);
    config_free(b->config);
    free(b);
}

static void on_learn(void *context, const struct learn_request *l,
                     int64_t now_ms)
{
    struct bridge *b = context;

    of_agent_learn(b->openflow, l, now_ms);
}

static bool keeps_flow(void *context, const struct flow_entry *e)
{
    const struct bridge *b = context;

    return flow_load_keeps(&b->flows, e);
}

static void restore_flows(void *context, bool is_alone, int64_t now_ms)
{
    const struct bridge *b = context;
    struct flow_load_target target = load_target(b);

    flow_load_restore(&target, is_alone, &b->flows, now_ms);
}

struct bridge *bridge_create(struct config *config,
                             const struct bridge_options *o, int64_t now_ms)
{
    struct bridge *b = calloc(1, sizeof(*b));
    struct datapath_options d = {
        .workers = o->workers,
        .flow_cache = config->datapath.flow_cache,
        .busy_poll_us = config->datapath.busy_poll_us,
        .mac_table_size = config->bridge.mac_table_size,
        .mac_aging_s = config->bridge.mac_aging_s,
        .forwards_bpdu = config->bridge.forwards_bpdu,
        .wake = o->wake,
        .wake_context = o->wake_context,
        .begin_thread = o->begin_thread,
        .fast_path = o->fast_path,
        .learn = on_learn,
        .learn_context = b,
    };

    assert_main_thread();
    if (!b)
        return NULL;
    b->datapath = datapath_create(&d, now_ms);
    if (!b->datapath) {
        free(b);
        return NULL;
    }
    b->config = config;
    b->machine = identity_of_machine();
    b->find_link = o->find_link;
    b->ask_link = o->ask_link;
    b->link_context = o->link_context;
    b->environment = (struct port_environment){
        .datapath = b->datapath,
        .jobs = o->jobs,
        .ops = o->ops,
        .ops_context = o->ops_context,
        .follow_links = o->follow_links,
        .link_context = o->link_context,
        .job_ended = port_job_ended,
        .context = b,
    };
    b->openflow = of_agent_create(&(struct of_agent_options){
        .datapath = b->datapath,
        .ports = &b->ports,
        .config = config,
        .datapath_id = bridge_datapath_id(b),
        .transports = o->openflow,
        .flows = {keeps_flow, restore_flows, b},
    });
    if (b->openflow)
        return b;
    b->config = NULL; /* It stays the caller's. */
    bridge_free(b, now_ms);
    return NULL;
}

/* Its consequences: MTUs, and messages to controllers. */
static void tell_port_news(struct bridge *b, int64_t now_ms)
{
    if (!b->has_port_news)
        return;
    b->has_port_news = false;
    mtu_follow(&b->environment, &b->ports);
    of_agent_ports_changed(b->openflow, now_ms);
}

void bridge_settle(struct bridge *b, int64_t now_ms)
{
    wait_for_ports(b, now_ms);
    tell_port_news(b, now_ms);
}

void bridge_start(struct bridge *b, int64_t now_ms)
{
    log_info("bridge.started",
             "bridge=%s datapath_id=%016llx fail_mode=%s workers=%u",
             b->config->bridge.name, (unsigned long long)bridge_datapath_id(b),
             config_fail_mode_word(b->config->bridge.fail_mode),
             datapath_workers(b->datapath));
    if (b->config->local.is_enabled)
        add_port(b, b->config, &b->config->local.port, now_ms);
    for (size_t i = 0; i < b->config->port_count; i++)
        add_port(b, b->config, &b->config->ports[i], now_ms);
    bridge_settle(b, now_ms);
    of_agent_configure(b->openflow, b->config, now_ms);
}

static struct flow_load_counts load_flows(struct bridge *b, int64_t now_ms)
{
    struct flow_load_target target = load_target(b);

    return flow_load(&target, of_agent_stands_alone(b->openflow), &b->flows,
                     now_ms);
}

void bridge_load_flows(struct bridge *b, int64_t now_ms)
{
    load_flows(b, now_ms);
}

/* To those that have the MAC address of this interface. */
static void give_macs_of(struct bridge *b, const struct link *link,
                         int64_t now_ms)
{
    for (size_t i = 0; i < b->ports.count; i++)
        if (link_has_name(link, b->ports.all[i]->config.mac.of))
            give_mac(b, b->ports.all[i], now_ms);
}

/* Passes the kernel's news of an interface to a port that has one of its names
 * or the interface itself. */
static void tell_port(struct bridge *b, struct bridge_port *p,
                      const struct link *link, bool is_gone, int64_t now_ms)
{
    bool has_name = link_has_name(link, p->config.name);
    bool is_its = is_interface_of(p, link);

    if ((!has_name && !is_its) || (!is_its && is_of_another(b, p, link)))
        return;
    b->has_port_news = true;
    if (moved_port_heard(p, link, is_gone, now_ms))
        return;
    if (is_gone || !has_name) {
        port_control_link_gone(p, link, now_ms);
        return;
    }
    port_control_link_changed(p, link, now_ms);
    if (!is_its)
        port_settings_queues(p, b->config, now_ms);
}

void bridge_link_changed(struct bridge *b, const struct link *link,
                         bool is_gone, int64_t now_ms)
{
    assert_main_thread();
    if (!is_gone)
        give_macs_of(b, link, now_ms);
    for (size_t i = 0; i < b->ports.count; i++)
        tell_port(b, b->ports.all[i], link, is_gone, now_ms);
}

/* An interface that is down gets and loses alternative names in silence.  Each
 * answer waits for the kernel's lock of interfaces: so a few a tick, and none
 * while jobs have that lock. */
static void ask_for_absent(struct bridge *b, int64_t now_ms)
{
    if (!b->ask_link || job_pool_count(b->environment.jobs))
        return;
    for (size_t i = b->ask_turn++ % ASK_TURNS; i < b->ports.count;
         i += ASK_TURNS) {
        struct bridge_port *p = b->ports.all[i];
        const struct link *link;

        if (p->state != PORT_ABSENT || p->news.ifindex ||
            (p->config.type != PORT_NIC && p->config.type != PORT_TAP))
            continue;
        link = b->ask_link(b->link_context, p->config.name);
        if (link && !p->news.ifindex)
            tell_port(b, p, link, false, now_ms);
    }
}

void bridge_links_told(struct bridge *b, int64_t now_ms)
{
    tell_port_news(b, now_ms);
}

/* Whom the datapath tells its news, and when. */
struct news_turn {
    struct bridge *b;
    int64_t now_ms;
};

static void learned(void *context, const struct mac_learned *l)
{
    const struct news_turn *turn = context;
    struct bridge *b = turn->b;

    mac_log_learned(&b->mac_log, &b->ports, b->datapath,
                    port_set_by_index(&b->ports, l->port), l, turn->now_ms);
}

static void packet_in(void *context, struct upcall *u)
{
    const struct news_turn *turn = context;

    of_agent_packet_in(turn->b->openflow, u, turn->now_ms);
}

bool bridge_take_news(struct bridge *b, int64_t now_ms)
{
    struct news_turn turn = {b, now_ms};
    const struct datapath_news news = {
        .learned = learned,
        .upcall = {[UPCALL_CONTROLLER] = packet_in},
        .context = &turn,
    };
    struct flow_tables *tables = datapath_tables(b->datapath);
    bool has_more;

    assert_main_thread();
    has_more =
        job_pool_take_done(b->environment.jobs, now_ms, JOBS_MAX) == JOBS_MAX;
    tell_port_news(b, now_ms);
    has_more |=
        datapath_take_news(b->datapath, now_ms, NEWS_MAX, &news) == NEWS_MAX;
    return flow_tables_expire(tables, now_ms, EXPIRE_MAX) == EXPIRE_MAX ||
           has_more;
}

static void check_ports(struct bridge *b, int64_t now_ms)
{
    for (size_t i = 0; i < b->ports.count; i++)
        port_control_check(b->ports.all[i], now_ms);
}

bool bridge_tick(struct bridge *b, int64_t now_ms)
{
    bool has_more;

    assert_main_thread();
    of_agent_tick(b->openflow, now_ms);
    has_more = bridge_take_news(b, now_ms);
    ask_for_absent(b, now_ms);
    for (size_t i = 0; i < b->ports.count; i++) {
        port_control_tick(b->ports.all[i], now_ms);
        b->has_port_news |= moved_port_tick(b->ports.all[i], now_ms);
    }
    tell_port_news(b, now_ms);
    datapath_tick(b->datapath, now_ms);
    if (now_ms - b->aged_ms >= AGING_EVERY_MS) {
        b->aged_ms = now_ms;
        mtu_follow(&b->environment, &b->ports);
        mtu_follow_report(&b->environment, &b->ports);
        check_ports(b, now_ms);
        mac_table_age(datapath_mac_table(b->datapath),
                      (uint32_t)(now_ms / 1000));
    }
    retire_flush();
    return has_more;
}

/* True if a value differs that a port cannot change while it stays. */
static bool needs_new_port(const struct bridge_port *p,
                           const struct config_port *config)
{
    return p->config.type != config->type ||
           (config->ofport && config->ofport != p->number);
}

static void remove_old_ports(struct bridge *b, const struct config *to,
                             int64_t now_ms)
{
    size_t count = b->ports.count;

    b->ports.count = 0;
    for (size_t i = 0; i < count; i++) {
        struct bridge_port *p = b->ports.all[i];
        const struct config_port *config = config_find_port(to, p->config.name);
        bool stays = p->config.type == PORT_LOCAL
                         ? to->local.is_enabled
                         : config && !needs_new_port(p, config);

        if (stays) {
            b->ports.all[b->ports.count++] = p;
            continue;
        }
        log_info("port.removed", "port=%s ofport=%u", p->config.name,
                 port_no_shown(p->number));
        remove_port(b, p, now_ms);
    }
}

static void reload_port(struct bridge *b, const struct config *to,
                        const struct config_port *config, int64_t now_ms)
{
    struct bridge_port *p = port_set_by_name(&b->ports, config->name);

    if (!p) {
        add_port(b, to, config, now_ms);
        return;
    }
    port_control_reconfigure(p, config, now_ms);
    give_mac(b, p, now_ms);
    port_settings_queues(p, to, now_ms);
}

static void reload_ports(struct bridge *b, const struct config *to,
                         int64_t now_ms)
{
    remove_old_ports(b, to, now_ms);
    if (to->local.is_enabled)
        reload_port(b, to, &to->local.port, now_ms);
    for (size_t i = 0; i < to->port_count; i++)
        reload_port(b, to, &to->ports[i], now_ms);
}

static void reload_macs(struct bridge *b, const struct config *to)
{
    if (to->bridge.mac_aging_s == b->config->bridge.mac_aging_s &&
        to->bridge.mac_table_size == b->config->bridge.mac_table_size)
        return;
    if (datapath_set_mac_limits(b->datapath, to->bridge.mac_table_size,
                                to->bridge.mac_aging_s))
        log_error("bridge.failed", "what=%s error=%s", "mac-table-size",
                  "out of memory");
}

/* A thread has an empty list until it is given another one. */
static void set_cpus(struct bridge *b, const cpu_set_t *from,
                     const cpu_set_t *to)
{
    int err = CPU_EQUAL(from, to) ? 0 : datapath_set_cpus(b->datapath, to);

    if (err)
        log_error("bridge.failed", "what=%s error=%s effect=%s", "cpus",
                  strerror(-err), "workers stay where they were");
}

int bridge_start_workers(struct bridge *b)
{
    static const cpu_set_t all;
    int err = datapath_start(b->datapath);

    if (!err)
        set_cpus(b, &all, &b->config->datapath.cpus);
    return err;
}

void bridge_incoming(struct bridge *b, const struct incoming_connection *a,
                     int64_t now_ms)
{
    of_agent_incoming(b->openflow, a, now_ms);
}

struct flow_load_counts bridge_reload(struct bridge *b, struct config *config,
                                      int64_t now_ms)
{
    struct config *old = b->config;
    struct flow_load_counts flows;

    assert_main_thread();
    /* Settings that only a restart can change stay in force. */
    config_keep(config, old);
    memcpy(config->local.port.name, config->bridge.name,
           sizeof(config->bridge.name));
    reload_macs(b, config);
    set_cpus(b, &b->config->datapath.cpus, &config->datapath.cpus);
    datapath_set_forwards_bpdu(b->datapath, config->bridge.forwards_bpdu);
    reload_ports(b, config, now_ms);
    b->has_port_news = true;
    b->config = config;
    of_agent_configure(b->openflow, config, now_ms);
    flows = load_flows(b, now_ms);
    config_free(old);
    retire_flush();
    return flows;
}
