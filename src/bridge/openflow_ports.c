/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/openflow_ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bridge/port_control.h"
#include "datapath/totals.h"
#include "flow/queue_desc.h"

/* OFPPF_* of OpenFlow 1.3.5 7.2.1 from 10 Mb/s half duplex to 1 Tb/s. */
static const uint32_t rates_kbps[] = {
    10000,   10000,    100000,   100000,    1000000,
    1000000, 10000000, 40000000, 100000000, 1000000000,
};

static uint32_t fastest_kbps(uint32_t features)
{
    uint32_t fastest = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rates_kbps); i++)
        if (features >> i & 1 && rates_kbps[i] > fastest)
            fastest = rates_kbps[i];
    return fastest;
}

static uint32_t current_kbps(const struct link_speed *speed)
{
    return speed->mbps < UINT32_MAX / 1000 ? speed->mbps * 1000 : UINT32_MAX;
}

uint32_t openflow_ports_fastest_kbps(const struct link_speed *speed)
{
    uint32_t fastest = fastest_kbps(speed->supported);

    return fastest ? fastest : current_kbps(speed);
}

/* False if controllers see no such port. */
static bool describe(const struct bridge_port *p, struct port_desc *d)
{
    bool has_link = p->link.is_up && p->link.is_running;

    if (!p->is_present)
        return false;
    memset(d, 0, sizeof(*d)); /* the padding too, for comparisons */
    d->number = p->number;
    memcpy(d->mac, p->link.mac, sizeof(d->mac));
    strcpy(d->name, bridge_port_openflow_name(p));
    d->config = bridge_port_of_config(p);
    d->state = has_link ? PORT_STATE_LIVE : PORT_STATE_LINK_DOWN;
    d->current = p->speed.current;
    d->advertised = p->speed.advertised;
    d->supported = p->speed.supported;
    d->peer = p->speed.peer;
    d->current_kbps = current_kbps(&p->speed);
    d->max_kbps = openflow_ports_fastest_kbps(&p->speed);
    return true;
}

static int compare_numbers(const void *a, const void *b)
{
    const struct port_desc *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static void each_port(void *context,
                      void (*visit)(void *visitor, const struct port_desc *p),
                      void *visitor)
{
    const struct openflow_ports *ports = context;
    struct port_desc *all = calloc(PORTS_MAX, sizeof(*all));
    const struct bridge_port *p;
    size_t count = 0;

    for (size_t i = 0; all && (p = port_set_at(ports->set, i)); i++)
        count += describe(p, &all[count]);
    if (count)
        qsort(all, count, sizeof(*all), compare_numbers); /* LOCAL is highest */
    for (size_t i = 0; i < count; i++)
        visit(visitor, &all[i]);
    free(all);
}

static bool find_port(void *context, uint32_t number, struct port_desc *d)
{
    const struct openflow_ports *ports = context;
    const struct bridge_port *p = port_set_by_number(ports->set, number);

    return p && describe(p, d);
}

static bool find_port_by_name(void *context, const char *name, uint32_t *number)
{
    const struct openflow_ports *ports = context;
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(ports->set, i)); i++) {
        if (!bridge_port_has_name(p, name))
            continue;
        *number = p->number;
        return p->is_present;
    }
    return false;
}

/* Frames that came and were lost before a decision could be made. */
static uint64_t lost_at_receipt(const struct bridge_port *p,
                                const struct port_totals *t)
{
    return bridge_port_missed(p) + t->drops[DROP_RUNT] +
           t->drops[DROP_TRUNCATED] + t->drops[DROP_PORT_NO_RECV];
}

static uint64_t lost_at_sending(const struct port_totals *t)
{
    uint64_t lost = 0;

    for (unsigned int i = DROP_NONE + 1; i < DROP_REASON_COUNT; i++)
        if (i != DROP_TX_ERROR)
            lost += t->tx_drops[i];
    return lost;
}

static bool port_stats(void *context, uint32_t number, int64_t now_ms,
                       struct port_stats *s)
{
    const struct openflow_ports *ports = context;
    const struct bridge_port *p = port_set_by_number(ports->set, number);
    struct port_totals t;
    int64_t age_ms;

    if (!p || !p->is_present)
        return false;
    totals_of_port(ports->datapath, p->counters, &t);
    age_ms = now_ms - ports->known[p->index].since_ms;
    *s = (struct port_stats){
        .number = number,
        .rx_packets = t.rx_frames,
        .tx_packets = t.tx_frames,
        .rx_bytes = t.rx_bytes,
        .tx_bytes = t.tx_bytes,
        .rx_dropped = lost_at_receipt(p, &t),
        .tx_dropped = lost_at_sending(&t),
        .tx_errors = t.tx_drops[DROP_TX_ERROR],
        .duration_s = (uint32_t)(age_ms / 1000),
        .duration_ns = (uint32_t)(age_ms % 1000 * 1000000),
    };
    return true;
}

