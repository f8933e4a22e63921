/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/gauge.h"

#include "base/log.h"
#include "base/thread_role.h"
#include "bridge/openflow_ports.h"
#include "control/bundle.h"
#include "control/connection.h"
#include "control/packet_buffers.h"
#include "control/request_parts.h"
#include "control/service_connections.h"
#include "control/switch.h"
#include "datapath/worker.h"

const struct gauge_kind_names gauge_kinds[GAUGE_KINDS] = {
    [GAUGE_OF_SWITCH] = {"", {NULL}},
    [GAUGE_OF_PORT] = {"port_", {"port"}},
    [GAUGE_OF_DROP] = {"port_", {"port", "reason"}},
    [GAUGE_OF_CONTROLLER] = {"controller_", {"controller"}},
    [GAUGE_OF_LISTENER] = {"listener_", {"listener"}},
    [GAUGE_OF_LIMIT] = {"limit_", {"limit"}},
};

/* The switch. */

static struct datapath *datapath_of(const struct gauge_subject *s)
{
    return bridge_datapath(s->source->bridge);
}

static const struct of_switch *switch_of(const struct gauge_source *source)
{
    return of_agent_switch(bridge_openflow(source->bridge));
}

static uint64_t fail_mode_active(const struct gauge_subject *s)
{
    return of_agent_fails(bridge_openflow(s->source->bridge));
}

static uint64_t uptime(const struct gauge_subject *s)
{
    return (uint64_t)(s->source->uptime_ms / 1000);
}

static uint64_t workers(const struct gauge_subject *s)
{
    return datapath_workers(datapath_of(s));
}

static uint64_t kernel(const struct gauge_subject *s)
{
    return datapath_kernel(datapath_of(s)) != NULL;
}

static uint64_t kernel_flows(const struct gauge_subject *s)
{
    return kernel_path_flows(datapath_kernel(datapath_of(s)));
}

static uint64_t cache_hits(const struct gauge_subject *s)
{
    return totals_cache(datapath_of(s)).hits;
}

static uint64_t cache_misses(const struct gauge_subject *s)
{
    return totals_cache(datapath_of(s)).misses;
}

static uint64_t looked_again(const struct gauge_subject *s)
{
    return totals_looks_again(datapath_of(s));
}

static uint64_t flows(const struct gauge_subject *s)
{
    return flow_tables_total(datapath_tables(datapath_of(s)));
}

static uint64_t macs(const struct gauge_subject *s)
{
    return mac_table_count(datapath_mac_table(datapath_of(s)));
}

static uint64_t mac_capacity(const struct gauge_subject *s)
{
    return mac_table_capacity(datapath_mac_table(datapath_of(s)));
}

static uint64_t macs_evicted(const struct gauge_subject *s)
{
    return mac_table_evicted(datapath_mac_table(datapath_of(s)));
}

static uint64_t learn_refused(const struct gauge_subject *s)
{
    return totals_learn_refused(datapath_of(s));
}

static uint64_t flows_learned(const struct gauge_subject *s)
{
    return switch_of(s->source)->learn_counts.made;
}

static uint64_t flows_not_learned(const struct gauge_subject *s)
{
    return switch_of(s->source)->learn_counts.failed;
}

static uint64_t learn_requests_refused(const struct gauge_subject *s)
{
    return totals_learn_requests_refused(datapath_of(s));
}

static uint64_t learn_requests_late(const struct gauge_subject *s)
{
    return totals_learn_requests_late(datapath_of(s));
}

static uint64_t barriers_late(const struct gauge_subject *s)
{
    return switch_of(s->source)->barriers_late;
}

/* A port, and what it drops. */

static uint64_t taken_down(const struct gauge_subject *s)
{
    return s->port->is_taken_down;
}

static uint64_t speed(const struct gauge_subject *s)
{
    return s->port->speed.mbps;
}

static uint64_t max_speed(const struct gauge_subject *s)
{
    return openflow_ports_fastest_kbps(&s->port->speed) / 1000;
}

static uint64_t mtu(const struct gauge_subject *s)
{
    return s->port->link.mtu;
}

static uint64_t rx_frames(const struct gauge_subject *s)
{
    return s->totals.rx_frames;
}

static uint64_t rx_bytes(const struct gauge_subject *s)
{
    return s->totals.rx_bytes;
}

static uint64_t tx_frames(const struct gauge_subject *s)
{
    return s->totals.tx_frames;
}

