/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/kernel_path.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/thread_role.h"
#include "datapath/kernel_counts.h"
#include "datapath/kernel_flows.h"
#include "datapath/kernel_steps.h"

enum {
    MACS_EVERY_MS = 1000,
    DECISIONS_A_TICK = 1024, /* about flows that workers show; some 1 us each */
    SETTLE_US = 200,         /* to wait for a fence, passed in some 10 us */
};

/* What was left to the kernel of a port, and what of it is counted already. */
struct left_port {
    bool is_left; /* all of its frames */
    struct kernel_rules rules;
    struct fast_path_counts counted;
};

struct kernel_path {
    struct fast_path *fast;
    struct flow_tables *tables;
    const struct pipeline *pipeline;
    struct mac_table *macs;
    int64_t macs_ms; /* when it was asked which it has seen */
    struct kernel_counts counts;
    struct kernel_flows *flows;
    unsigned int decisions; /* that may be made until the next tick */
    uint32_t published;     /* the version that ports were left for */
    uint32_t fenced;        /* the version that the fence was put up for */
    bool has_fence;
    bool is_settled; /* what was left for 'published' is not found any more */
    struct kernel_fence fence;
    struct flow_tables_follower follower;
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

static void gather(struct kernel_path *k, const struct datapath_port *port,
                   int64_t now_ms)
{
    struct left_port *left = &k->ports[port->index];
    struct fast_path_counts now = fast_path_counts(k->fast, port->index);
    struct port_counters *c = &port->link.counters[k->counts.owner];
    uint64_t frames = now.rx_frames - left->counted.rx_frames;

    count(&c->rx_frames, frames);
    count(&c->rx_bytes, now.rx_bytes - left->counted.rx_bytes);
    count(&c->tx_frames, now.tx_frames - left->counted.tx_frames);
    count(&c->tx_bytes, now.tx_bytes - left->counted.tx_bytes);
    count(&c->forwarded, now.forwarded - left->counted.forwarded);
    for (size_t i = 0; i < DROP_REASON_COUNT; i++)
        count(&c->drops[i], now.drops[i] - left->counted.drops[i]);
    if (frames && left->is_left)
        kernel_counts_add(
            &k->counts, &left->rules,
            (struct counter_sum){(uint32_t)frames,
                                 now.rx_bytes - left->counted.rx_bytes},
            now_ms);
    left->counted = now;
}

static void gather_ports(struct kernel_path *k, int64_t now_ms)
{
    unsigned int end = atomic_load(&k->pipeline->ports->end);

    for (unsigned int i = 0; i < end; i++) {
        const struct datapath_port *port = ports_at(k->pipeline->ports, i);

        if (port)
            gather(k, port, now_ms);
    }
}

void kernel_path_gather(struct kernel_path *k, int64_t now_ms)
{
    if (!k)
        return;
    assert_main_thread();
    gather_ports(k, now_ms);
    kernel_flows_gather(k->flows, now_ms);
}

uint64_t kernel_path_matched(const struct kernel_path *k, uint8_t table)
{
    return k ? k->counts.matched[table] : 0;
}

uint64_t kernel_path_missed(const struct kernel_path *k, uint8_t table)
{
    return k ? k->counts.missed[table] : 0;
}

/* Leaving ports to the kernel. */

static void tell_version(void *context, uint32_t version)
{
    const struct kernel_path *k = context;

    fast_path_set_version(k->fast, version);
}

/* Once for what was left: the kernel lets go of it, and what it has counted is
 * counted.  Should nothing change after all, the next tick takes it back. */
static void settle(void *context)
{
    struct kernel_path *k = context;
    struct kernel_fence fence;

    if (k->is_settled || k->published != flow_tables_version(k->tables))
        return;
    k->is_settled = true;
    fast_path_set_version(k->fast, k->published + 1);
    kernel_fence_set(k->fast, &fence);
    while (!kernel_fence_is_past(k->fast, &fence) &&
           clock_monotonic_us() - fence.since_us < SETTLE_US)
        ;
    kernel_path_gather(k, clock_monotonic_ms());
}

static void unsettle(struct kernel_path *k)
{
    if (!k->is_settled || k->published != flow_tables_version(k->tables))
        return;
    k->is_settled = false;
    fast_path_set_version(k->fast, k->published);
}

bool kernel_path_has(const struct kernel_path *k, unsigned int index)
{
    return k && k->ports[index].is_left &&
           k->published == flow_tables_version(k->pipeline->tables);
}

bool kernel_path_has_flow(const struct kernel_path *k,
                          const struct flow_key *key)
{
    return k && k->published == flow_tables_version(k->pipeline->tables) &&
           key->eth_type == htons(ETH_P_IP) && !key->ip_frag &&
           fast_path_find_flow(k->fast, key->word) >= 0;
}

void kernel_path_each_flow(const struct kernel_path *k, size_t max,
                           kernel_flow_visit *visit, void *context)
{
    if (k && k->published == flow_tables_version(k->pipeline->tables))
        kernel_flows_each(k->flows, max, visit, context);
}

size_t kernel_path_flows(const struct kernel_path *k)
{
    return k ? kernel_flows_count(k->flows) : 0;
}

uint64_t kernel_path_frames(const struct kernel_path *k,
                            const struct port_counters *counters)
{
    return k ? atomic_load_explicit(&counters[k->counts.owner].rx_frames,
                                    memory_order_relaxed)
             : 0;
}

/* Whether it depends on nothing but the port that a frame came from. */
static bool is_of_port_alone(const struct decision *d)
{
    struct flow_key consulted = d->consulted;

    consulted.in_port = 0;
    for (unsigned int i = 0; i < KEY_WORDS; i++)
        if (consulted.word[i])
            return false;
    return true;
}

static bool can_be_left(const struct decision *d)
{
    return decision_can_be_kept(d) && !d->is_learning &&
           d->rule_count <= VERDICT_RULES;
}

/* What one step does to a frame, whatever it is, in the kernel's terms; false:
 * it has none. */
static bool simple_verdict_of(const struct decision *d, unsigned int from,
                              struct fast_path_verdict *v)
{
    const struct flow_action *cell = d->cells;

