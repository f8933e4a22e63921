/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/port_machine.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "flow/mac_text.h"

enum { RETRY_MS = 1000 };

bool port_machine_makes_device(const struct bridge_port *p)
{
    return p->config.type != PORT_NIC;
}

/* It has no queues while the device is closed. */
static struct port_link link_of(const struct bridge_port *p)
{
    struct port_link link = {
        .is_up = p->is_open && p->link.is_up && p->link.is_running,
        .kernel_takes =
            p->is_open && p->device.program_fd && p->config.has_shield,
        .kernel_sends =
            p->is_open && !bridge_port_is_of_host(p) && !p->device.has_queues,
        .kernel_goes_to_peer =
            p->config.delivers_to_peer && p->link.has_far_peer,
        .ifindex = p->link.ifindex,
        .mtu = p->link.mtu,
        .counters = p->counters,
    };

    if (p->is_open)
        memcpy(link.queues, p->device.queues, sizeof(link.queues));
    return link;
}

void port_machine_publish(const struct bridge_port *p)
{
    struct datapath *datapath = p->environment->datapath;
    struct datapath_port port = {
        .index = (uint16_t)p->index,
        .number = p->number,
        /* Frames that it left in the ring when it was set down. */
        .has_no_recv = p->of_config & PORT_CONFIG_NO_RECV || !p->link.is_up,
        .has_no_fwd = p->of_config & PORT_CONFIG_NO_FWD,
        .has_no_flood = p->of_config & PORT_CONFIG_NO_FLOOD,
        .has_no_packet_in = p->of_config & PORT_CONFIG_NO_PACKET_IN,
        .link = link_of(p),
        .own_address = bridge_port_is_of_host(p) && p->is_present
                           ? mac_number(p->link.mac)
                           : 0,
        .vlan = p->config.vlan,
    };
    int err;

    if (p->is_leaving)
        return;
    err = datapath_set_port(datapath, &port);
    if (err)
        log_error("port.failed", "port=%s what=%s error=%s", p->config.name,
                  "publish", strerror(-err));
}

void port_machine_forget_addresses(const struct bridge_port *p)
{
    mac_table_forget_port(datapath_mac_table(p->environment->datapath),
                          p->index);
}

static void failed(struct bridge_port *p, const char *what, int err)
{
    if (err == p->last_error || bridge_port_is_refused(p)) /* it was said why */
        return;
    p->last_error = err;
    log_error("port.failed", "port=%s what=%s error=%s retry=%s",
              p->config.name, what, strerror(-err), "every second");
}

/* Follows changes of the interface. */

static bool has_link(const struct bridge_port *p)
{
    return p->link.is_up && p->link.is_running;
}

static void tell_link(struct bridge_port *p)
{
    if (p->told_up == has_link(p) && p->told_admin_up == p->link.is_up)
        return;
    p->told_up = has_link(p);
    p->told_admin_up = p->link.is_up;
    log_info("port.link", "port=%s link=%s admin=%s speed_mbps=%u",
             p->config.name, bridge_port_link_word(p),
             p->link.is_up ? "up" : "down", p->speed.mbps);
}

static void follow_change(struct bridge_port *p, const struct link *before)
{
    bool was_up = before->is_up && before->is_running;
    bool is_other = was_up != has_link(p) || before->is_up != p->link.is_up;

    if (is_other)
        p->changes |= DEVICE_CHANGE_SPEED; /* and then it is told */
    if (is_other && !has_link(p))
        port_machine_forget_addresses(p);
    if (before->mtu != p->link.mtu)
        log_info("port.mtu", "port=%s from=%u to=%u", p->config.name,
                 before->mtu, p->link.mtu);
    if (memcmp(before->mac, p->link.mac, sizeof(before->mac)))
        log_info("port.mac", "port=%s from=%s to=%s", p->config.name,
                 mac_text(before->mac).text, mac_text(p->link.mac).text);
    if (is_other || before->mtu != p->link.mtu ||
        memcmp(before->mac, p->link.mac, sizeof(before->mac)))
        port_machine_publish(p);
    /* Nobody holds it, maybe. */
    if (is_other && !p->link.is_running && p->config.type == PORT_TAP)
        p->changes |= DEVICE_CHANGE_HOLDER;
    /* The kernel took its routes and its IPv6 state away. */
    if (!before->is_up && p->link.is_up && p->config.address.family)
        p->changes |= DEVICE_CHANGE_ADDRESS;
}