static uint64_t tx_bytes(const struct gauge_subject *s)
{
    return s->totals.tx_bytes;
}

static uint64_t forwarded(const struct gauge_subject *s)
{
    return s->totals.forwarded;
}

static uint64_t consumed(const struct gauge_subject *s)
{
    return s->totals.consumed;
}

static uint64_t rx_own_address(const struct gauge_subject *s)
{
    return s->totals.rx_own_address;
}

static uint64_t missed(const struct gauge_subject *s)
{
    return bridge_port_missed(s->port);
}

static uint64_t in_kernel(const struct gauge_subject *s)
{
    const struct kernel_path *k = datapath_kernel(datapath_of(s));

    return kernel_path_has(k, s->port->index);
}

static uint64_t kernel_frames(const struct gauge_subject *s)
{
    const struct kernel_path *k = datapath_kernel(datapath_of(s));

    return kernel_path_frames(k, s->port->counters);
}

static uint64_t drops(const struct gauge_subject *s)
{
    return s->totals.drops[s->reason];
}

static uint64_t tx_drops(const struct gauge_subject *s)
{
    return s->totals.tx_drops[s->reason];
}

/* Those who control it, and limits. */

static uint64_t accepted(const struct gauge_subject *s)
{
    return s->controller.is_accepted;
}

static uint64_t since(const struct gauge_subject *s)
{
    return (uint64_t)(s->source->now_ms - s->controller.since_ms) / 1000;
}

static uint64_t packet_ins(const struct gauge_subject *s)
{
    return s->controller.counts.packet_ins;
}

static uint64_t packet_ins_limited(const struct gauge_subject *s)
{
    return s->controller.counts.limited;
}

static uint64_t congested(const struct gauge_subject *s)
{
    return s->controller.counts.congested;
}

static uint64_t connections(const struct gauge_subject *s)
{
    return of_agent_service_count(bridge_openflow(s->source->bridge),
                                  s->listener.number);
}

static uint64_t in_use(const struct gauge_subject *s)
{
    return s->limit.in_use;
}

static uint64_t most(const struct gauge_subject *s)
{
    return s->limit.most;
}

static uint64_t hits(const struct gauge_subject *s)
{
    return s->limit.hits;
}

/* clang-format off */
enum { GAUGE = false, COUNTER = true };

