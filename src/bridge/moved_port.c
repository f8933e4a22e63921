/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/moved_port.h"

#include <string.h>

#include "base/log.h"
#include "bridge/port_control.h"

enum {
    /* The program that moved it sets it up within moments. */
    LOOK_OFTEN_MS = 50,
    OFTEN_FOR_MS = 5000,
    LOOK_MS = 1000,
};

static bool is_away(const struct bridge_port *p)
{
    return p->is_present && p->link.netns;
}

/* Where its device is now; false: it is nowhere. */
static bool find(const struct bridge_port *p, struct link *there)
{
    const struct port_environment *s = p->environment;

    return p->is_open && s->ops->find &&
           s->ops->find(s->ops_context, &p->device, there) == 0;
}

/* Here it is as the configuration wants it, as when it was made. */
static void settle(struct bridge_port *p, int64_t now_ms)
{
    const struct port_environment *s = p->environment;

    if (!p->is_taken_down &&
        s->ops->set_up(s->ops_context, &p->link, true) == 0)
        p->link.is_up = p->awaits_up = true;
    port_control_readdress(p, now_ms);
}

static void follow(struct bridge_port *p, const struct link *there,
                   int64_t now_ms)
{
    bool has_moved = p->link.netns != there->netns;

    if (has_moved) {
        log_info("port.moved", "port=%s netns=%s name=%s", p->config.name,
                 there->netns ? "another" : "the switch's", there->name);
        p->moved_ms = now_ms;
    }
    /* It is the same device, whatever its number. */
    p->link.ifindex = there->ifindex;
    p->link.netns = there->netns;
    p->awaits_up = false;
    port_control_link_changed(p, there, now_ms);
    if (has_moved && !there->netns)
        settle(p, now_ms);
    p->look_ms = now_ms + (now_ms - p->moved_ms < OFTEN_FOR_MS ? LOOK_OFTEN_MS
                                                               : LOOK_MS);
}

/* One that is here again under another name is not the port any more. */
static bool is_port(const struct bridge_port *p, const struct link *there)
{
    return there->netns || !strcmp(there->name, p->config.name);
}

bool moved_port_heard(struct bridge_port *p, const struct link *link,
                      bool is_gone, int64_t now_ms)
{
    struct link there;

    if (is_away(p)) {
        if (!is_gone && find(p, &there) && !there.netns &&
            there.ifindex == link->ifindex)
            follow(p, link, now_ms);
        return true;
    }
    if (!is_gone || !p->is_present || p->link.ifindex != link->ifindex ||
        !find(p, &there) || !is_port(p, &there))
        return false;
    follow(p, &there, now_ms);
    return true;
}

bool moved_port_tick(struct bridge_port *p, int64_t now_ms)
{
    struct link there;

    if (!is_away(p) || now_ms < p->look_ms)
        return false;
    if (find(p, &there) && is_port(p, &there))
        follow(p, &there, now_ms);
    else
        port_control_link_gone(p, &p->link, now_ms);
    return true;
}
