/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/devices.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "bridge/guest_port.h"
#include "port/detour.h"
#include "port/packet_ring.h"
#include "port/program.h"
#include "port/shield.h"
#include "port/tap.h"
#include "port/tap_place.h"

struct devices {
    struct shield *shield; /* NULL: none can be had, for 'shield_error' */
    int shield_error;
    int detour_fd;               /* -1: there is none */
    struct fast_path *fast_path; /* NULL: there is none */
    struct admission admission;
    /* The requests to the shield's socket, and their answers, take turns. */
    pthread_mutex_t shield_lock;
    bool is_ending; /* shields go all at once */
    char mark[GUEST_MARK_SIZE];
    struct guest_leftovers left;
};

/* Without it some frames do not pass: in several VLANs, and as large as an MTU
 * lets them be. */
static void open_detour(struct devices *d)
{
    int err = d->shield ? shield_add_detour(d->shield) : d->shield_error;

    d->detour_fd = -1;
    if (!err)
        err = d->detour_fd = detour_open();
    if (err < 0)
        log_info("detour.failed", "error=%s effect=%s", strerror(-err),
                 "full-size frames under an 802.1ad tag or two tags are "
                 "dropped for the reason mtu");
}

struct devices *devices_create(const char *bridge, uint32_t owner,
                               struct fast_path *fast_path)
{
    struct devices *d = calloc(1, sizeof(*d));

    if (!d)
        return NULL;
    /* The shield's table is called like it. */
    guest_port_mark(bridge, d->mark);
    pthread_mutex_init(&d->shield_lock, NULL);
    strcpy(d->admission.bridge, bridge);
    d->admission.owner = owner;
    d->fast_path = fast_path;
    d->shield_error = shield_open(&d->shield, d->mark);
    d->left.mark = d->mark;
    /* A switch of this name may have been killed. */
    atomic_init(&d->left.may_be_there, true);
    open_detour(d);
    return d;
}

void devices_tick(struct devices *d, const struct config *c, int64_t now_ms)
{
    guest_leftovers_tick(&d->left, c, now_ms);
}

const struct admission *devices_admission(const struct devices *d)
{
    return &d->admission;
}

void devices_end(struct devices *d)
{
    if (d)
        d->is_ending = true;
}

void devices_free(struct devices *d)
{
    if (!d)
        return;
    if (d->shield)
        shield_close(d->shield);
    if (d->detour_fd >= 0)
        close(d->detour_fd);
    pthread_mutex_destroy(&d->shield_lock);
    free(d);
}

static bool is_ours(const struct config_port *c)
{
    return c->type == PORT_INTERNAL || c->type == PORT_LOCAL;
}

static void close_queues(struct device *d)
{
    for (unsigned int i = 0; i < WORKERS_MAX; i++) {
        if (d->queues[i])
            d->queues[i]->ops->close(d->queues[i]);
        d->queues[i] = NULL;
    }
}

static int make_for_guest(const struct devices *devices,
                          const struct config_port *c)
{
    struct guest_tap_plan plan;
    int err = guest_port_plan(c, devices->mark, &plan);

    return err ? err : guest_tap_make(c->name, &plan);
}

/* Its target state is logged only when that fails; the port is
 * open either way, but for one that is made again. */
static int real_adopt(void *context, const struct device_plan *plan,
                      struct device *d)
{
    struct devices *devices = context;
    const struct config_port *c = plan->config;
    struct guest_tap_plan wanted;
    int err = guest_port_plan(c, devices->mark, &wanted);

    if (!err)
        err = guest_tap_adopt(c->name, &wanted, &d->is_made);
    if (err && err != -EAGAIN && err != d->adopt_error)
        log_error(
            "port.failed", "port=%s what=%s error=%s hint=%s", c->name, "owner",
            strerror(-err),
            err == -EBUSY
                ? "owner, group or queues are set when its guest has closed it"
                : "its owner, group or queues are not as configured, and the "
                  "switch cannot create it again because another program has "
                  "created it");
    d->adopt_error = err;
    return err == -EAGAIN ? err : 0;
}

static int real_make(void *context, const struct device_plan *plan,
                     struct device *d)
{
    if (plan->config->type == PORT_NIC)
        return 0;
    if (plan->config->type == PORT_TAP)
        return make_for_guest(context, plan->config);
    return tap_open(plan->config->name, plan->workers, d->queues);
}

/* A guest that holds it may keep it for now. */
static void remove_for_guest(struct devices *devices, const char *name)
{
    int err = guest_tap_remove(name);

    if (err && err != -ENODEV && err != -EBUSY)
        log_warning("port.failed", "port=%s what=%s error=%s", name, "remove",
                    strerror(-err));
    if (err != -EBUSY)
        return;
    devices->left.may_be_there = true;
    log_info("tap.kept", "tap=%s effect=%s", name,
             devices->is_ending
                 ? "a guest has it open; it is removed when the switch runs "
                   "again and the guest has closed it"
                 : "it is removed when its guest closes it");
}

