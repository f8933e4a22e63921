/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sim/sim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/retire.h"
#include "state/state_keeper.h"
#include "tests/sim/device.h"

enum { DEVICES_MAX = 256, TURNS_MAX = 100000 };

struct sim {
    int64_t now_us;
    struct bridge *bridge;
    struct state_keeper *state;
    struct job_pool *jobs;
    bool has_news;
    int next_ifindex;
    size_t device_count;
    struct sim_device *devices[DEVICES_MAX];
    struct peer peers[PEERS];
};

static struct sim_device *device_named(struct sim *s, const char *name)
{
    struct sim_device *d;

    for (size_t i = 0; i < s->device_count; i++)
        if (!strcmp(s->devices[i]->link.name, name))
            return s->devices[i];
    if (s->device_count == DEVICES_MAX)
        sim_die("too many devices: ", name);
    d = calloc(1, sizeof(*d));
    if (!d)
        sim_die("out of memory", "");
    s->devices[s->device_count++] = d;
    snprintf(d->link.name, sizeof(d->link.name), "%s", name);
    d->link.mtu = 1500;
    d->link.mac[0] = 2;
    d->link.mac[5] = (uint8_t)s->device_count;
    return d;
}

/* Devices. */

static int sim_make(void *context, const struct device_plan *plan,
                    struct device *device)
{
    struct sim *s = context;
    struct sim_device *d = device_named(s, plan->config->name);

    device->is_made = !d->is_there;
    d->is_there = true;
    d->is_announced = false;
    d->link.ifindex = ++s->next_ifindex;
    d->link.is_up = d->link.is_running = true;
    return 0;
}

static void sim_unmake(void *context, const struct device_plan *plan,
                       struct device *device)
{
    struct sim_device *d = device_named(context, plan->config->name);

    if (device->is_made)
        d->is_there = false;
    device->is_made = false;
}

static int sim_open_device(void *context, const struct device_plan *plan,
                           struct link *link, struct device *device)
{
    struct sim_device *d = device_named(context, plan->config->name);

    if (d->fails_to_open)
        return -EACCES;
    if (plan->config->type == PORT_LOCAL ||
        plan->config->type == PORT_INTERNAL) {
        memcpy(d->link.mac, plan->mac, sizeof(d->link.mac));
        memcpy(link->mac, plan->mac, sizeof(link->mac));
    }
    device->shield = plan->config->has_shield ? SHIELD_ON : SHIELD_OFF;
    return 0;
}

static int sim_open_queues(void *context, const struct device_plan *plan,
                           const struct link *link, struct device *device)
{
    struct sim_device *d = device_named(context, plan->config->name);

    (void)link;
    d->opened++;
    for (unsigned int i = 0; i < plan->workers; i++) {
        d->queues[i] = sim_device_open_queue(d, i);
        device->queues[i] = d->queues[i];
    }
    return 0;
}

static void sim_close_queues(void *context, const struct device_plan *plan,
                             struct device *device)
{
    struct sim_device *d = device_named(context, plan->config->name);

    for (unsigned int i = 0; i < WORKERS_MAX; i++) {
        if (device->queues[i])
            device->queues[i]->ops->close(device->queues[i]);
        device->queues[i] = d->queues[i] = NULL;
    }
}

static void sim_close_device(void *context, const struct device_plan *plan,
                             const struct link *link, struct device *device)
{
    (void)context;
    (void)plan;
    (void)link;
    device->shield = SHIELD_OFF;
}

static void sim_unaddress(void *context, const struct device_plan *plan,
                          const struct link *link)
{
    (void)context;
    (void)plan;
    (void)link;
}

static void sim_set_queues(void *context, const struct device_plan *plan,
                           const struct link *link, struct device *d)
{
    (void)context;
    (void)link;
    d->has_queues = plan->queue_count > 0;
}

static void sim_shield(void *context, const struct device_plan *plan,
                       struct device *device)
{
    (void)context;
    device->shield = plan->config->has_shield ? SHIELD_ON : SHIELD_OFF;
}