void port_machine_follow_news(struct bridge_port *p)
{
    struct link before = p->link;

    p->is_outdated = false;
    p->link = p->news;
    p->link.is_up = p->news.is_up || p->awaits_up;
    p->awaits_up = p->awaits_up && !p->news.is_up;
    if (p->is_open)
        follow_change(p, &before);
}

/* Jobs: their input, and the use of their results. */

static void prepare_job(struct bridge_port *p, void (*work)(struct job *job))
{
    struct port_environment *s = p->environment;
    struct port_job *j = &p->job;

    j->job.work = work;
    j->ops = s->ops;
    j->ops_context = s->ops_context;
    j->config = p->config;
    j->old_place = p->place;
    j->link = p->link;
    j->device = p->device;
    j->speed = p->speed;
    j->error = 0;
    j->plan = (struct device_plan){
        .config = &j->config,
        .index = p->index,
        .workers = datapath_workers(s->datapath),
        .rx_ring = s->rx_ring,
        .stays_down = p->is_taken_down || (p->is_open && !p->link.is_up),
        .address = &j->config.address,
        .gateway = &j->config.gateway,
        .queues = p->queues,
        .queue_count = p->queue_count,
    };
    memcpy(j->plan.mac, p->mac, sizeof(p->mac));
}

static void add_job(void *port)
{
    struct bridge_port *p = port;

    job_pool_add(p->environment->jobs, &p->job.job);
}

static void begin_job(struct bridge_port *p, void (*work)(struct job *job))
{
    prepare_job(p, work);
    add_job(p);
}

static void begin_to_make(struct bridge_port *p)
{
    p->retry_ms = port_machine_never_ms;
    p->has_come_and_gone = false;
    begin_job(p, port_job_make);
}

static void failed_to_make(struct bridge_port *p)
{
    failed(p, "make", p->job.error);
}

static void begin_to_open(struct bridge_port *p)
{
    p->retry_ms = port_machine_never_ms;
    p->link = p->news;
    p->is_outdated = p->saw_up = p->awaits_up = false;
    p->changes = 0; /* it opens with all that is wanted */
    begin_job(p, port_job_open);
}

/* Takes over the link as opening has left it. */
static void take_link(struct bridge_port *p)
{
    bool was_up = p->link.is_up;

    p->link = p->job.link;
    p->awaits_up = !was_up && p->link.is_up && !p->saw_up;
    p->is_present = true;
}

static void opened(struct bridge_port *p)
{
    take_link(p);
    p->is_open = true;
    p->last_error = 0;
    p->speed = p->job.speed;
    p->place = port_place_of(&p->job.config);
    /* While it was opened, and set up. */
    if (p->is_taken_down && p->link.is_up)
        p->environment->ops->set_up(p->environment->ops_context, &p->link,
                                    false);
    port_machine_publish(p);
    p->told_up = has_link(p);
    p->told_admin_up = p->link.is_up;
    log_info(
        "port.added", "port=%s ofport=%u mac=%s link=%s speed_mbps=%u mtu=%u",
        p->config.name, port_no_shown(p->number), mac_text(p->link.mac).text,
        bridge_port_link_word(p), p->speed.mbps, p->link.mtu);
}

static void failed_to_open(struct bridge_port *p)
{
    take_link(p);
    p->is_present = !bridge_port_is_refused(p);
    failed(p, "open", p->job.error);
}

static void begin_to_adjust(struct bridge_port *p)
{
    p->job.changes = p->changes;
    p->changes = 0;
    begin_job(p, port_job_adjust);
}