static void real_unmake(void *context, const struct device_plan *plan,
                        struct device *d)
{
    (void)context;
    if (is_ours(plan->config))
        close_queues(d);
    else if (d->is_made)
        remove_for_guest(context, plan->config->name);
    d->is_made = false;
}

static void say_shield_failed(const char *port, int err, const char *effect)
{
    log_warning("shield.failed", "port=%s error=%s effect=%s", port,
                strerror(-err), effect);
}

static void raise_shield(struct devices *devices, const char *port,
                         struct device *d)
{
    int err = devices->shield_error;

    if (devices->shield) {
        pthread_mutex_lock(&devices->shield_lock);
        err = shield_add(devices->shield, d->interface);
        pthread_mutex_unlock(&devices->shield_lock);
    }
    d->shield = err ? SHIELD_FAILED : SHIELD_ON;
    if (err)
        say_shield_failed(port, err,
                          "the host's own IP stack answers frames of this "
                          "port");
}

static void lower_shield(struct devices *devices, const char *port,
                         struct device *d)
{
    int err = 0;

    if (d->shield == SHIELD_ON) {
        pthread_mutex_lock(&devices->shield_lock);
        err = shield_remove(devices->shield, d->interface);
        pthread_mutex_unlock(&devices->shield_lock);
    }
    d->shield = SHIELD_OFF;
    if (err)
        say_shield_failed(port, err,
                          "the host's own IP stack does not see frames of "
                          "this interface until the switch ends");
}

static void real_shield(void *context, const struct device_plan *plan,
                        struct device *d)
{
    struct devices *devices = context;
    const struct config_port *c = plan->config;

    if (is_ours(c))
        return;
    if (c->has_shield && d->shield != SHIELD_ON) {
        raise_shield(devices, c->name, d);
    } else if (!c->has_shield) {
        lower_shield(devices, c->name, d);
    }
}

static void real_set_queues(void *context, const struct device_plan *plan,
                            const struct link *link, struct device *d)
{
    int err;

    (void)context;
    if (is_ours(plan->config) || (!plan->queue_count && !d->has_queues))
        return;
    err = plan->queue_count
              ? htb_set(link->ifindex, plan->queues, plan->queue_count)
              : htb_remove(link->ifindex);
    d->has_queues = plan->queue_count && !err;
    if (err)
        log_warning("queue.failed", "port=%s error=%s effect=%s", link->name,
                    strerror(-err), "its queues are not kept apart");
}

/* The program that carries out comes first, and goes last: without it, frames
 * that a ring's filter does not let in are lost. */
static void begin_fast_path(struct fast_path *fast,
                            const struct device_plan *plan,
                            const struct link *link, struct device *d,
                            struct packet_ring_options *o)
{
    int fd = program_attach(fast_path_port_program(fast), link->ifindex);

    if (fd < 0) {
        log_warning("kernel.failed", "port=%s error=%s effect=%s", link->name,
                    strerror(-fd), "its frames go by the switch's threads");
        return;
    }
    d->program_fd = fd;
    d->program_ifindex = link->ifindex;
    fast_path_set_interface(fast, plan->index, link->ifindex, true,
                            o->guest_mtu);
    o->filter_fd = fast_path_ring_program(fast);
    o->done = fast_path_done(fast, plan->index);
}

static void end_fast_path(struct fast_path *fast,
                          const struct device_plan *plan, struct device *d)
{
    if (!d->program_fd)
        return;
    close(d->program_fd);
    d->program_fd = 0;
    fast_path_set_interface(fast, plan->index, d->program_ifindex, false, 0);
}

/* A packet socket waits, when its ring is made and when it is closed, until no
 * CPU uses the earlier state. */
static int real_open_queues(void *context, const struct device_plan *plan,
                            const struct link *link, struct device *d)
{
    const struct devices *devices = context;
    struct packet_ring_options o = {
        .ifindex = link->ifindex,
        .slots = plan->rx_ring,
        .queues = plan->workers,
        .fanout_id = -1,
        .detour_fd = devices->detour_fd,
        .guest_mtu = link->is_tap ? link->mtu : 0,
        .owner = devices->admission.owner,
        .filter_fd = -1,
    };

    if (is_ours(plan->config))
        return 0; /* They came with the device. */
    if (devices->fast_path)
        begin_fast_path(devices->fast_path, plan, link, d, &o);
    for (unsigned int i = 0; i < plan->workers; i++) {
        int err = packet_ring_open(&o, &d->queues[i]);

        if (err) {
            close_queues(d);
            end_fast_path(devices->fast_path, plan, d);
            return err;
        }
        o.fanout_id = packet_ring_fanout_id(d->queues[0]);
    }
    return 0;
}

static void real_close_queues(void *context, const struct device_plan *plan,
                              struct device *d)
{
    const struct devices *devices = context;