static int set_device_mtu(void *context, const struct link *link, uint32_t mtu)
{
    struct sim_device *d = device_named(context, link->name);

    d->is_announced = false;
    d->link.mtu = mtu;
    return 0;
}

static int set_device_up(void *context, const struct link *link, bool is_up)
{
    struct sim_device *d = device_named(context, link->name);

    if (d->fails_to_open)
        return -EACCES;
    d->is_announced = false;
    d->link.is_up = d->link.is_running = is_up;
    return 0;
}

static void sim_speed(void *context, const char *name, struct link_speed *speed)
{
    (void)context;
    (void)name;
    *speed = (struct link_speed){.mbps = 1000, .is_full_duplex = true};
}

static const struct device_ops sim_devices = {
    .make = sim_make,
    .open = sim_open_device,
    .open_queues = sim_open_queues,
    .close_queues = sim_close_queues,
    .close = sim_close_device,
    .unaddress = sim_unaddress,
    .unmake = sim_unmake,
    .shield = sim_shield,
    .set_queues = sim_set_queues,
    .set_mtu = set_device_mtu,
    .set_up = set_device_up,
    .speed = sim_speed,
};

static const struct link *find_link(void *context, const char *name)
{
    const struct sim_device *d = device_named(context, name);

    return d->is_there ? &d->link : NULL;
}

static bool announce(struct sim *s)
{
    bool has_any = false;

    for (size_t i = 0; i < s->device_count; i++) {
        struct sim_device *d = s->devices[i];

        if (!d->is_there || d->is_announced)
            continue;
        d->is_announced = has_any = true;
        bridge_link_changed(s->bridge, &d->link, false, sim_now_ms(s));
    }
    bridge_links_told(s->bridge, sim_now_ms(s));
    return has_any;
}

static void follow_links(void *context)
{
    announce(context);
}

static void wake(void *context)
{
    struct sim *s = context;

    s->has_news = true;
}

/* Configuration. */

/* With what every file has, where 'ini' says nothing of it. */
static void write_ini(FILE *file, const char *ini)
{
    static const char heading[] = "[bridge]\n", name[] = "name = of-switch\n";
    const char *bridge = strstr(ini, heading);
    const char *keys = bridge ? bridge + strlen(heading) : ini;

    if (!strstr(ini, "[local]"))
        fputs("[local]\nenable = no\n", file);
    if (!bridge)
        fprintf(file, "%s%s", heading, name);
    fprintf(file, "%.*s%s%s", (int)(keys - ini), ini,
            bridge && !strstr(bridge, "\nname =") ? name : "", keys);
}

static struct config *read_config(const char *ini, struct config_faults *faults)
{
    char path[] = "/tmp/flowbridge-sim-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    struct config *c;

    if (!file)
        sim_die("cannot write a configuration: ", path);
    write_ini(file, ini);
    fclose(file);
    c = config_read(path, faults);
    unlink(path);
    return c;
}

struct config *sim_read_config(const char *ini)
{
    struct config_faults faults = {0};
    struct config *c = read_config(ini, &faults);

    config_faults_clear(&faults);
    return c;
}

/* Since 1970; goes on while a switch is away, too. */
static int64_t wall_ms = 1700000000000;

static int64_t read_wall_ms(void)
{
    return wall_ms;
}

/* A bridge over the devices as they are now. */
static void open_bridge(struct sim *s, const char *ini)
{
    struct config_faults faults = {0};
    struct config *c = read_config(ini, &faults);
    struct bridge_options o = {
        .ops = &sim_devices,
        .ops_context = s,
        .workers = 1,
        .wake = wake,
        .wake_context = s,
        .find_link = find_link,
        .follow_links = follow_links,
        .link_context = s,
        .openflow.network = {peer_connect, s->peers},
    };

    if (!c)
        sim_die("configuration: ",
                faults.count ? faults.list[0].text : "no memory");
    if (c->datapath.workers)
        o.workers = c->datapath.workers;
    s->jobs = o.jobs = job_pool_create(0, wake, s);
    if (!o.jobs)
        sim_die("out of memory", "");
    s->bridge = bridge_create(c, &o, sim_now_ms(s));
    s->state = state_keeper_create(read_wall_ms, (uid_t)-1);
    if (!s->bridge || !s->state)
        sim_die("out of memory", "");
    bridge_start(s->bridge, sim_now_ms(s));
    state_keeper_restore(s->state, s->bridge, sim_now_ms(s));
    bridge_load_flows(s->bridge, sim_now_ms(s));
    sim_run(s);
}