/* A rate as queues are described: tenths of a percent of the port's. */
static uint16_t share_of(const struct bridge_port *p, uint64_t bits_a_second)
{
    uint64_t speed = p->speed.mbps * 1000000ull;

    if (!bits_a_second || !speed)
        return QUEUE_RATE_NONE;
    return bits_a_second >= speed ? 1000
                                  : (uint16_t)(bits_a_second * 1000 / speed);
}

static void each_queue(void *context,
                       void (*visit)(void *visitor, const struct queue_desc *q),
                       void *visitor)
{
    const struct openflow_ports *ports = context;
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(ports->set, i)); i++)
        for (size_t j = 0; p->is_present && j < p->queue_count; j++) {
            const struct queue_desc q = {
                .port = p->number,
                .queue = p->queues[j].id,
                .min_rate = share_of(p, p->queues[j].min_rate),
                .max_rate = share_of(p, p->queues[j].max_rate),
            };

            visit(visitor, &q);
        }
}

static bool queue_stats(void *context, uint32_t port, uint32_t queue,
                        int64_t now_ms, struct queue_stats *s)
{
    const struct openflow_ports *ports = context;
    const struct bridge_port *p = port_set_by_number(ports->set, port);
    struct htb_stats counted;
    int64_t age_ms;

    if (!p || !p->is_present || !p->device.has_queues ||
        htb_get_stats(p->link.ifindex, queue, &counted))
        return false;
    age_ms = now_ms - ports->known[p->index].since_ms;
    *s = (struct queue_stats){
        .port = port,
        .queue = queue,
        .tx_bytes = counted.bytes,
        .tx_packets = counted.packets,
        .tx_errors = counted.drops,
        .duration_s = (uint32_t)(age_ms / 1000),
        .duration_ns = (uint32_t)(age_ms % 1000 * 1000000),
    };
    return true;
}

static bool differs_in_config_alone(const struct port_desc *a,
                                    const struct port_desc *b)
{
    struct port_desc as_b = *a;

    as_b.config = b->config;
    return !memcmp(&as_b, b, sizeof(as_b));
}

void openflow_ports_compare(struct openflow_ports *p, int64_t now_ms)
{
    for (unsigned int i = 0; i < PORTS_MAX; i++) {
        const struct bridge_port *port = port_set_by_index(p->set, i);
        struct openflow_port *known = &p->known[i];
        struct port_desc now;
        bool is_there = port && describe(port, &now);
        bool is_same = is_there && known->is_there &&
                       !memcmp(&now, &known->desc, sizeof(now));
        bool is_of_config;

        if (is_same || (!is_there && !known->is_there))
            continue;
        /* Another port under an index that has become free. */
        if (known->is_there &&
            (!is_there || now.number != known->desc.number)) {
            known->is_there = false;
            p->tell(p->context, PORT_REASON_DELETE, &known->desc, false);
        }
        if (!is_there)
            continue;
        is_of_config =
            known->is_there && differs_in_config_alone(&known->desc, &now);
        known->desc = now;
        if (!known->is_there)
            known->since_ms = now_ms;
        p->tell(p->context,
                known->is_there ? PORT_REASON_MODIFY : PORT_REASON_ADD, &now,
                is_of_config);
        known->is_there = true;
    }
}

static enum flow_error port_mod(void *context, const struct port_mod *mod,
                                int64_t now_ms)
{
    struct openflow_ports *ports = context;
    struct bridge_port *p = port_set_by_number(ports->set, mod->number);
    uint32_t config;

    if (!p || !p->is_present)
        return FLOW_BAD_PORT;
    if (memcmp(mod->mac, p->link.mac, sizeof(mod->mac)))
        return FLOW_BAD_HARDWARE_ADDRESS;
    config = bridge_port_of_config(p);
    config = (config & ~mod->mask) | (mod->config & mod->mask);
    if (port_control_modify(p, config))
        return FLOW_NO_PERMISSION;
    openflow_ports_compare(ports, now_ms);
    return FLOW_OK;
}

void openflow_ports_init(struct openflow_ports *p, const struct port_set *set,
                         const struct datapath *d, openflow_ports_tell *tell,
                         void *context)
{
    memset(p, 0, sizeof(*p));
    p->set = set;
    p->datapath = d;
    p->tell = tell;
    p->context = context;
}

struct switch_host openflow_ports_host(struct openflow_ports *p)
{
    return (struct switch_host){
        .each_port = each_port,
        .find_port = find_port,
        .find_port_by_name = find_port_by_name,
        .port_stats = port_stats,
        .port_mod = port_mod,
        .each_queue = each_queue,
        .queue_stats = queue_stats,
        .context = p,
    };
}