    if (!d->cell_count)
        *v = (struct fast_path_verdict){FAST_PATH_DROP, d->reason, NULL};
    else if (d->cell_count == 1 && cell->type == STEP_NORMAL)
        *v = (struct fast_path_verdict){FAST_PATH_NORMAL, 0, NULL};
    else if (d->cell_count == 1 && cell->type == STEP_PORT &&
             cell->port != from)
        *v = (struct fast_path_verdict){FAST_PATH_OUTPUT, cell->port, NULL};
    else
        return false;
    return true;
}

/* The frames of a port whose key is not looked at. */
static bool decide_on_port(struct kernel_path *k,
                           const struct datapath_port *port,
                           struct fast_path_verdict *v)
{
    struct flow_key key = {.in_port = htonl(port->number)};

    pipeline_decide(k->pipeline, &key, NULL, &k->decision);
    return can_be_left(&k->decision) && is_of_port_alone(&k->decision) &&
           simple_verdict_of(&k->decision, port->index, v);
}

static void publish(struct kernel_path *k, unsigned int index)
{
    const struct datapath_port *port = ports_at(k->pipeline->ports, index);
    struct left_port *left = &k->ports[index];
    struct fast_path_port p = {.ifindex = 0};
    struct fast_path_verdict v;

    left->is_left = false;
    if (port)
        p = (struct fast_path_port){
            .ifindex = port->link.ifindex,
            .number = port->number,
            .takes = port->link.kernel_takes && !port->has_no_recv,
            .sends = port->link.kernel_sends && port->link.is_up &&
                     !port->has_no_fwd,
            .goes_to_peer = port->link.kernel_goes_to_peer,
            .mtu = port->link.mtu,
            .vlan = port->vlan,
        };
    fast_path_set_port(k->fast, index, &p);
    if (!p.takes || !decide_on_port(k, port, &v))
        return;
    left->is_left = true;
    kernel_rules_set(&left->rules, &k->decision);
    fast_path_leave(k->fast, index, &v);
}

void kernel_path_meet(struct kernel_path *k, const uint64_t *words,
                      int64_t now_ms)
{
    struct flow_key key = {.in_port = 0};
    const struct decision *d = &k->decision;
    const struct datapath_port *port;
    struct fast_steps steps;
    struct fast_path_verdict v = {FAST_PATH_STEPS, 0, &steps};
    struct flow_key mask;

    assert_main_thread();
    if (!k->decisions || k->is_settled ||
        k->published != flow_tables_version(k->pipeline->tables) ||
        fast_path_find_flow(k->fast, words) >= 0)
        return;
    memcpy(key.word, words, FAST_PATH_KEY_WORDS * sizeof(key.word[0]));
    port = ports_find(k->pipeline->ports, ntohl(key.in_port));
    if (!port || k->ports[port->index].is_left)
        return;
    k->decisions--;
    pipeline_decide(k->pipeline, &key, NULL, &k->decision);
    if (!can_be_left(d))
        return;
    memcpy(key.word, words, FAST_PATH_KEY_WORDS * sizeof(key.word[0]));
    mask = d->consulted;
    if (simple_verdict_of(d, port->index, &v) ||
        kernel_steps_of(d, &key, port->index, &steps, &mask))
        kernel_flows_add(k->flows, words, mask.word, d, &v, now_ms);
}

void kernel_path_fence(const struct kernel_path *k, struct kernel_fence *fence)
{
    if (k)
        kernel_fence_set(k->fast, fence);
}

bool kernel_path_is_past(const struct kernel_path *k,
                         const struct kernel_fence *fence)
{
    return !k || kernel_fence_is_past(k->fast, fence);
}

/* Earlier versions of the tables no longer apply.  A CPU hardly ever is between
 * its look and its end, so a fence is mostly passed at once. */
static bool is_taken_back(struct kernel_path *k, uint32_t version)
{
    if (k->has_fence && k->fenced == version)
        return kernel_path_is_past(k, &k->fence);
    kernel_path_fence(k, &k->fence);
    k->has_fence = true;
    k->fenced = version;
    return kernel_path_is_past(k, &k->fence);
}

/* Frames that did not get into the rings are not waited for. */
static void tell_missed(struct kernel_path *k, const struct datapath_port *port)
{
    uint64_t missed = 0;

    for (unsigned int i = 0; i < WORKERS_MAX; i++)
        if (port->link.queues[i])
            missed += port->link.queues[i]->ops->missed(port->link.queues[i]);
    fast_path_set_missed(k->fast, port->index, missed);
}

static void leave_ports(struct kernel_path *k, int64_t now_ms)
{
    uint32_t version = flow_tables_version(k->tables);

    if (version == k->published || !is_taken_back(k, version))
        return;
    /* Frames before the fence count for the entries before it. */
    gather_ports(k, now_ms);
    kernel_flows_end(k->flows, now_ms);
    for (unsigned int i = 0; i < PORTS_MAX; i++)
        publish(k, i);
    k->published = version;
    k->has_fence = k->is_settled = false;
}

bool kernel_path_is_behind(const struct kernel_path *k)
{
    return k && k->published != flow_tables_version(k->tables);
}

void kernel_path_follow(struct kernel_path *k, int64_t now_ms)
{
    assert_main_thread();
    unsettle(k);
    leave_ports(k, now_ms);
}

void kernel_path_tick(struct kernel_path *k, int64_t now_ms)
{
    if (!k)
        return;
    assert_main_thread();
    for (unsigned int i = 0; i < PORTS_MAX; i++) {
        const struct datapath_port *port = ports_at(k->pipeline->ports, i);

        if (port && port->link.kernel_takes)
            tell_missed(k, port);
    }
    gather_ports(k, now_ms);
    kernel_flows_tick(k->flows, now_ms);
    refresh_macs(k, now_ms);
    kernel_path_follow(k, now_ms);
    k->decisions = DECISIONS_A_TICK;
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
    k->counts.tables = tables;
    k->counts.owner = owner;
    k->flows = kernel_flows_create(fast, &k->counts);
    if (!k->flows) {
        free(k);
        return NULL;
    }
    k->published = version - 1;
    fast_path_set_version(fast, version);
    k->follower = (struct flow_tables_follower){tell_version, settle, k};
    flow_tables_set_follower(tables, &k->follower);
    follow_macs(k, macs);
    return k;
}

void kernel_path_free(struct kernel_path *k)
{
    if (!k)
        return;
    flow_tables_set_follower(k->tables, NULL);
    mac_table_on_change(k->macs, NULL, NULL);
    kernel_flows_free(k->flows);
    free(k);
}
