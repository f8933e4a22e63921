/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/port_control.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/thread_role.h"
#include "bridge/port_machine.h"

struct bridge_port *port_control_create(struct port_environment *s,
                                        const struct config_port *config,
                                        unsigned int index, uint32_t number)
{
    struct bridge_port *p = calloc(1, sizeof(*p));
    size_t size = datapath_owners(s->datapath) * sizeof(*p->counters);

    assert_main_thread();
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
    p->retry_ms = port_machine_never_ms;
    p->environment = s;
    p->job.job.done = port_machine_job_ended;
    port_machine_publish(p);
    return p;
}

void port_control_free(struct bridge_port *p)
{
    assert(!bridge_port_has_job(p));
    free(p->counters);
    free(p->queues);
    free(p);
}

void port_control_begin(struct bridge_port *p, const struct link *link,
                        int64_t now_ms)
{
    if (link)
        p->news = *link;
    p->retry_ms = port_machine_makes_device(p) ? now_ms : port_machine_never_ms;
    port_machine_settle(p, now_ms);
}

void port_control_unblock(struct bridge_port *p, int64_t now_ms)
{
    p->is_blocked = false;
    port_machine_settle(p, now_ms);
}

void port_control_leave(struct bridge_port *p, int64_t now_ms)
{
    p->is_leaving = true;
    p->missed = bridge_port_missed(p);
    p->is_open = false;
    datapath_remove_port(p->environment->datapath, p->index);
    port_machine_settle(p, now_ms);
}

void port_control_link_changed(struct bridge_port *p, const struct link *link,
                               int64_t now_ms)
{
    assert_main_thread();
    p->news = *link;
    p->is_outdated = true;
    p->saw_up |= link->is_up;
    p->is_taken_down = p->is_taken_down && !link->is_up;
    if (p->is_present && p->link.ifindex == link->ifindex &&
        p->state != PORT_OPENING)
        port_machine_follow_news(p);
    port_machine_settle(p, now_ms);
}

void port_control_link_gone(struct bridge_port *p, const struct link *link,
                            int64_t now_ms)
{
    if (p->news.ifindex != link->ifindex)
        return;
    p->news.ifindex = 0;
    p->has_come_and_gone = true;
    port_machine_settle(p, now_ms);
}

void port_control_tick(struct bridge_port *p, int64_t now_ms)
{
    assert_main_thread();
    port_machine_settle(p, now_ms);
}

void port_control_check(struct bridge_port *p, int64_t now_ms)
{
    if (p->state != PORT_OPEN)
        return;
    p->has_stalled = bridge_port_has_stalled(p);
    port_machine_settle(p, now_ms);
}

void port_control_reconfigure(struct bridge_port *p,
                              const struct config_port *config, int64_t now_ms)
{
    bool has_new_vlans =
        !vlan_membership_is_equal(&p->config.vlan, &config->vlan);
    bool delivers_anew = p->config.delivers_to_peer != config->delivers_to_peer;
    struct port_place place = port_place_of(config);

    assert_main_thread();
    if (config->has_shield != (p->device.shield == SHIELD_ON))
        p->changes |= DEVICE_CHANGE_SHIELD;
    if (config->type == PORT_TAP)
        p->changes |= DEVICE_CHANGE_HOLDER;
    if (!port_place_is_equal(&p->place, &place))
        p->changes |= DEVICE_CHANGE_ADDRESS;
    p->config = *config;
    if (has_new_vlans || delivers_anew || p->changes & DEVICE_CHANGE_SHIELD)
        port_machine_publish(p);
    if (has_new_vlans)
        port_machine_forget_addresses(p);
    port_machine_settle(p, now_ms);
}

bool port_control_set_queues(struct bridge_port *p,
                             const struct htb_queue *queues, size_t count,
                             int64_t now_ms)
{
    size_t size = count * sizeof(*queues);
    struct htb_queue *copy;

    if (count == p->queue_count && (!size || !memcmp(p->queues, queues, size)))
        return true;
    copy = malloc(size ? size : 1);
    if (!copy)
        return false;
    memcpy(copy, queues, size);
    if (bridge_port_has_job(p) && p->job.plan.queues == p->queues)
        p->job_queues = p->queues;
    else
        free(p->queues);
    p->queues = copy;
    p->queue_count = count;
    p->changes |= DEVICE_CHANGE_QUEUES;
    port_machine_settle(p, now_ms);
    return true;
}

int port_control_modify(struct bridge_port *p, uint32_t of_config)
{
    struct port_environment *s = p->environment;
    uint32_t before = bridge_port_of_config(p);
    bool is_down = of_config & PORT_CONFIG_DOWN;
    bool toggles = (before ^ of_config) & PORT_CONFIG_DOWN;
    int err;

    assert_main_thread();
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
    port_machine_publish(p);
    /* The next request, which may be waiting, finds the effect of this one. */
    if (toggles && s->follow_links)
        s->follow_links(s->link_context);
    if (toggles)
        p->is_taken_down = is_down && p->is_present;
    return 0;
}

void port_control_readdress(struct bridge_port *p, int64_t now_ms)
{
    p->changes |= DEVICE_CHANGE_ADDRESS;
    port_machine_settle(p, now_ms);
}

void port_control_set_mac(struct bridge_port *p, const uint8_t mac[6],
                          int64_t now_ms)
{
    if (!memcmp(p->mac, mac, sizeof(p->mac)))
        return;
    memcpy(p->mac, mac, sizeof(p->mac));
    port_control_readdress(p, now_ms);
}