const struct gauge gauges[GAUGES] = {
    [GAUGE_FAIL_MODE_ACTIVE] =
        {GAUGE_OF_SWITCH, "fail_mode_active", NULL, GAUGE_BOOLEAN, GAUGE,
         "whether the fail mode is in force", fail_mode_active},
    [GAUGE_UPTIME] =
        {GAUGE_OF_SWITCH, "uptime_s", "uptime_s", GAUGE_SECONDS, GAUGE,
         "time since the start", uptime},
    [GAUGE_WORKERS] =
        {GAUGE_OF_SWITCH, "workers", "workers", GAUGE_COUNT, GAUGE,
         "threads that forward frames", workers},
    [GAUGE_KERNEL] =
        {GAUGE_OF_SWITCH, "kernel", NULL, GAUGE_BOOLEAN, GAUGE,
         "whether the kernel forwards frames, too", kernel},
    [GAUGE_KERNEL_FLOWS] =
        {GAUGE_OF_SWITCH, "kernel_flows", NULL, GAUGE_COUNT, GAUGE,
         "flows that are left to the kernel by their key", kernel_flows},
    [GAUGE_CACHE_HITS] =
        {GAUGE_OF_SWITCH, "cache_hits", "cache_hits", GAUGE_FRAMES, COUNTER,
         "frames whose verdict was in a flow cache", cache_hits},
    [GAUGE_CACHE_MISSES] =
        {GAUGE_OF_SWITCH, "cache_misses", "cache_misses", GAUGE_FRAMES, COUNTER,
         "frames that the flow tables decided about", cache_misses},
    [GAUGE_LOOKED_AGAIN] =
        {GAUGE_OF_SWITCH, "looked_again", "looked_again", GAUGE_COUNT, COUNTER,
         "looks at what an edit had made of a frame", looked_again},
    [GAUGE_FLOWS] =
        {GAUGE_OF_SWITCH, "flows", "flows", GAUGE_COUNT, GAUGE,
         "entries of all flow tables", flows},
    [GAUGE_MACS] =
        {GAUGE_OF_SWITCH, "macs", "macs", GAUGE_COUNT, GAUGE,
         "learned MAC addresses", macs},
    [GAUGE_MAC_CAPACITY] =
        {GAUGE_OF_SWITCH, "mac_capacity", "mac_capacity", GAUGE_COUNT, GAUGE,
         "the most MAC addresses that can be learned", mac_capacity},
    [GAUGE_MACS_EVICTED] =
        {GAUGE_OF_SWITCH, "macs_evicted", "macs_evicted", GAUGE_COUNT, COUNTER,
         "MAC addresses that made room for others", macs_evicted},
    [GAUGE_LEARN_REFUSED] =
        {GAUGE_OF_SWITCH, "learn_refused", "learn_refused", GAUGE_COUNT, COUNTER,
         "MAC addresses not learned because a queue was full", learn_refused},
    [GAUGE_FLOWS_LEARNED] =
        {GAUGE_OF_SWITCH, "flows_learned", "flows_learned", GAUGE_COUNT, COUNTER,
         "flow entries added by learn actions", flows_learned},
    [GAUGE_FLOWS_NOT_LEARNED] =
        {GAUGE_OF_SWITCH, "flows_not_learned", "flows_not_learned", GAUGE_COUNT, COUNTER,
         "flow entries of learn actions that were refused", flows_not_learned},
    [GAUGE_LEARN_REQUESTS_REFUSED] =
        {GAUGE_OF_SWITCH, "learn_requests_refused", "learn_requests_refused", GAUGE_COUNT, COUNTER,
         "learn requests lost because a queue was full", learn_requests_refused},
    [GAUGE_LEARN_REQUESTS_LATE] =
        {GAUGE_OF_SWITCH, "learn_requests_late", "learn_requests_late", GAUGE_COUNT, COUNTER,
         "frames sent before their learn request was done", learn_requests_late},
    [GAUGE_BARRIERS_LATE] =
        {GAUGE_OF_SWITCH, "barriers_late", "barriers_late", GAUGE_COUNT, COUNTER,
         "barriers whose reply waited for a worker's turn", barriers_late},

    [GAUGE_PORT_TAKEN_DOWN] =
        {GAUGE_OF_PORT, "taken_down", NULL, GAUGE_BOOLEAN, GAUGE,
         "whether a controller has taken the port down", taken_down},
    [GAUGE_PORT_SPEED] =
        {GAUGE_OF_PORT, "speed_mbps", NULL, GAUGE_MBPS, GAUGE,
         "speed of the link; 0: unknown", speed},
    [GAUGE_PORT_MAX_SPEED] =
        {GAUGE_OF_PORT, "max_speed_mbps", NULL, GAUGE_MBPS, GAUGE,
         "highest speed that the interface supports; 0: unknown", max_speed},
    [GAUGE_PORT_MTU] =
        {GAUGE_OF_PORT, "mtu", "mtu", GAUGE_BYTES, GAUGE,
         "MTU of the interface", mtu},
    [GAUGE_PORT_RX_FRAMES] =
        {GAUGE_OF_PORT, "rx_frames", "rx_frames", GAUGE_FRAMES, COUNTER,
         "frames received", rx_frames},
    [GAUGE_PORT_RX_BYTES] =
        {GAUGE_OF_PORT, "rx_bytes", NULL, GAUGE_BYTES, COUNTER,
         "bytes received", rx_bytes},
    [GAUGE_PORT_TX_FRAMES] =
        {GAUGE_OF_PORT, "tx_frames", "tx_frames", GAUGE_FRAMES, COUNTER,
         "frames sent", tx_frames},
    [GAUGE_PORT_TX_BYTES] =
        {GAUGE_OF_PORT, "tx_bytes", NULL, GAUGE_BYTES, COUNTER,
         "bytes sent", tx_bytes},
    [GAUGE_PORT_FORWARDED] =
        {GAUGE_OF_PORT, "forwarded", "forwarded", GAUGE_FRAMES, COUNTER,
         "received frames that were forwarded", forwarded},
    [GAUGE_PORT_CONSUMED] =
        {GAUGE_OF_PORT, "consumed", "consumed", GAUGE_FRAMES, COUNTER,
         "received frames that only went to a controller", consumed},
    [GAUGE_PORT_RX_OWN_ADDRESS] =
        {GAUGE_OF_PORT, "rx_own_address", NULL, GAUGE_FRAMES, COUNTER,
         "received frames whose source is the host's own address",
         rx_own_address},
    [GAUGE_PORT_MISSED] =
        {GAUGE_OF_PORT, "missed", "missed", GAUGE_FRAMES, COUNTER,
         "frames that the kernel dropped before the switch read them", missed},
    [GAUGE_PORT_IN_KERNEL] =
        {GAUGE_OF_PORT, "in_kernel", NULL, GAUGE_BOOLEAN, GAUGE,
         "whether frames from there are left to the kernel", in_kernel},
    [GAUGE_PORT_KERNEL_FRAMES] =
        {GAUGE_OF_PORT, "kernel_frames", NULL, GAUGE_FRAMES, COUNTER,
         "received frames that the kernel forwarded", kernel_frames},

    [GAUGE_DROPS] =
        {GAUGE_OF_DROP, "drops", "rx", GAUGE_FRAMES, COUNTER,
         "received frames that were dropped", drops},
    [GAUGE_TX_DROPS] =
        {GAUGE_OF_DROP, "tx_drops", "tx", GAUGE_FRAMES, COUNTER,
         "frames dropped on their way out", tx_drops},

    [GAUGE_CONTROLLER_ACCEPTED] =
        {GAUGE_OF_CONTROLLER, "accepted", "accepted", GAUGE_BOOLEAN, GAUGE,
         "whether the controller has accepted the switch", accepted},
    [GAUGE_CONTROLLER_SINCE] =
        {GAUGE_OF_CONTROLLER, "since_s", "since_s", GAUGE_SECONDS, GAUGE,
         "time since the connection's state changed", since},
    [GAUGE_CONTROLLER_PACKET_INS] =
        {GAUGE_OF_CONTROLLER, "packet_ins", NULL, GAUGE_COUNT, COUNTER,
         "packet-ins sent", packet_ins},
    [GAUGE_CONTROLLER_PACKET_INS_LIMITED] =
        {GAUGE_OF_CONTROLLER, "packet_ins_limited", NULL, GAUGE_COUNT, COUNTER,
         "packet-ins dropped by packet-in-rate", packet_ins_limited},
    [GAUGE_CONTROLLER_CONGESTED] =
        {GAUGE_OF_CONTROLLER, "congested", NULL, GAUGE_COUNT, COUNTER,
         "messages dropped because the controller reads too slowly",
         congested},

    [GAUGE_LISTENER_CONNECTIONS] =
        {GAUGE_OF_LISTENER, "connections", NULL, GAUGE_COUNT, GAUGE,
         "connections accepted by the listener that are open", connections},

    [GAUGE_LIMIT_IN_USE] =
        {GAUGE_OF_LIMIT, "in_use", NULL, GAUGE_COUNT, GAUGE,
         "how much is in use", in_use},
    [GAUGE_LIMIT_MOST] =
        {GAUGE_OF_LIMIT, "most", NULL, GAUGE_COUNT, GAUGE,
         "the limit; 0: no single number", most},
    [GAUGE_LIMIT_HITS] =
        {GAUGE_OF_LIMIT, "hits", NULL, GAUGE_COUNT, COUNTER,
         "how often the limit was hit", hits},
};
/* clang-format on */