struct sim *sim_open(const char *ini)
{
    struct sim *s = calloc(1, sizeof(*s));

    if (!s)
        sim_die("out of memory", "");
    if (!getenv("SIM_LOG"))
        log_set_levels("error");
    s->now_us = 1000000000; /* So that a forgotten zero shows. */
    open_bridge(s, ini);
    return s;
}

void sim_save(struct sim *s)
{
    state_keeper_save(s->state, s->bridge, sim_now_ms(s));
}

/* Away until it is 'to_us'. */
static void restart(struct sim *s, const char *ini, int64_t away_ms,
                    int64_t to_us)
{
    sim_save(s);
    state_keeper_free(s->state);
    bridge_free(s->bridge, sim_now_ms(s));
    job_pool_free(s->jobs);
    s->now_us = to_us;
    wall_ms += away_ms;
    open_bridge(s, ini);
}

void sim_restart(struct sim *s, const char *ini, int64_t away_ms)
{
    restart(s, ini, away_ms, s->now_us + away_ms * 1000);
}

void sim_reboot(struct sim *s, const char *ini, int64_t away_ms)
{
    restart(s, ini, away_ms, 2000000);
}

bool sim_reload(struct sim *s, const char *ini)
{
    struct config *c = sim_read_config(ini);

    if (!c)
        return false;
    bridge_reload(s->bridge, c, sim_now_ms(s));
    state_keeper_tick(s->state, s->bridge, sim_now_ms(s));
    sim_run(s);
    return true;
}

void sim_close(struct sim *s)
{
    state_keeper_free(s->state);
    bridge_free(s->bridge, sim_now_ms(s));
    job_pool_free(s->jobs);
    for (size_t i = 0; i < s->device_count; i++) {
        sim_device_clear(s->devices[i]);
        free(s->devices[i]);
    }
    free(s);
}

struct bridge *sim_bridge(struct sim *s)
{
    return s->bridge;
}

struct peer *sim_peer(struct sim *s, size_t i)
{
    return &s->peers[i];
}

int64_t sim_now_ms(const struct sim *s)
{
    return s->now_us / 1000;
}

static void set_link(struct sim *s, struct sim_device *d, bool is_up)
{
    if (!d->is_there)
        d->link.ifindex = ++s->next_ifindex;
    d->is_there = true;
    d->link.is_up = true;
    d->link.is_running = is_up;
    d->is_announced = false;
    sim_run(s);
}

void sim_link_up(struct sim *s, const char *name)
{
    set_link(s, device_named(s, name), true);
}

void sim_link_down(struct sim *s, const char *name)
{
    set_link(s, device_named(s, name), false);
}

void sim_set_up(struct sim *s, const char *name, bool is_up)
{
    struct sim_device *d = device_named(s, name);

    d->link.is_up = d->link.is_running = is_up;
    d->is_announced = false;
    sim_run(s);
}

bool sim_is_up(const struct sim *s, const char *name)
{
    return device_named((struct sim *)(uintptr_t)s, name)->link.is_up;
}

void sim_set_mtu(struct sim *s, const char *name, uint32_t mtu)
{
    struct sim_device *d = device_named(s, name);

    d->link.mtu = mtu;
    set_link(s, d, d->link.is_running);
}

void sim_set_mac(struct sim *s, const char *name, const uint8_t mac[6])
{
    struct sim_device *d = device_named(s, name);

    memcpy(d->link.mac, mac, sizeof(d->link.mac));
    set_link(s, d, d->link.is_running);
}

const struct link *sim_link(struct sim *s, const char *name)
{
    return &device_named(s, name)->link;
}

