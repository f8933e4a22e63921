/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/mtu_follow.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "datapath/totals.h"

enum { MTU_OF_NOBODY = 1500 }; /* where no port has one of its own */

/* A port as far as its MTU goes. */
struct mtu_port {
    uint32_t key; /* 0: none */
    uint32_t now; /* 0: its device is away */
    bool follows; /* it was made by us */
};

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The MTU for the ports that follow, of 'count' ports. */
static uint32_t least_of(const struct mtu_port *ports, size_t count)
{
    uint32_t least = CONFIG_MTU_MAX;
    bool has_any = false;

    for (size_t i = 0; i < count; i++) {
        const struct mtu_port *p = &ports[i];

        if (!p->now || (p->follows && !p->key))
            continue;
        least = smaller(least, p->key ? p->key : p->now);
        has_any = true;
    }
    return has_any ? least : MTU_OF_NOBODY;
}

/*
 * Whether to set the MTU of a port, 0: no, with 'least' for those that follow.
 * 'asked' is the MTU that was set last.  An MTU that somebody sets by hand
 * stays if it is smaller, until the other ports change.
 */
static uint32_t wanted_of(const struct mtu_port *p, uint32_t least,
                          uint32_t asked)
{
    uint32_t wanted = p->key ? p->key : least;
    bool has_changed =
        p->key ? p->now != p->key : asked != least || p->now > least;

    if (!p->now || (!p->follows && !p->key) || !has_changed)
        return 0;
    return wanted == p->now ? 0 : wanted;
}

static struct mtu_port describe(const struct bridge_port *p)
{
    bool is_here = !p->link.netns; /* elsewhere it is not ours to change */

    return (struct mtu_port){
        .key = is_here ? p->config.mtu : 0,
        .now = p->is_open ? p->link.mtu : 0,
        .follows = (is_here && bridge_port_is_of_host(p)) || p->device.is_made,
    };
}

static void set_mtu(const struct port_environment *s, struct bridge_port *p,
                    uint32_t mtu)
{
    int err = s->ops->set_mtu ? s->ops->set_mtu(s->ops_context, &p->link, mtu)
                              : -EOPNOTSUPP;

    if (!err || p->mtu_refused == mtu) {
        p->mtu_refused = err ? mtu : 0;
        return;
    }
    p->mtu_refused = mtu;
    log_warning("port.failed", "port=%s what=%s error=%s", p->config.name,
                "set mtu", strerror(-err));
}

void mtu_follow(const struct port_environment *s, const struct port_set *ports)
{
    struct mtu_port all[PORTS_MAX];
    uint32_t least;

    for (size_t i = 0; i < ports->count; i++)
        all[i] = describe(ports->all[i]);
    least = least_of(all, ports->count);
    for (size_t i = 0; i < ports->count; i++) {
        struct bridge_port *p = ports->all[i];
        uint32_t wanted = wanted_of(&all[i], least, p->mtu_asked);

        if (all[i].follows && all[i].now)
            p->mtu_asked = all[i].key ? all[i].key : least;
        if (wanted && wanted != p->mtu_refused)
            set_mtu(s, p, wanted);
    }
}

void mtu_follow_report(const struct port_environment *s,
                       const struct port_set *ports)
{
    for (size_t i = 0; i < ports->count; i++) {
        struct bridge_port *p = ports->all[i];
        struct port_totals t;

        if (!p->is_open)
            continue;
        totals_of_port(s->datapath, p->counters, &t);
        if (t.tx_drops[DROP_MTU] == p->oversize ||
            p->oversize_mtu == p->link.mtu) {
            p->oversize = t.tx_drops[DROP_MTU];
            continue;
        }
        p->oversize = t.tx_drops[DROP_MTU];
        p->oversize_mtu = p->link.mtu;
        log_warning("port.oversize", "port=%s mtu=%u frames=%llu hint=%s",
                    p->config.name, p->link.mtu,
                    (unsigned long long)p->oversize,
                    "the sender has a larger MTU; set both to the same value");
    }
}