static void adjusted(struct bridge_port *p)
{
    p->speed = p->job.speed;
    p->place = port_place_of(&p->job.config);
    tell_link(p);
    if (p->job.changes & DEVICE_CHANGE_ADDRESS)
        /* It has its MAC address now, whenever that is told. */
        memcpy(p->link.mac, p->job.link.mac, sizeof(p->link.mac));
    if (p->job.changes & (DEVICE_CHANGE_ADDRESS | DEVICE_CHANGE_QUEUES))
        port_machine_publish(p);
}

/* Workers let go of the queues first.  Its addresses are where they were. */
static void begin_to_reopen(struct bridge_port *p)
{
    log_warning("port.stalled", "port=%s ofport=%u effect=%s", p->config.name,
                port_no_shown(p->number),
                "the kernel gave no more frames; it is opened again");
    p->has_stalled = false;
    p->missed = bridge_port_missed(p);
    p->is_open = false;
    port_machine_publish(p);
    prepare_job(p, port_job_reopen);
    retire(&p->retired, p, add_job);
}

static void reopened(struct bridge_port *p)
{
    p->is_open = true;
    port_machine_publish(p);
    tell_link(p);
}

static void failed_to_reopen(struct bridge_port *p)
{
    failed(p, "open", p->job.error);
}

/* The host's earlier interface is the host's again, and up. */
static bool sets_up_at_the_end(const struct bridge_port *p)
{
    return p->is_leaving && p->is_taken_down && !p->device.is_made &&
           !bridge_port_is_of_host(p);
}

/* Workers let go of the queues first. */
static void begin_to_close(struct bridge_port *p)
{
    p->missed = bridge_port_missed(p);
    p->is_open = false;
    p->job.unmakes = port_machine_makes_device(p);
    p->job.sets_up = sets_up_at_the_end(p);
    port_machine_publish(p);
    port_machine_forget_addresses(p);
    prepare_job(p, port_job_close);
    retire(&p->retired, p, add_job);
}

static void lose(struct bridge_port *p)
{
    if (p->is_present)
        log_warning("port.lost", "port=%s ofport=%u", p->config.name,
                    port_no_shown(p->number));
    /* Should there be one of this name again it is somebody else's. */
    p->device.is_made = false;
    p->is_present = p->is_taken_down = p->awaits_up = false;
    p->mtu_asked = p->mtu_refused = p->oversize_mtu = 0;
    begin_to_close(p);
}

static void lost(struct bridge_port *p)
{
    p->link.ifindex = 0;
    p->place = (struct port_place){.address.family = 0};
    if (!port_machine_makes_device(p))
        p->retry_ms = port_machine_never_ms;
}

/*
 * The machine.  The result of a job counts first; all else counts only if it
 * holds when no job is under way.
 */

enum port_event {
    PORT_RESTS,   /* nothing is to be done */
    PORT_GOES,    /* is to leave */
    PORT_LOST,    /* its device is not there, or is another one */
    PORT_CAME,    /* there is a device for it */
    PORT_STALE,   /* the plan for its device has changed */
    PORT_STALLED, /* the kernel gives its queues nothing any more */
    PORT_DUE,     /* a failed job is to be tried again */
    PORT_DONE,    /* the job has ended */
    PORT_ERROR,   /* the job has ended in vain */
    PORT_EVENTS,
};

