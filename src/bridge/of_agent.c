/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/of_agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/thread_role.h"
#include "bridge/fail_mode.h"
#include "bridge/in_band.h"
#include "bridge/openflow_ports.h"
#include "bridge/table_miss_hint.h"
#include "control/async.h"
#include "control/dispatch.h"
#include "control/learn_requests.h"
#include "control/packet_buffers.h"
#include "control/service_connections.h"
#include "openflow/of_hello.h"

enum { ROUTES_EVERY_MS = 2000 };

struct of_agent {
    const struct port_set *set; /* borrowed */
    struct of_transports transports;
    struct of_switch of;
    struct openflow_ports ports;
    struct controller_world world;
    const struct config *config; /* in force; borrowed */
    size_t count;
    struct controller *controllers[CONFIG_CONTROLLERS_MAX];
    struct service_connections *services;
    struct fail_mode_machine fail_mode;
    struct table_miss_hint table_miss_hint;
    struct in_band *in_band;
    int64_t routes_ms; /* when they were last looked up; 0: do it now */
    struct in_band_remote remotes[CONFIG_CONTROLLERS_MAX];
    size_t remote_count;
};

static struct fail_mode_view view_of(const struct of_agent *o)
{
    struct fail_mode_view v = {
        .mode = o->config->bridge.fail_mode,
        .has_controllers = o->count > 0,
    };

    for (size_t i = 0; i < o->count; i++) {
        struct controller_status s = controller_status(o->controllers[i]);

        v.is_accepted |= s.is_accepted;
        if (s.accepted_ms > v.accepted_ms)
            v.accepted_ms = s.accepted_ms;
        if (s.inactivity_probe_s > v.max_probe_s)
            v.max_probe_s = s.inactivity_probe_s;
    }
    return v;
}

static void follow_controllers(void *context, int64_t now_ms)
{
    struct of_agent *o = context;
    struct fail_mode_view v = view_of(o);

    fail_mode_update(&o->fail_mode, &v, now_ms);
}

/* In-band control. */

static void find_next_hop(const struct of_agent *o,
                          const struct bridge_port *local,
                          struct in_band_remote *r)
{
    struct route route;

    if (!o->transports.find_route ||
        o->transports.find_route(r->family, r->address, &route) ||
        route.ifindex != local->link.ifindex)
        return;
    r->next_family = route.next_family;
    memcpy(r->next, route.next, sizeof(r->next));
}

static size_t find_remotes(const struct of_agent *o,
                           const struct bridge_port *local,
                           struct in_band_remote *remotes)
{
    size_t count = 0;

    for (size_t i = 0; i < o->config->controller_count; i++) {
        const struct config_controller *c = &o->config->controllers[i];
        struct in_band_remote *r = &remotes[count];

        if (c->mode != CONTROLLER_IN_BAND || target_is_loopback(&c->target))
            continue;
        memset(r, 0, sizeof(*r));
        r->family = c->target.family;
        r->port = c->target.port;
        memcpy(r->address, c->target.address, sizeof(r->address));
        find_next_hop(o, local, r);
        count++;
    }
    return count;
}

static void update_in_band(struct of_agent *o, int64_t now_ms)
{
    const struct bridge_port *local = port_set_local(o->set);
    struct in_band_remote remotes[CONFIG_CONTROLLERS_MAX];
    size_t count = 0, rules;

    if (o->routes_ms && now_ms - o->routes_ms < ROUTES_EVERY_MS)
        return;
    o->routes_ms = now_ms;
    if (local && local->is_present)
        count = find_remotes(o, local, remotes);
    rules = in_band_update(o->in_band, local ? local->link.mac : NULL, remotes,
                           count, now_ms);
    if (count == o->remote_count &&
        !memcmp(remotes, o->remotes, count * sizeof(remotes[0])))
        return;
    o->remote_count = count;
    memcpy(o->remotes, remotes, count * sizeof(remotes[0]));
    log_info("inband.changed", "controllers=%zu entries=%zu", count, rules);
}

/* Controllers. */

static struct controller_options options_of(const struct config *config,
                                            const struct config_controller *c)
{
    struct controller_options o = {
        .target = c->target,
        .inactivity_probe_s = c->inactivity_probe_s,
        .max_backoff_s = c->max_backoff_s,
        .packet_in_rate = c->packet_in_rate,
        .packet_in_burst = c->packet_in_burst,
        .versions = config->openflow.versions,
    };

    _Static_assert(sizeof(o.name) == sizeof(c->name), "a copy");
    memcpy(o.name, c->name, sizeof(o.name));
    return o;
}

static const struct config_controller *find_config(const struct config *config,
                                                   const char *name)
{
    for (size_t i = 0; i < config->controller_count; i++)
        if (!strcmp(config->controllers[i].name, name))
            return &config->controllers[i];
    return NULL;
}

