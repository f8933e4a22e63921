/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/kernel_path.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/clock.h"

enum {
    MACS_EVERY_MS = 1000,
    /* A CPU that has not gone past a fence by then had a frame that a program
     * of somebody else took from us. */
    LATE_US = 20000,
};

/* What was left to the kernel of a port, and what of it is counted already. */
struct left_port {
    bool is_left;
    uint8_t rule_count, missed_table;
    struct verdict_rule rules[VERDICT_RULES];
    struct fast_path_counts counted;
};

struct kernel_path {
    struct fast_path *fast;
    struct flow_tables *tables;
    const struct pipeline *pipeline;
    struct mac_table *macs;
    int64_t macs_ms; /* when it was asked which it has seen */
    unsigned int owner;
    uint32_t published; /* the version that ports were left for */
    uint32_t fenced;    /* the version that the fence was put up for */
    bool has_fence;
    struct kernel_path_fence fence;
    uint64_t matched[FLOW_TABLES], missed[FLOW_TABLES];
    struct left_port ports[PORTS_MAX];
    struct decision decision;
};

/* Learned addresses. */

static void follow_mac(void *context, uint64_t key, int port, uint32_t used_s)
{
    struct kernel_path *k = context;

    if (port < 0)
        fast_path_forget(k->fast, key);
    else
        fast_path_learn(k->fast, key, (unsigned int)port, used_s);
}

static void learn_again(void *context, const struct mac_entry *e)
{
    follow_mac(context, e->mac << 12 | e->vlan, (int)e->port, 0);
}

static void follow_macs(struct kernel_path *k, struct mac_table *macs)
{
    k->macs = macs;
    fast_path_forget_all(k->fast);
    mac_table_each(macs, 0, learn_again, k);
    mac_table_on_change(macs, follow_mac, k);
}

static void refresh(void *context, uint64_t key, unsigned int port,
                    uint32_t used_s)
{
    struct mac_table *macs = context;

    if (used_s)
        mac_table_touch(macs, key >> 12, key & 0xfff, port, used_s);
}

static void refresh_macs(struct kernel_path *k, int64_t now_ms)
{
    if (now_ms - k->macs_ms < MACS_EVERY_MS)
        return;
    k->macs_ms = now_ms;
    fast_path_each_mac(k->fast, refresh, k->macs);
}

void kernel_path_change_macs(struct kernel_path *k, struct mac_table *from,
                             struct mac_table *to)
{
    if (!k)
        return;
    mac_table_on_change(from, NULL, NULL);
    fast_path_each_mac(k->fast, refresh, to);
    follow_macs(k, to);
}

/* Counters. */

static void count_rules(struct kernel_path *k, const struct left_port *left,
                        uint64_t frames, uint64_t bytes, int64_t now_ms)
{
    const struct counters *counters = flow_tables_counters(k->pipeline->tables);

    for (unsigned int i = 0; i < left->rule_count; i++) {
        counters_add_sum(counters, k->owner, left->rules[i].counter,
                         (struct counter_sum){(uint32_t)frames, bytes}, now_ms);
        if (left->rules[i].table != VERDICT_MISS)
            k->matched[left->rules[i].table] += frames;
    }
    if (left->missed_table != VERDICT_MISS)
        k->missed[left->missed_table] += frames;
}

static void gather(struct kernel_path *k, const struct datapath_port *port,
                   int64_t now_ms)
{
    struct left_port *left = &k->ports[port->index];
    struct fast_path_counts now = fast_path_counts(k->fast, port->index);
    struct port_counters *c = &port->counters[k->owner];
    uint64_t frames = now.rx_frames - left->counted.rx_frames;

    count(&c->rx_frames, frames);
    count(&c->rx_bytes, now.rx_bytes - left->counted.rx_bytes);
    count(&c->tx_frames, now.tx_frames - left->counted.tx_frames);
    count(&c->tx_bytes, now.tx_bytes - left->counted.tx_bytes);
    count(&c->forwarded, now.forwarded - left->counted.forwarded);
    count(&c->drops[DROP_EDIT], now.dropped - left->counted.dropped);
    if (frames)
        count_rules(k, left, frames, now.rx_bytes - left->counted.rx_bytes,
                    now_ms);
    left->counted = now;
}

void kernel_path_gather(struct kernel_path *k, int64_t now_ms)
{
    unsigned int end = k ? atomic_load(&k->pipeline->ports->end) : 0;

    for (unsigned int i = 0; i < end; i++) {
        const struct datapath_port *port = ports_at(k->pipeline->ports, i);

        if (port && (port->kernel_takes || port->kernel_sends))
            gather(k, port, now_ms);
    }
}

uint64_t kernel_path_matched(const struct kernel_path *k, uint8_t table)
{
    return k ? k->matched[table] : 0;
}

uint64_t kernel_path_missed(const struct kernel_path *k, uint8_t table)
{
    return k ? k->missed[table] : 0;
}

/* Leaving ports to the kernel. */

static void tell_version(void *context, uint32_t version)
{
    const struct kernel_path *k = context;

    fast_path_set_version(k->fast, version);
}

bool kernel_path_has(const struct kernel_path *k, unsigned int index)
{
    return k && k->ports[index].is_left &&
           k->published == flow_tables_version(k->pipeline->tables);
}