void sim_link_gone(struct sim *s, const char *name)
{
    struct sim_device *d = device_named(s, name);

    d->is_there = false;
    bridge_link_changed(s->bridge, &d->link, true, sim_now_ms(s));
    bridge_links_told(s->bridge, sim_now_ms(s));
    sim_run(s);
}

void sim_fail_open(struct sim *s, const char *name, bool fails)
{
    device_named(s, name)->fails_to_open = fails;
}

void sim_block(struct sim *s, const char *name, bool is_blocked)
{
    device_named(s, name)->is_blocked = is_blocked;
}

void sim_set_receiver(struct sim *s, const char *name, unsigned int worker)
{
    device_named(s, name)->receiver = worker;
}

void sim_receive_vnet(struct sim *s, const char *port, const void *data,
                      size_t size, const struct virtio_net_hdr *vnet)
{
    struct sim_device *d = device_named(s, port);
    struct pending *p =
        &d->pending[(d->pending_first + d->pending_count) % PENDING_MAX];

    if (d->pending_count == PENDING_MAX)
        sim_die("too many frames wait at ", port);
    p->buffer = malloc(size + 2 * FRAME_HEADROOM);
    if (!p->buffer)
        sim_die("out of memory", "");
    memcpy(p->buffer + FRAME_HEADROOM, data, size);
    p->size = (uint32_t)size;
    p->vnet = *vnet;
    d->pending_count++;
}

void sim_receive(struct sim *s, const char *port, const void *data, size_t size)
{
    static const struct virtio_net_hdr none;

    sim_receive_vnet(s, port, data, size, &none);
}

void sim_run(struct sim *s)
{
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        bool has_moved = announce(s);

        for (size_t i = 0; i < PEERS; i++)
            has_moved |= peer_turn(&s->peers[i], sim_now_ms(s));
        has_moved |= datapath_turn(bridge_datapath(s->bridge), s->now_us) > 0;
        if (s->has_news) {
            s->has_news = bridge_take_news(s->bridge, sim_now_ms(s));
            has_moved = true;
        }
        has_moved |= retire_flush() > 0;
        if (!has_moved)
            return;
    }
    sim_die("it never comes to rest", "");
}

void sim_pass_ms(struct sim *s, int64_t ms)
{
    while (ms > 0) {
        int64_t step = ms < BRIDGE_TICK_MS ? ms : BRIDGE_TICK_MS;

        ms -= step;
        s->now_us += step * 1000;
        wall_ms += step;
        s->has_news |= bridge_tick(s->bridge, sim_now_ms(s));
        state_keeper_tick(s->state, s->bridge, sim_now_ms(s));
        sim_run(s);
    }
}

const struct sim_wire *sim_sent(const struct sim *s, const char *port)
{
    return &device_named((struct sim *)(uintptr_t)s, port)->wire;
}

void sim_forget(struct sim *s)
{
    for (size_t i = 0; i < s->device_count; i++) {
        struct sim_wire *wire = &s->devices[i]->wire;

        for (size_t j = 0; j < wire->count; j++)
            free(wire->frames[j].data);
        wire->count = 0;
    }
}

struct port_totals sim_totals(const struct sim *s, const char *port)
{
    struct port_totals t = {0};
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(s->bridge), i)); i++)
        if (!strcmp(p->config.name, port))
            totals_of_port(bridge_datapath(s->bridge), p->counters, &t);
    return t;
}

bool sim_accounts_match(const struct sim *s)
{
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(s->bridge), i)); i++) {
        struct port_totals t;
        uint64_t ended;

        totals_of_port(bridge_datapath(s->bridge), p->counters, &t);
        ended = t.forwarded + t.consumed;
        for (unsigned int j = 0; j < DROP_REASON_COUNT; j++)
            ended += t.drops[j];
        if (ended != t.rx_frames)
            return false;
    }
    return true;
}

bool sim_is_open(const struct sim *s, const char *port)
{
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(s->bridge), i)); i++)
        if (!strcmp(p->config.name, port))
            return p->is_open;
    return false;
}

unsigned int sim_opened(const struct sim *s, const char *port)
{
    return device_named((struct sim *)(uintptr_t)s, port)->opened;
}
