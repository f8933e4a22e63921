#include "bridge/bridge_port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/crew.h"
#include "base/log.h"
#include "base/retire.h"
#include "bridge/mac_text.h"

enum { RETRY_MS = 1000 };

static bool makes_device(const struct bridge_port *p)
{
    return p->config.type != PORT_NIC;
}

bool bridge_port_is_of_host(const struct bridge_port *p)
{
    return p->config.type == PORT_LOCAL || p->config.type == PORT_INTERNAL;
}

static struct device_plan plan_of(const struct port_surroundings *s,
                                  const struct bridge_port *p)
{
    struct device_plan plan = {
        .config = &p->config,
        .workers = datapath_workers(s->datapath),
        .rx_ring = s->rx_ring,
        .stays_down = p->is_taken_down || (p->is_open && !p->link.is_up),
        .address = &p->config.address,
        .gateway = &p->config.gateway,
        .queues = p->queues,
        .queue_count = p->queue_count,
    };

    memcpy(plan.mac, p->mac, sizeof(plan.mac));
    return plan;
}

/* Tells the workers what the port is now. */
static void publish(const struct port_surroundings *s,
                    const struct bridge_port *p)
{
    struct datapath_port port = {
        .index = (uint16_t)p->index,
        .number = p->number,
        .is_up = p->is_open && p->link.is_up && p->link.is_running,
        /* Frames that it left in the ring when it was set down. */
        .has_no_recv = p->of_config & PORT_CONFIG_NO_RECV || !p->link.is_up,
        .has_no_fwd = p->of_config & PORT_CONFIG_NO_FWD,
        .has_no_flood = p->of_config & PORT_CONFIG_NO_FLOOD,
        .has_no_packet_in = p->of_config & PORT_CONFIG_NO_PACKET_IN,
        .mtu = p->link.mtu,
        .own_address = bridge_port_is_of_host(p) && p->is_present
                           ? mac_number(p->link.mac)
                           : 0,
        .vlan = p->config.vlan,
        .counters = p->counters,
    };
    int err;

    if (p->is_open)
        memcpy(port.queues, p->device.queues, sizeof(port.queues));
    err = datapath_set_port(s->datapath, &port);
    if (err)
        log_error("port.failed", "port=%s what=%s error=%s", p->config.name,
                  "publish", strerror(-err));
}

static void failed(struct bridge_port *p, const char *what, int err,
                   int64_t now_ms)
{
    p->retry_ms = now_ms + RETRY_MS;
    if (err == p->last_error)
        return;
    p->last_error = err;
    log_error("port.failed", "port=%s what=%s error=%s retry=%s",
              p->config.name, what, strerror(-err), "every second");
}

static void log_added(const struct bridge_port *p)
{
    log_info(
        "port.added", "port=%s ofport=%u mac=%s link=%s speed_mbps=%u mtu=%u",
        p->config.name, port_no_shown(p->number), mac_text(p->link.mac).text,
        bridge_port_link_word(p), p->speed.mbps, p->link.mtu);
}

/* Ports that open or close at a time. */
struct together {
    const struct port_surroundings *s;
    size_t count;
    struct {
        struct bridge_port *port;
        struct device_plan plan;
        int error;
    } all[CREW_MAX];
};

static void together_add(struct together *t, struct bridge_port *p,
                         const struct device_plan *plan)
{
    t->all[t->count].port = p;
    t->all[t->count++].plan = *plan;
}

static void open_queues(void *context, size_t i)
{
    struct together *t = context;
    struct bridge_port *p = t->all[i].port;

    t->all[i].error = t->s->ops->open_queues(t->s->ops_context, &t->all[i].plan,
                                             &p->link, &p->device);
}

static void close_queues(void *context, size_t i)
{
    struct together *t = context;

    t->s->ops->close_queues(t->s->ops_context, &t->all[i].plan,
                            &t->all[i].port->device);
}

static void begin_to_open(struct together *t, struct bridge_port *p,
                          int64_t now_ms)
{
    struct device_plan plan = plan_of(t->s, p);
    bool was_up = p->link.is_up;
    int err = t->s->ops->open(t->s->ops_context, &plan, &p->link, &p->device);

    p->awaits_up = !was_up && p->link.is_up;
    if (err)
        failed(p, "open", err, now_ms);
    else
        together_add(t, p, &plan);
}