static struct controller *find_controller(const struct of_agent *o,
                                          const char *name)
{
    for (size_t i = 0; i < o->count; i++)
        if (!strcmp(controller_status(o->controllers[i]).name, name))
            return o->controllers[i];
    return NULL;
}

static void remove_old_controllers(struct of_agent *o, const struct config *to)
{
    for (size_t i = o->count; i-- > 0;) {
        const char *name = controller_status(o->controllers[i]).name;

        if (find_config(to, name))
            continue;
        log_info("controller.removed", "controller=%s", name);
        controller_free(o->controllers[i]);
        o->count--;
        memmove(&o->controllers[i], &o->controllers[i + 1],
                (o->count - i) * sizeof(o->controllers[0]));
    }
}

static void add_controller(struct of_agent *o,
                           const struct controller_options *options,
                           int64_t now_ms)
{
    struct controller *c = controller_create(options, &o->world, now_ms);
    char target[TARGET_TEXT_SIZE];

    if (!c) {
        log_error("controller.failed", "controller=%s error=%s", options->name,
                  "out of memory");
        return;
    }
    o->controllers[o->count++] = c;
    target_print(&options->target, target);
    log_info("controller.added", "controller=%s target=%s", options->name,
             target);
}

static void configure_controllers(struct of_agent *o, const struct config *to,
                                  int64_t now_ms)
{
    remove_old_controllers(o, to);
    for (size_t i = 0; i < to->controller_count; i++) {
        struct controller_options options = options_of(to, &to->controllers[i]);
        struct controller *c = find_controller(o, options.name);

        if (c)
            controller_reconfigure(c, &options, now_ms);
        else
            add_controller(o, &options, now_ms);
    }
}

static void identify(struct switch_identity *i, uint64_t datapath_id,
                     const struct config *c)
{
    i->datapath_id = datapath_id;
    i->buffers = c->openflow.buffers;
    i->tables = (uint8_t)c->openflow.tables;
    snprintf(i->manufacturer, sizeof(i->manufacturer), "%s", "flowbridge");
    snprintf(i->hardware, sizeof(i->hardware), "%s", "Linux packet sockets");
    snprintf(i->software, sizeof(i->software), "%s", VERSION);
    snprintf(i->serial, sizeof(i->serial), "%s", "None");
    snprintf(i->datapath, sizeof(i->datapath), "%s", c->bridge.name);
}

static void tell_of_port(void *context, enum port_reason reason,
                         const struct port_desc *desc, bool is_of_config)
{
    struct of_agent *o = context;

    async_port_status(&o->of, reason, desc, is_of_config);
    if (desc->number == PORT_NO_LOCAL)
        o->routes_ms = 0;
}

struct of_agent *of_agent_create(const struct of_agent_options *options)
{
    struct of_agent *o = calloc(1, sizeof(*o));

    if (!o)
        return NULL;
    o->set = options->ports;
    o->transports = options->transports;
    o->config = options->config;
    openflow_ports_init(&o->ports, o->set, options->datapath, tell_of_port, o);
    o->of.datapath = options->datapath;
    o->of.host = openflow_ports_host(&o->ports);
    identify(&o->of.identity, options->datapath_id, o->config);
    o->of.buffers = packet_buffers_create(o->of.identity.buffers);
    o->of.connections = connection_list_create();
    o->world = (struct controller_world){
        .session = {&o->of, dispatch_message},
        .network = o->transports.network,
        .changed = follow_controllers,
        .context = o,
    };
    o->services = service_connections_create(&o->world.session);
    o->in_band = in_band_create(datapath_tables(o->of.datapath));
    o->fail_mode.datapath = o->of.datapath;
    o->fail_mode.flows = options->flows;
    if (o->of.buffers && o->of.connections && o->services && o->in_band) {
        flow_tables_on_removed(datapath_tables(o->of.datapath),
                               async_flow_removed, &o->of);
        return o;
    }
    of_agent_free(o, 0);
    return NULL;
}

void of_agent_free(struct of_agent *o, int64_t now_ms)
{
    if (!o)
        return;
    flow_tables_on_removed(datapath_tables(o->of.datapath), NULL, NULL);
    o->world.changed = NULL;
    while (o->count)
        controller_free(o->controllers[--o->count]);
    service_connections_free(o->services);
    in_band_free(o->in_band, now_ms);
    connection_list_free(o->of.connections);
    packet_buffers_free(o->of.buffers);
    free(o->of.table_features);
    free(o);
}