uint64_t kernel_path_frames(const struct kernel_path *k,
                            const struct port_counters *counters)
{
    return k ? atomic_load_explicit(&counters[k->owner].rx_frames,
                                    memory_order_relaxed)
             : 0;
}

/* Whether it depends on nothing but the port that a frame came from. */
static bool is_of_port_alone(const struct decision *d)
{
    struct flow_key used = d->used;

    used.in_port = 0;
    for (unsigned int i = 0; i < KEY_WORDS; i++)
        if (used.word[i])
            return false;
    return true;
}

/* The frames of a port whose key is not looked at: whether they can be left to
 * the kernel, and then where they go. */
static bool decide(struct kernel_path *k, const struct datapath_port *port,
                   int *to)
{
    struct decision *d = &k->decision;
    struct flow_key key = {.in_port = htonl(port->number)};

    pipeline_decide(k->pipeline, &key, NULL, d);
    if (!decision_can_be_kept(d) || !is_of_port_alone(d) || d->is_learning ||
        d->cell_count != 1 || d->rule_count > VERDICT_RULES)
        return false;
    if (d->cells[0].type == STEP_NORMAL)
        *to = FAST_PATH_NORMAL;
    else if (d->cells[0].type == STEP_PORT && d->cells[0].port != port->index)
        *to = (int)d->cells[0].port;
    else
        return false;
    return true;
}

static void publish(struct kernel_path *k, unsigned int index)
{
    const struct datapath_port *port = ports_at(k->pipeline->ports, index);
    struct left_port *left = &k->ports[index];
    struct fast_path_port p = {.ifindex = 0};
    int to;

    left->is_left = false;
    if (port)
        p = (struct fast_path_port){
            .ifindex = port->ifindex,
            .takes = port->kernel_takes && !port->has_no_recv,
            .sends = port->kernel_sends && port->is_up && !port->has_no_fwd,
            .mtu = port->mtu,
            .vlan = port->vlan,
        };
    fast_path_set_port(k->fast, index, &p);
    if (!p.takes || !decide(k, port, &to))
        return;
    left->is_left = true;
    left->rule_count = (uint8_t)k->decision.rule_count;
    left->missed_table = k->decision.missed_table;
    memcpy(left->rules, k->decision.rules,
           k->decision.rule_count * sizeof(left->rules[0]));
    fast_path_leave(k->fast, index, to);
}

void kernel_path_fence(const struct kernel_path *k,
                       struct kernel_path_fence *fence)
{
    if (!k)
        return;
    fence->since_us = clock_monotonic_us();
    fast_path_fence(k->fast, &fence->fence);
}

bool kernel_path_is_past(const struct kernel_path *k,
                         const struct kernel_path_fence *fence)
{
    return !k || fast_path_is_past(k->fast, &fence->fence) ||
           clock_monotonic_us() - fence->since_us > LATE_US;
}

/* What was there before this version of the tables does not go on. */
static bool is_taken_back(struct kernel_path *k, uint32_t version)
{
    if (k->has_fence && k->fenced == version)
        return kernel_path_is_past(k, &k->fence);
    kernel_path_fence(k, &k->fence);
    k->has_fence = true;
    k->fenced = version;
    return false;
}

/* Frames that did not get into the rings are not waited for. */
static void tell_missed(struct kernel_path *k, const struct datapath_port *port)
{
    uint64_t missed = 0;

    for (unsigned int i = 0; i < WORKERS_MAX; i++)
        if (port->queues[i])
            missed += port->queues[i]->ops->missed(port->queues[i]);
    fast_path_set_missed(k->fast, port->index, missed);
}

static void leave_ports(struct kernel_path *k, int64_t now_ms)
{
    uint32_t version = flow_tables_version(k->tables);

    if (version == k->published || !is_taken_back(k, version))
        return;
    /* What came before the fence was for the entries of then. */
    kernel_path_gather(k, now_ms);
    for (unsigned int i = 0; i < PORTS_MAX; i++)
        publish(k, i);
    k->published = version;
    k->has_fence = false;
}

void kernel_path_tick(struct kernel_path *k, int64_t now_ms)
{
    if (!k)
        return;
    for (unsigned int i = 0; i < PORTS_MAX; i++) {
        const struct datapath_port *port = ports_at(k->pipeline->ports, i);

        if (port && k->ports[i].is_left)
            tell_missed(k, port);
    }
    kernel_path_gather(k, now_ms);
    refresh_macs(k, now_ms);
    leave_ports(k, now_ms);
}

/* Its beginning and its end. */

struct kernel_path *kernel_path_create(struct fast_path *fast,
                                       struct flow_tables *tables,
                                       const struct pipeline *pipeline,
                                       struct mac_table *macs,
                                       unsigned int owner)
{
    struct kernel_path *k = calloc(1, sizeof(*k));
    uint32_t version = flow_tables_version(tables);

    if (!k)
        return NULL;
    k->fast = fast;
    k->tables = tables;
    k->pipeline = pipeline;
    k->owner = owner;
    k->published = version - 1;
    fast_path_set_version(fast, version);
    flow_tables_on_version(tables, tell_version, k);
    follow_macs(k, macs);
    return k;
}

void kernel_path_free(struct kernel_path *k)
{
    if (!k)
        return;
    flow_tables_on_version(k->tables, NULL, NULL);
    mac_table_on_change(k->macs, NULL, NULL);
    free(k);
}