/* A walk over subjects. */
struct walk {
    const struct gauge_source *source;
    gauge_visit *visit;
    void *context;
};

static void visit_switch(const struct walk *w)
{
    struct gauge_subject s = {.source = w->source};

    w->visit(w->context, &s);
}

static void visit_ports(const struct walk *w)
{
    const struct bridge *b = w->source->bridge;
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(b), i)); i++) {
        struct gauge_subject s = {
            .source = w->source,
            .labels = {p->config.name},
            .port = p,
        };

        totals_of_port(bridge_datapath(b), p->counters, &s.totals);
        w->visit(w->context, &s);
    }
}

void gauge_each_drop(const struct gauge_subject *port, gauge_visit *visit,
                     void *context)
{
    struct gauge_subject s = *port;

    for (unsigned int i = DROP_NONE + 1; i < DROP_REASON_COUNT; i++) {
        s.reason = (enum drop_reason)i;
        s.labels[1] = drop_reason_word(s.reason);
        if (drops(&s) || tx_drops(&s))
            visit(context, &s);
    }
}

static void visit_drops_of(void *context, const struct gauge_subject *port)
{
    const struct walk *w = context;

    gauge_each_drop(port, w->visit, w->context);
}

static void visit_controllers(const struct walk *w)
{
    const struct of_agent *o = bridge_openflow(w->source->bridge);

    for (size_t i = 0; i < of_agent_controllers(o); i++) {
        struct gauge_subject s = {
            .source = w->source,
            .controller = of_agent_controller(o, i),
        };

        s.labels[0] = s.controller.name;
        w->visit(w->context, &s);
    }
}