static void end_to_open(const struct port_surroundings *s,
                        struct bridge_port *p)
{
    p->is_open = true;
    p->retry_ms = 0;
    p->last_error = 0;
    s->ops->speed(s->ops_context, p->config.name, &p->speed);
    publish(s, p);
    log_added(p);
}

/* Up to CREW_MAX of them. */
static void open_ports(const struct port_surroundings *s,
                       struct bridge_port *const *ports, size_t count,
                       int64_t now_ms)
{
    struct together t = {.s = s};

    for (size_t i = 0; i < count; i++)
        begin_to_open(&t, ports[i], now_ms);
    crew_run(s->ops->queue_threads, t.count, open_queues, &t);
    for (size_t i = 0; i < t.count; i++) {
        if (t.all[i].error)
            failed(t.all[i].port, "open", t.all[i].error, now_ms);
        else
            end_to_open(s, t.all[i].port);
    }
}

/* Up to CREW_MAX of them.  Workers let go of the queues first. */
static void close_ports(const struct port_surroundings *s,
                        struct bridge_port *const *ports, size_t count)
{
    struct together t = {.s = s};

    for (size_t i = 0; i < count; i++) {
        struct device_plan plan = plan_of(s, ports[i]);

        if (!ports[i]->is_open)
            continue;
        ports[i]->missed = bridge_port_missed(ports[i]);
        ports[i]->is_open = false;
        publish(s, ports[i]);
        together_add(&t, ports[i], &plan);
    }
    datapath_finish(s->datapath);
    crew_run(s->ops->queue_threads, t.count, close_queues, &t);
    for (size_t i = 0; i < t.count; i++) {
        struct bridge_port *p = t.all[i].port;

        s->ops->close(s->ops_context, &t.all[i].plan, &p->link, &p->device);
        mac_table_forget_port(datapath_mac_table(s->datapath), p->index);
    }
}

struct bridge_port *bridge_port_create(const struct port_surroundings *s,
                                       const struct config_port *config,
                                       unsigned int index, uint32_t number)
{
    struct bridge_port *p = calloc(1, sizeof(*p));
    size_t size = datapath_workers(s->datapath) * sizeof(*p->counters);

    if (!p)
        return NULL;
    p->counters = aligned_alloc(CACHE_LINE, size);
    if (!p->counters) {
        free(p);
        return NULL;
    }
    memset(p->counters, 0, size);
    p->config = *config;
    p->index = index;
    p->number = number;
    publish(s, p);
    return p;
}

/* What was the host's before us is the host's again, and up. */
static void restore(const struct port_surroundings *s,
                    const struct bridge_port *p)
{
    int err;

    if (!p->is_taken_down || p->device.is_made ||
        (p->config.type != PORT_NIC && p->config.type != PORT_TAP))
        return;
    err = s->ops->set_up(s->ops_context, &p->link, true);
    if (err)
        log_error("port.failed", "port=%s what=%s error=%s", p->config.name,
                  "set up", strerror(-err));
    else
        log_info("port.restored", "port=%s effect=%s", p->config.name,
                 "set up again, for it was a controller that took it down");
}