static const struct transition {
    void (*act)(struct bridge_port *p); /* NULL: nothing */
    enum port_state to;
    bool retries; /* a second later, unless 'act' has the port wait for more */
} transitions[PORT_LEFT + 1][PORT_EVENTS] = {
    [PORT_ABSENT] = {[PORT_CAME] = {begin_to_open, PORT_OPENING},
                     [PORT_DUE] = {begin_to_make, PORT_MAKING},
                     [PORT_GOES] = {begin_to_close, PORT_LEAVING}},
    [PORT_MAKING] = {[PORT_DONE] = {NULL, PORT_AWAITED},
                     [PORT_ERROR] = {failed_to_make, PORT_ABSENT, true}},
    [PORT_AWAITED] = {[PORT_CAME] = {begin_to_open, PORT_OPENING},
                      [PORT_LOST] = {lose, PORT_CLOSING},
                      [PORT_GOES] = {begin_to_close, PORT_LEAVING}},
    [PORT_OPENING] = {[PORT_DONE] = {opened, PORT_OPEN},
                      [PORT_ERROR] = {failed_to_open, PORT_FAILED, true},
                      [PORT_LOST] = {lose, PORT_CLOSING},
                      [PORT_GOES] = {begin_to_close, PORT_LEAVING}},
    [PORT_FAILED] = {[PORT_LOST] = {lose, PORT_CLOSING},
                     [PORT_DUE] = {begin_to_open, PORT_OPENING},
                     [PORT_GOES] = {begin_to_close, PORT_LEAVING}},
    [PORT_OPEN] = {[PORT_LOST] = {lose, PORT_CLOSING},
                   [PORT_STALE] = {begin_to_adjust, PORT_ADJUSTING},
                   [PORT_STALLED] = {begin_to_reopen, PORT_REOPENING},
                   [PORT_GOES] = {begin_to_close, PORT_LEAVING}},
    [PORT_REOPENING] = {[PORT_DONE] = {reopened, PORT_OPEN},
                        [PORT_ERROR] = {failed_to_reopen, PORT_FAILED, true}},
    [PORT_ADJUSTING] = {[PORT_DONE] = {adjusted, PORT_OPEN}},
    [PORT_CLOSING] = {[PORT_DONE] = {lost, PORT_ABSENT, true}},
    [PORT_LEAVING] = {[PORT_DONE] = {NULL, PORT_LEFT}},
};

/* The state that the facts call for. */
static enum port_event look(const struct bridge_port *p, int64_t now_ms)
{
    bool is_bound = p->link.ifindex != 0;
    bool is_awaited = p->state == PORT_AWAITED;

    if (p->is_leaving)
        return PORT_GOES;
    if (p->is_blocked)
        return PORT_RESTS;
    if (is_bound ? p->link.ifindex != p->news.ifindex
                 : is_awaited && p->has_come_and_gone && !p->news.ifindex)
        return PORT_LOST;
    if (!is_bound && p->news.ifindex &&
        (is_awaited || !bridge_port_is_of_host(p)))
        return PORT_CAME;
    if (p->is_open && p->has_stalled)
        return PORT_STALLED;
    if (p->is_open && p->changes)
        return PORT_STALE;
    return now_ms >= p->retry_ms ? PORT_DUE : PORT_RESTS;
}

static void step(struct bridge_port *p, enum port_event event, int64_t now_ms)
{
    const struct transition *t = &transitions[p->state][event];

    assert(t->to || t->act);
    p->state = t->to;
    if (t->retries)
        p->retry_ms = now_ms + RETRY_MS;
    if (t->act)
        t->act(p);
}

/* Goes on until there is a job, or nothing to do. */
void port_machine_settle(struct bridge_port *p, int64_t now_ms)
{
    while (!bridge_port_has_job(p) && p->state != PORT_LEFT) {
        enum port_event event = look(p, now_ms);

        if (event == PORT_RESTS)
            return;
        step(p, event, now_ms);
    }
}

/* A port that is no longer wanted is closed at once, without a log line. */
static enum port_event outcome(const struct bridge_port *p, int64_t now_ms)
{
    enum port_event wanted = look(p, now_ms);

    if (p->state == PORT_OPENING &&
        (wanted == PORT_LOST || wanted == PORT_GOES))
        return wanted;
    return p->job.error ? PORT_ERROR : PORT_DONE;
}

void port_machine_job_ended(struct job *job, int64_t now_ms)
{
    struct bridge_port *p =
        (struct bridge_port *)((char *)job - offsetof(struct bridge_port, job));
    struct port_environment *s = p->environment;

    p->device = p->job.device;
    free(p->job_queues);
    p->job_queues = NULL;
    step(p, outcome(p, now_ms), now_ms);
    if (p->is_outdated && p->link.ifindex == p->news.ifindex && p->link.ifindex)
        port_machine_follow_news(p);
    port_machine_settle(p, now_ms);
    s->job_ended(s->context, p, p->state == PORT_LEFT, now_ms);
}