static void visit_listener(void *visitor, const struct listener_status *l)
{
    const struct walk *w = visitor;
    struct gauge_subject s = {
        .source = w->source,
        .labels = {l->name},
        .listener = *l,
    };

    w->visit(w->context, &s);
}

static void limit(const struct walk *w, const char *name, uint64_t used,
                  uint64_t bound, uint64_t hit)
{
    struct gauge_subject s = {
        .source = w->source,
        .labels = {name},
        .limit = {used, bound, hit},
    };

    w->visit(w->context, &s);
}

/* Limits for which a request is refused. */
static void visit_refusals(const struct walk *w)
{
    const struct of_switch *of = switch_of(w->source);
    struct datapath *d = of->datapath;
    const uint64_t *refused = of->refused;

    limit(w, "flows", flow_tables_total(datapath_tables(d)), FLOW_TABLE_LIMIT,
          refused[FLOW_TABLE_FULL]);
    limit(w, "groups", group_table_count(datapath_groups(d)), GROUP_TABLE_LIMIT,
          refused[FLOW_GROUP_FULL]);
    limit(w, "buckets", 0, GROUP_BUCKETS_LIMIT, refused[FLOW_BUCKETS_FULL]);
    limit(w, "meters", meter_table_count(datapath_meters(d)), METER_TABLE_LIMIT,
          refused[FLOW_METER_FULL]);
    limit(w, "bands", 0, METER_BANDS_MAX, refused[FLOW_BANDS_FULL]);
    limit(w, "bundles", 0, BUNDLE_COUNT_MAX, refused[FLOW_BUNDLES_FULL]);
    limit(w, "bundle_bytes", connection_list_bundle_bytes(of->connections),
          BUNDLE_BYTES_MAX, refused[FLOW_BUNDLE_MESSAGES_FULL]);
    limit(w, "request_parts", 0, REQUEST_PARTS_MAX,
          refused[FLOW_MULTIPART_OVERFLOW]);
    limit(w, "memory", 0, 0, refused[FLOW_OUT_OF_MEMORY]);
}

static void visit_queues(const struct walk *w)
{
    const struct of_switch *of = switch_of(w->source);
    struct packet_buffers_usage buffers = packet_buffers_usage(of->buffers);
    struct datapath *d = of->datapath;
    const struct mac_table *t = datapath_mac_table(d);

    limit(w, "packet_buffers", buffers.held, buffers.room, buffers.refused);
    limit(w, "macs", mac_table_count(t), mac_table_capacity(t),
          mac_table_evicted(t));
    limit(w, "macs_to_learn", 0, 0, totals_learn_refused(d));
    limit(w, "learn_requests", 0, 0, totals_learn_requests_refused(d));
    limit(w, "learn_requests_in_time", 0, 0, totals_learn_requests_late(d));
    limit(w, "barriers_in_time", 0, 0, of->barriers_late);
    limit(w, "packet_outs", 0, WORKER_JOBS, totals_jobs_refused(d));
}

static void visit_limits(const struct walk *w)
{
    const struct gauge_limit *clients = &w->source->control_clients;
    struct service_connections_usage services =
        of_agent_service_usage(bridge_openflow(w->source->bridge));

    visit_refusals(w);
    visit_queues(w);
    limit(w, "connections", services.count, services.room, services.refused);
    limit(w, "control_clients", clients->in_use, clients->most, clients->hits);
    limit(w, "log_lines", 0, 0, log_held_back());
}

void gauge_each(const struct gauge_source *source, enum gauge_kind of,
                gauge_visit *visit, void *context)
{
    struct walk w = {source, visit, context};

    assert_main_thread();
    switch (of) {
    case GAUGE_OF_SWITCH:
        visit_switch(&w);
        break;
    case GAUGE_OF_PORT:
        visit_ports(&w);
        break;
    case GAUGE_OF_DROP:
        visit_ports(&(struct walk){source, visit_drops_of, &w});
        break;
    case GAUGE_OF_CONTROLLER:
        visit_controllers(&w);
        break;
    case GAUGE_OF_LISTENER:
        of_agent_each_listener(bridge_openflow(source->bridge), visit_listener,
                               &w);
        break;
    case GAUGE_OF_LIMIT:
        visit_limits(&w);
        break;
    case GAUGE_KINDS:
        break;
    }
}