/* What is left of a port that is closed. */
static void take_away(const struct port_surroundings *s, struct bridge_port *p)
{
    struct device_plan plan = plan_of(s, p);

    restore(s, p);
    s->ops->unmake(s->ops_context, &plan, &p->device);
    datapath_remove_port(s->datapath, p->index);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

void bridge_port_free_all(const struct port_surroundings *s,
                          struct bridge_port *const *ports, size_t count)
{
    for (size_t i = 0; i < count; i += CREW_MAX)
        close_ports(s, ports + i, smaller(count - i, CREW_MAX));
    for (size_t i = 0; i < count; i++)
        take_away(s, ports[i]);
    datapath_finish(s->datapath);
    for (size_t i = 0; i < count; i++) {
        free(ports[i]->counters);
        free(ports[i]->queues);
        free(ports[i]);
    }
}

void bridge_port_make(const struct port_surroundings *s, struct bridge_port *p,
                      int64_t now_ms)
{
    struct device_plan plan = plan_of(s, p);
    int err;

    if (p->is_present || !makes_device(p) || p->is_making)
        return;
    err = s->ops->make(s->ops_context, &plan, &p->device);
    if (err) {
        failed(p, "make", err, now_ms);
        return;
    }
    p->is_making = true;
    p->retry_ms = 0;
}

void bridge_port_readdress(const struct port_surroundings *s,
                           struct bridge_port *p)
{
    struct device_plan plan = plan_of(s, p);
    int err = s->ops->open(s->ops_context, &plan, &p->link, &p->device);

    if (err)
        log_error("port.failed", "port=%s what=%s error=%s", p->config.name,
                  "address", strerror(-err));
    publish(s, p); /* It has its MAC address now, whenever that is told. */
}

/* Owner, group and queues of a guest's TAP, which nobody holds, maybe. */
static void adopt(const struct port_surroundings *s, struct bridge_port *p)
{
    struct device_plan plan = plan_of(s, p);

    if (s->ops->adopt && p->config.type == PORT_TAP)
        s->ops->adopt(s->ops_context, &plan, &p->device);
}

static void follow_change(const struct port_surroundings *s,
                          struct bridge_port *p, const struct link *before)
{
    bool was_up = before->is_up && before->is_running;
    bool is_up = p->link.is_up && p->link.is_running;
    bool is_other = was_up != is_up || before->is_up != p->link.is_up;

    if (is_other) {
        if (!p->link.netns)
            s->ops->speed(s->ops_context, p->config.name, &p->speed);
        log_info("port.link", "port=%s link=%s admin=%s speed_mbps=%u",
                 p->config.name, bridge_port_link_word(p),
                 p->link.is_up ? "up" : "down", p->speed.mbps);
        if (!is_up)
            mac_table_forget_port(datapath_mac_table(s->datapath), p->index);
        if (!p->link.is_running)
            adopt(s, p);
    }
    is_other |= before->mtu != p->link.mtu ||
                memcmp(before->mac, p->link.mac, sizeof(before->mac)) != 0;
    if (before->mtu != p->link.mtu)
        log_info("port.mtu", "port=%s from=%u to=%u", p->config.name,
                 before->mtu, p->link.mtu);
    if (memcmp(before->mac, p->link.mac, sizeof(before->mac)))
        log_info("port.mac", "port=%s from=%s to=%s", p->config.name,
                 mac_text(before->mac).text, mac_text(p->link.mac).text);
    if (is_other)
        publish(s, p);
    /* The kernel took its routes away, and what it had of IPv6. */
    if (!before->is_up && p->link.is_up && p->config.address.family)
        bridge_port_readdress(s, p);
}

void bridge_port_link_changed(const struct port_surroundings *s,
                              struct bridge_port *p, const struct link *link,
                              int64_t now_ms)
{
    struct link before = p->link;

    /* Deleted and made again under the same name before we were told. */
    if (p->is_present && before.ifindex != link->ifindex)
        bridge_port_link_gone(s, p, now_ms);
    p->is_present = true;
    p->is_making = false;
    p->link = *link;
    p->link.is_up = link->is_up || p->awaits_up;
    p->awaits_up = p->awaits_up && !link->is_up;
    p->is_taken_down = p->is_taken_down && !link->is_up;
    if (p->is_open)
        follow_change(s, p, &before);
    else if (s->gathers)
        p->awaits_open = true;
    else
        open_ports(s, &p, 1, now_ms);
}

void bridge_port_open_waiting(const struct port_surroundings *s,
                              struct bridge_port *const *ports, size_t count,
                              int64_t now_ms)
{
    struct bridge_port *waiting[CREW_MAX];
    size_t waiting_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (!ports[i]->awaits_open)
            continue;
        ports[i]->awaits_open = false;
        waiting[waiting_count++] = ports[i];
        if (waiting_count < CREW_MAX)
            continue;
        open_ports(s, waiting, waiting_count, now_ms);
        waiting_count = 0;
    }
    open_ports(s, waiting, waiting_count, now_ms);
}

void bridge_port_link_gone(const struct port_surroundings *s,
                           struct bridge_port *p, int64_t now_ms)
{
    struct device_plan plan;

    if (!p->is_present)
        return;
    plan = plan_of(s, p);
    log_warning("port.lost", "port=%s ofport=%u", p->config.name,
                port_no_shown(p->number));
    close_ports(s, &p, 1);
    p->is_present = false;
    p->awaits_open = false;
    p->is_making = false;
    p->is_taken_down = false;
    p->awaits_up = false;
    p->mtu_asked = p->mtu_refused = p->oversize_mtu = 0;
    if (makes_device(p)) {
        /* Should there be one of this name again it is somebody else's. */
        p->device.is_made = false;
        s->ops->unmake(s->ops_context, &plan, &p->device);
        p->retry_ms = now_ms + RETRY_MS;
    }
}