    if (is_ours(plan->config)) /* They go with the device. */
        return;
    close_queues(d);
    end_fast_path(devices->fast_path, plan, d);
}

/* A port of the bridge has no addresses of its own and says nothing itself. */
static void make_quiet(int ifindex, struct device *d)
{
    int mode;

    if (d->is_quiet)
        return; /* It was opened in part, and that is tried again. */
    mode = link_get_address_mode(ifindex);
    d->is_quiet = mode >= 0 && link_set_quiet(ifindex) == 0;
    d->address_mode = mode;
}

static void open_foreign(struct devices *devices,
                         const struct device_plan *plan, struct link *link,
                         struct device *d)
{
    int err;

    strcpy(d->interface, link->name);
    make_quiet(link->ifindex, d);
    real_shield(devices, plan, d);
    real_set_queues(devices, plan, link, d);
    err = link_set_up(link, !plan->stays_down);
    if (err)
        log_warning("port.failed", "port=%s what=%s error=%s", link->name,
                    "set up", strerror(-err));
    else
        link->is_up = !plan->stays_down;
}

static int set_address(const struct device_plan *plan, int ifindex)
{
    const struct config_address *a = plan->address, *g = plan->gateway;
    int err = 0;

    if (a && a->family)
        err = link_add_address(ifindex, a->family, a->bytes, a->prefix_length);
    if (!err && g && g->family) {
        err = link_add_default_route(ifindex, g->family, g->bytes);
        if (err == -EEXIST) {
            log_warning("local.gateway", "port=%s error=%s", plan->config->name,
                        "there is another default route, which is kept");
            err = 0;
        }
    }
    return err;
}

static void real_unaddress(void *context, const struct device_plan *plan,
                           const struct link *link)
{
    const struct config_address *a = plan->address, *g = plan->gateway;

    (void)context;
    if (link->netns)
        return; /* Its settings there are not ours. */
    if (g && g->family)
        link_remove_default_route(link->ifindex, g->family, g->bytes);
    if (a && a->family)
        link_remove_address(link->ifindex, a->family, a->bytes,
                            a->prefix_length);
}

static int open_ours(const struct device_plan *plan, struct link *link)
{
    int err = 0;

    if (link->netns)
        return 0; /* That namespace decides on its addresses. */
    if (memcmp(plan->mac, link->mac, sizeof(plan->mac)))
        err = link_set_mac(link->ifindex, plan->mac);
    if (err)
        return err;
    memcpy(link->mac, plan->mac, sizeof(link->mac));
    if (plan->stays_down)
        return 0; /* There is no address or route while it is down. */
    err = link_set_up(link, true);
    if (err)
        return err;
    link->is_up = true;
    return set_address(plan, link->ifindex);
}

static int real_open(void *context, const struct device_plan *plan,
                     struct link *link, struct device *d)
{
    const struct devices *devices = context;
    int err;

    if (is_ours(plan->config))
        return open_ours(plan, link);
    /* Before anything of it is changed. */
    err = admission_ask(&devices->admission, plan->config, link, &d->said);
    if (!err && plan->config->type == PORT_TAP)
        err = real_adopt(context, plan, d);
    if (!err)
        open_foreign(context, plan, link, d);
    return err;
}

/* 'link' may be of a device that is gone by now: then there is nothing to set
 * back, and trying does no harm. */
static void real_close(void *context, const struct device_plan *plan,
                       const struct link *link, struct device *d)
{
    struct devices *devices = context;

    if (!devices->is_ending)
        lower_shield(devices, plan->config->name, d);
    if (d->has_queues)
        htb_remove(link->ifindex);
    d->has_queues = false;
    if (d->is_quiet)
        link_set_address_mode(link->ifindex, d->address_mode);
    d->is_quiet = false;
}

static int real_find(void *context, const struct device *d, struct link *link)
{
    (void)context;
    return d->queues[0] ? tap_place_look(d->queues[0], link) : -ENODEV;
}

static int real_set_mtu(void *context, const struct link *link, uint32_t mtu)
{
    (void)context;
    return link_set_mtu(link, mtu);
}

static int real_set_up(void *context, const struct link *link, bool is_up)
{
    (void)context;
    return link_set_up(link, is_up);
}

static void real_speed(void *context, const char *name,
                       struct link_speed *speed)
{
    (void)context;
    memset(speed, 0, sizeof(*speed));
    link_get_speed(name, speed);
}

const struct device_ops devices_real = {
    .make = real_make,
    .open = real_open,
    .open_queues = real_open_queues,
    .close_queues = real_close_queues,
    .close = real_close,
    .unaddress = real_unaddress,
    .unmake = real_unmake,
    .shield = real_shield,
    .set_queues = real_set_queues,
    .adopt = real_adopt,
    .find = real_find,
    .set_mtu = real_set_mtu,
    .set_up = real_set_up,
    .speed = real_speed,
};
