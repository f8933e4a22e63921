/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/mac_log.h"

#include "base/log.h"
#include "datapath/totals.h"
#include "flow/mac_text.h"

enum {
    MOVES_WINDOW_MS = 10000,
    MOVES_SUSPICIOUS = 50, /* in a window: looks like a loop */
    OWN_EVERY_MS = 60000,
};

static void note_move(struct mac_log *log, const struct bridge_port *p,
                      const struct mac_learned *l, int64_t now_ms)
{
    if (now_ms - log->moves_since_ms > MOVES_WINDOW_MS) {
        log->moves_since_ms = now_ms;
        log->moves = 0;
    }
    if (++log->moves != MOVES_SUSPICIOUS)
        return;
    log_warning("mac.flapping",
                "mac=%s vlan=%u port=%s moves=%u in_s=%u hint=%s",
                mac_number_text(l->mac).text, l->vlan, p ? p->config.name : "?",
                log->moves, MOVES_WINDOW_MS / 1000,
                "two ports may be connected to the same network: a loop");
}

/* A line a minute for each port. */
static void note_own_address(const struct port_set *ports,
                             const struct datapath *d, struct bridge_port *p,
                             const struct mac_learned *l, int64_t now_ms)
{
    const struct bridge_port *owner = port_set_by_index(ports, l->owner->index);
    struct port_totals t;

    if (!p || !owner ||
        (p->own_address_ms && now_ms - p->own_address_ms < OWN_EVERY_MS))
        return;
    p->own_address_ms = now_ms;
    totals_of_port(d, p->counters, &t);
    log_warning("mac.own",
                "port=%s mac=%s vlan=%u owner=%s frames=%llu hint=%s",
                p->config.name, mac_number_text(l->mac).text, l->vlan,
                owner->config.name, (unsigned long long)t.rx_own_address,
                "the network sends the host's own frames back, or another "
                "station uses its address");
}

void mac_log_learned(struct mac_log *log, const struct port_set *ports,
                     const struct datapath *d, struct bridge_port *p,
                     const struct mac_learned *l, int64_t now_ms)
{
    if (l->owner) {
        note_own_address(ports, d, p, l, now_ms);
        return;
    }
    log_debug("mac.learned", "mac=%s vlan=%u port=%s news=%s",
              mac_number_text(l->mac).text, l->vlan, p ? p->config.name : "?",
              l->news == MAC_NEW ? "new" : "moved");
    if (l->news == MAC_MOVED)
        note_move(log, p, l, now_ms);
}