void bridge_port_tick(const struct port_surroundings *s, struct bridge_port *p,
                      int64_t now_ms)
{
    if (!p->retry_ms || now_ms < p->retry_ms)
        return;
    p->retry_ms = 0;
    if (!p->is_present)
        bridge_port_make(s, p, now_ms);
    else if (!p->is_open)
        open_ports(s, &p, 1, now_ms);
}

static bool address_is_equal(const struct config_address *a,
                             const struct config_address *b)
{
    return a->family == b->family && a->prefix_length == b->prefix_length &&
           !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

void bridge_port_reconfigure(const struct port_surroundings *s,
                             struct bridge_port *p,
                             const struct config_port *config)
{
    bool has_new_vlans =
        !vlan_membership_is_equal(&p->config.vlan, &config->vlan);
    bool has_moved = !address_is_equal(&p->config.address, &config->address) ||
                     !address_is_equal(&p->config.gateway, &config->gateway);
    struct device_plan plan = plan_of(s, p);

    if (p->is_open && has_moved)
        s->ops->unaddress(s->ops_context, &plan, &p->link);
    p->config = *config;
    if (p->is_open && has_moved)
        bridge_port_readdress(s, p);
    if (has_new_vlans) {
        publish(s, p);
        mac_table_forget_port(datapath_mac_table(s->datapath), p->index);
    }
    if (p->is_open) {
        s->ops->shield(s->ops_context, &plan, &p->device);
        adopt(s, p);
    }
}

bool bridge_port_set_queues(const struct port_surroundings *s,
                            struct bridge_port *p,
                            const struct htb_queue *queues, size_t count)
{
    size_t size = count * sizeof(*queues);
    struct htb_queue *copy;
    struct device_plan plan;

    if (count == p->queue_count && (!size || !memcmp(p->queues, queues, size)))
        return true;
    copy = malloc(size ? size : 1);
    if (!copy)
        return false;
    memcpy(copy, queues, size);
    free(p->queues);
    p->queues = copy;
    p->queue_count = count;
    plan = plan_of(s, p);
    if (p->is_open)
        s->ops->set_queues(s->ops_context, &plan, &p->link, &p->device);
    return true;
}

uint32_t bridge_port_of_config(const struct bridge_port *p)
{
    return p->of_config | (p->link.is_up ? 0 : PORT_CONFIG_DOWN);
}

int bridge_port_modify(const struct port_surroundings *s, struct bridge_port *p,
                       uint32_t of_config)
{
    uint32_t before = bridge_port_of_config(p);
    bool is_down = of_config & PORT_CONFIG_DOWN;
    bool toggles = (before ^ of_config) & PORT_CONFIG_DOWN;
    int err;

    if (before == of_config)
        return 0;
    err = toggles ? s->ops->set_up(s->ops_context, &p->link, !is_down) : 0;
    if (err) {
        log_error("port.failed", "port=%s what=%s error=%s", p->config.name,
                  is_down ? "set down" : "set up", strerror(-err));
        return err;
    }
    log_info("port.modified", "port=%s from=0x%x to=0x%x", p->config.name,
             before, of_config);
    p->of_config = of_config & ~(uint32_t)PORT_CONFIG_DOWN;
    publish(s, p);
    /* The next request, which may be waiting, finds what this one did. */
    if (toggles && s->follow_links)
        s->follow_links(s->link_context);
    if (toggles)
        p->is_taken_down = is_down && p->is_present;
    return 0;
}

void bridge_port_set_mac(const struct port_surroundings *s,
                         struct bridge_port *p, const uint8_t mac[6])
{
    if (!memcmp(p->mac, mac, sizeof(p->mac)))
        return;
    memcpy(p->mac, mac, sizeof(p->mac));
    if (p->is_open)
        bridge_port_readdress(s, p);
}

uint64_t bridge_port_missed(const struct bridge_port *p)
{
    uint64_t missed = p->missed;

    for (unsigned int i = 0; p->is_open && i < WORKERS_MAX; i++)
        if (p->device.queues[i])
            missed += p->device.queues[i]->ops->missed(p->device.queues[i]);
    return missed;
}

const char *bridge_port_link_word(const struct bridge_port *p)
{
    if (!p->is_present)
        return "absent";
    return p->link.is_up && p->link.is_running ? "up" : "down";
}