void of_agent_each_listener(const struct of_agent *o,
                            void (*visit)(void *visitor,
                                          const struct listener_status *l),
                            void *visitor)
{
    if (o->transports.each_listener)
        o->transports.each_listener(o->transports.context, visit, visitor);
}

struct listeners {
    size_t count;
    unsigned int numbers[CONFIG_LISTEN_MAX + 1]; /* and the management socket */
};

static void note_listener(void *visitor, const struct listener_status *l)
{
    struct listeners *listeners = visitor;

    listeners->numbers[listeners->count++] = l->number;
}

/* Closes the connections of listeners that are gone. */
static void end_services(struct of_agent *o)
{
    struct listeners listeners = {0};

    of_agent_each_listener(o, note_listener, &listeners);
    service_connections_keep(o->services, listeners.numbers, listeners.count);
}

void of_agent_configure(struct of_agent *o, const struct config *config,
                        int64_t now_ms)
{
    assert_main_thread();
    o->config = config;
    o->routes_ms = 0;
    if (o->transports.configure)
        o->transports.configure(o->transports.context, config);
    end_services(o);
    configure_controllers(o, config, now_ms);
    follow_controllers(o, now_ms);
    update_in_band(o, now_ms);
    of_agent_ports_changed(o, now_ms);
}

/* Whether all accepted controllers, one at least, want a table-miss entry. */
static bool expects_miss_entry(const struct of_agent *o)
{
    bool has_any = false;

    for (size_t i = 0; i < o->count; i++) {
        struct controller_status status = controller_status(o->controllers[i]);

        if (!status.is_accepted)
            continue;
        if (status.version < OF13)
            return false;
        has_any = true;
    }
    return has_any;
}

/* Frames seem to come from LOCAL, whose address they have, or if there is none
 * the datapath's. */
static void invite_controllers(struct of_agent *o, int64_t now_ms)
{
    const struct bridge_port *local = port_set_local(o->set);
    uint64_t id = o->of.identity.datapath_id;
    uint8_t mac[6];

    for (size_t i = 0; i < sizeof(mac); i++)
        mac[i] = (uint8_t)(id >> 8 * (sizeof(mac) - 1 - i));
    if (local && local->is_present)
        memcpy(mac, local->link.mac, sizeof(mac));
    for (size_t i = 0; i < o->count; i++)
        controller_invite(o->controllers[i], mac, now_ms);
}

void of_agent_tick(struct of_agent *o, int64_t now_ms)
{
    assert_main_thread();
    of_agent_ports_changed(o, now_ms);
    update_in_band(o, now_ms);
    for (size_t i = 0; i < o->count; i++)
        controller_tick(o->controllers[i], now_ms);
    if (fail_mode_is_waiting(&o->fail_mode))
        invite_controllers(o, now_ms);
    service_connections_tick(o->services, now_ms);
    follow_controllers(o, now_ms);
    table_miss_hint_tick(&o->table_miss_hint, o->of.datapath,
                         expects_miss_entry(o));
}

void of_agent_ports_changed(struct of_agent *o, int64_t now_ms)
{
    openflow_ports_compare(&o->ports, now_ms);
}

void of_agent_packet_in(struct of_agent *o, struct upcall *u, int64_t now_ms)
{
    assert_main_thread();
    async_packet_in(&o->of, u, now_ms);
}

void of_agent_learn(struct of_agent *o, const struct learn_request *request,
                    int64_t now_ms)
{
    assert_main_thread();
    learn_requests_take(&o->of, request, now_ms);
}

void of_agent_incoming(struct of_agent *o, const struct incoming_connection *a,
                       int64_t now_ms)
{
    assert_main_thread();
    service_connections_add(o->services, a, OF_VERSIONS_ALL, now_ms);
}

size_t of_agent_service_count(const struct of_agent *o, unsigned int listener)
{
    return service_connections_count(o->services, listener);
}

struct service_connections_usage
of_agent_service_usage(const struct of_agent *o)
{
    return service_connections_usage(o->services);
}

size_t of_agent_controllers(const struct of_agent *o)
{
    return o->count;
}

struct controller_status of_agent_controller(const struct of_agent *o, size_t i)
{
    return controller_status(o->controllers[i]);
}

bool of_agent_fails(const struct of_agent *o)
{
    return fail_mode_is_active(&o->fail_mode);
}

bool of_agent_gave_normal(const struct of_agent *o)
{
    return o->fail_mode.has_normal;
}

bool of_agent_stands_alone(const struct of_agent *o)
{
    return o->fail_mode.state == FAIL_MODE_ALONE;
}

void of_agent_stand_alone(struct of_agent *o, int64_t now_ms)
{
    fail_mode_resume(&o->fail_mode, now_ms);
}

struct of_switch *of_agent_switch(struct of_agent *o)
{
    return &o->of;
}
