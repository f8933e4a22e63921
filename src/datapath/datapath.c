/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/datapath.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/retire.h"
#include "base/thread_role.h"
#include "datapath/normal.h"
#include "datapath/worker.h"

enum {
    FINISH_STEP_US = 200,
    BARRIER_WAIT_US = 300,
    BARRIER_SLEEP_NS = 20000,
    BARRIER_SLEEPS = 4, /* for packet-outs; some 70 us each */
};

_Static_assert((int)MAC_TABLE_PORTS == (int)PORTS_MAX, "indices of ports");
_Static_assert((int)VERDICT_MISS == (int)FLOW_TABLES,
               "one past the last table");
_Static_assert(FLOW_MOD_TABLE_ALL == FLOW_TABLES, "one past the last table");

struct datapath {
    struct worker_shared shared;
    struct flow_tables *tables;
    struct group_table *groups;
    struct meter_table *meters;
    struct ports ports;
    bool is_started;
    void (*learn)(void *context, const struct learn_request *l, int64_t now_ms);
    void *learn_context;
    int64_t now_ms;             /* when news were taken last */
    struct kernel_path *kernel; /* NULL: it takes no part */
    unsigned int worker_count;
    struct worker *workers[WORKERS_MAX];
};

void datapath_free(struct datapath *d)
{
    struct mac_table *macs;

    if (!d)
        return;
    datapath_stop(d);
    ports_clear(&d->ports);
    kernel_path_free(d->kernel);
    macs = atomic_load(&d->shared.mac_table);
    mac_table_free(macs);
    for (unsigned int i = 0; i < d->worker_count; i++)
        worker_free(d->workers[i]);
    group_table_free(d->groups);
    meter_table_free(d->meters);
    flow_tables_free(d->tables);
    retire_flush();
    free(d);
}

static struct learn_requester *learn_requester_of(const struct datapath *d,
                                                  unsigned int worker)
{
    return forwarder_learn_requester(worker_forwarder(d->workers[worker]));
}

static size_t take_learn_requests(struct datapath *d, unsigned int worker,
                                  int64_t now_ms, size_t max)
{
    struct learn_requester *requester = learn_requester_of(d, worker);
    const struct learn_request *l;
    size_t taken = 0, count = 0;

    assert(worker < d->worker_count);
    while (taken < max && (l = byte_ring_peek(requester->requests))) {
        if (d->learn)
            d->learn(d->learn_context, l, now_ms);
        byte_ring_pop(requester->requests);
        taken += LEARN_WEIGHT;
        count++;
    }
    if (count) {
        learn_requester_took(requester, count);
        worker_wake(d->workers[worker]);
    }
    return taken < max ? taken : max;
}

void datapath_finish(struct datapath *d)
{
    uint64_t grace_period = retire_grace_period();

    assert_main_thread();
    while (!retire_wait(grace_period, FINISH_STEP_US))
        for (unsigned int i = 0; i < d->worker_count; i++)
            take_learn_requests(d, i, d->now_ms, SIZE_MAX);
    retire_finish();
}

static void take_all_learn_requests(void *context, unsigned int worker,
                                    int64_t now_ms)
{
    take_learn_requests(context, worker, now_ms, SIZE_MAX);
}

static bool begin_kernel_path(struct datapath *d, struct fast_path *fast,
                              struct mac_table *macs)
{
    d->kernel = kernel_path_create(fast, d->tables, &d->shared.pipeline, macs,
                                   d->worker_count);
    for (unsigned int i = 0; i < d->worker_count; i++)
        if (!forwarder_show_keys(worker_forwarder(d->workers[i])))
            return false;
    return d->kernel;
}

struct datapath *datapath_create(const struct datapath_options *o,
                                 int64_t now_ms)
{
    struct datapath *d = calloc(1, sizeof(*d));
    struct mac_table *macs;

    assert(o->workers > 0 && o->workers <= WORKERS_MAX);
    if (!d)
        return NULL;
    macs = mac_table_create(o->mac_table_size, o->mac_aging_s);
    d->tables = flow_tables_create(o->workers + !!o->fast_path, now_ms);
    d->groups =
        d->tables ? group_table_create(flow_tables_counters(d->tables)) : NULL;
    d->meters = meter_table_create();
    d->shared.meters = d->meters;
    d->shared.pipeline.tables = d->tables;
    d->shared.pipeline.groups = d->groups;
    d->shared.pipeline.ports = &d->ports;
    d->shared.busy_poll_us = o->busy_poll_us;
    d->shared.wake_main = o->wake;
    d->shared.wake_context = o->wake_context;
    d->shared.begin_thread = o->begin_thread;
    d->shared.take_learn_requests = take_all_learn_requests;
    d->shared.learn_context = d;
    d->learn = o->learn;
    d->learn_context = o->learn_context;
    atomic_init(&d->shared.mac_table, macs);
    atomic_init(&d->shared.forwards_bpdu, o->forwards_bpdu);
    if (!macs || !d->tables || !d->groups || !d->meters)
        goto free_datapath;
    while (d->worker_count < o->workers) {
        struct worker *w =
            worker_create(d->worker_count, &d->shared, o->flow_cache);

        if (!w)
            goto free_datapath;
        d->workers[d->worker_count++] = w;
    }
    if (!o->fast_path || begin_kernel_path(d, o->fast_path, macs))
        return d;

free_datapath:
    datapath_free(d);
    return NULL;
}

int datapath_start(struct datapath *d)
{
    assert_main_thread();
    for (unsigned int i = 0; i < d->worker_count; i++) {
        int err = worker_start(d->workers[i]);

        if (err) {
            datapath_stop(d);
            return err;
        }
    }
    d->is_started = true;
    return 0;
}

int datapath_set_cpus(struct datapath *d, const cpu_set_t *cpus)
{
    cpu_set_t all;

    if (!CPU_COUNT(cpus)) {
        if (sched_getaffinity(0, sizeof(all), &all) < 0)
            return -errno;
        cpus = &all;
    }
    for (unsigned int i = 0; i < d->worker_count; i++)
        if (sched_setaffinity(worker_thread(d->workers[i]), sizeof(*cpus),
                              cpus) < 0)
            return -errno;
    return 0;
}

void datapath_prod(struct datapath *d)
{
    for (unsigned int i = 0; i < d->worker_count; i++)
        worker_wake(d->workers[i]);
}

void datapath_stop(struct datapath *d)
{
    assert_main_thread();
    atomic_store(&d->shared.is_stopping, true);
    datapath_prod(d);
    for (unsigned int i = 0; i < d->worker_count; i++)
        worker_join(d->workers[i]);
}

unsigned int datapath_owners(const struct datapath *d)
{
    return d->worker_count + !!d->kernel;
}

const struct kernel_path *datapath_kernel(const struct datapath *d)
{
    return d->kernel;
}

void datapath_gather(struct datapath *d, int64_t now_ms)
{
    assert_main_thread();
    kernel_path_gather(d->kernel, now_ms);
}

static void take_shown(struct datapath *d, struct spsc *queue, int64_t now_ms)
{
    const struct shown_key *key;

    while ((key = spsc_peek(queue))) {
        kernel_path_meet(d->kernel, key->word, now_ms);
        spsc_pop(queue);
    }
}

static void take_all_shown(struct datapath *d, int64_t now_ms)
{
    for (unsigned int i = 0; i < d->worker_count; i++)
        take_shown(d, forwarder_shown(worker_forwarder(d->workers[i])), now_ms);
}

void datapath_tick(struct datapath *d, int64_t now_ms)
{
    if (!d->kernel)
        return;
    kernel_path_tick(d->kernel, now_ms);
    take_all_shown(d, now_ms);
}

bool datapath_kernel_waits(const struct datapath *d)
{
    bool waits = kernel_path_is_behind(d->kernel);

    for (unsigned int i = 0; d->kernel && i < d->worker_count; i++)
        waits |=
            !spsc_is_empty(forwarder_shown(worker_forwarder(d->workers[i])));
    return waits;
}

void datapath_follow(struct datapath *d, int64_t now_ms)
{
    kernel_path_follow(d->kernel, now_ms);
    take_all_shown(d, now_ms);
}

unsigned int datapath_workers(const struct datapath *d)
{
    return d->worker_count;
}

struct worker *datapath_worker(const struct datapath *d, unsigned int index)
{
    assert(index < d->worker_count);
    return d->workers[index];
}

uint64_t datapath_turns(const struct datapath *d, unsigned int index)
{
    assert(index < d->worker_count);
    return worker_turns(d->workers[index]);
}

pid_t datapath_thread(const struct datapath *d, unsigned int index)
{
    assert(index < d->worker_count);
    return worker_thread(d->workers[index]);
}

struct flow_tables *datapath_tables(struct datapath *d)
{
    return d->tables;
}

struct group_table *datapath_groups(const struct datapath *d)
{
    return d->groups;
}

struct meter_table *datapath_meters(const struct datapath *d)
{
    return d->meters;
}

const struct pipeline *datapath_pipeline(const struct datapath *d)
{
    return &d->shared.pipeline;
}

void datapath_set_misses_go_to_controller(struct datapath *d, bool do_they)
{
    if (atomic_exchange(&d->shared.pipeline.misses_go_to_controller, do_they) !=
        do_they)
        flow_tables_bump(d->tables);
}

void datapath_set_frags(struct datapath *d, enum switch_frags frags)
{
    assert_main_thread();
    if (atomic_exchange(&d->shared.pipeline.frags, (uint8_t)frags) != frags)
        flow_tables_bump(d->tables);
}

enum switch_frags datapath_frags(const struct datapath *d)
{
    return (enum switch_frags)atomic_load(&d->shared.pipeline.frags);
}

/* All by the first worker, so that they keep their order. */
int datapath_packet_out(struct datapath *d, struct packet_job *job)
{
    assert(job->buffer);
    assert_main_thread();
    if (!worker_give(d->workers[0], job))
        return -ENOBUFS;
    worker_wake(d->workers[0]);
    return 0;
}

struct datapath_barrier datapath_barrier_begin(const struct datapath *d)
{
    struct datapath_barrier b = {
        .grace_period = retire_grace_period(),
        .jobs = worker_jobs_given(d->workers[0]),
    };

    assert_main_thread();
    kernel_path_fence(d->kernel, &b.kernel);
    return b;
}

/* Without threads each turn carries out what it finds. */
static bool have_jobs_ended(const struct datapath *d,
                            const struct datapath_barrier *b)
{
    return !d->is_started || worker_jobs_ended(d->workers[0]) >= b->jobs;
}

bool datapath_barrier_is_over(const struct datapath *d,
                              const struct datapath_barrier *b)
{
    return have_jobs_ended(d, b) && retire_is_over(b->grace_period) &&
           kernel_path_is_past(d->kernel, &b->kernel);
}

bool datapath_barrier_wait(struct datapath *d, const struct datapath_barrier *b)
{
    const struct timespec step = {.tv_nsec = BARRIER_SLEEP_NS};

    assert_main_thread();
    if (!retire_wait(b->grace_period, BARRIER_WAIT_US))
        return false;
    for (int i = 0;
         i < BARRIER_SLEEPS && (!have_jobs_ended(d, b) ||
                                !kernel_path_is_past(d->kernel, &b->kernel));
         i++)
        nanosleep(&step, NULL);
    return have_jobs_ended(d, b) && kernel_path_is_past(d->kernel, &b->kernel);
}

struct mac_table *datapath_mac_table(struct datapath *d)
{
    return atomic_load(&d->shared.mac_table);
}

const struct ports *datapath_ports(const struct datapath *d)
{
    return &d->ports;
}

/* Tells each worker which queue to watch and which no more. */
static int watch(struct datapath *d, const struct datapath_port *port,
                 struct port_queue *const *before)
{
    for (unsigned int i = 0; i < d->worker_count; i++) {
        struct port_queue *q = port->link.queues[i];
        int err = 0;

        if (q == before[i])
            continue;
        if (before[i])
            worker_unwatch(d->workers[i], before[i]);
        if (q)
            err = worker_watch(d->workers[i], port->index, q);
        if (err)
            return err;
    }
    return 0;
}

/* Entries learned for an address before it was the host's are removed. */
static void claim_own_address(struct datapath *d,
                              const struct datapath_port *port,
                              const struct datapath_port *old)
{
    struct mac_table *macs = datapath_mac_table(d);

    if (!port->own_address ||
        (old && old->own_address == port->own_address &&
         vlan_membership_is_equal(&old->vlan, &port->vlan)))
        return;
    for (uint16_t vlan = 0; vlan < 4096; vlan++)
        if (normal_is_member(port, vlan))
            mac_table_forget_elsewhere(macs, port->own_address, vlan,
                                       port->index);
}

int datapath_set_port(struct datapath *d, const struct datapath_port *port)
{
    const struct datapath_port *old = ports_at(&d->ports, port->index);
    struct port_queue *before[WORKERS_MAX] = {NULL};
    int err;

    assert(port->index < PORTS_MAX && port->link.counters);
    assert_main_thread();
    if (old && ports_are_equal(old, port))
        return 0;
    if (old)
        memcpy(before, old->link.queues, sizeof(before));
    claim_own_address(d, port, old);
    err = ports_set(&d->ports, port);
    if (err)
        return err;
    flow_tables_bump(d->tables);
    return watch(d, port, before);
}

void datapath_remove_port(struct datapath *d, unsigned int index)
{
    const struct datapath_port *old = ports_at(&d->ports, index);

    assert(index < PORTS_MAX);
    assert_main_thread();
    if (!old)
        return;
    kernel_path_gather(d->kernel, d->now_ms);
    for (unsigned int i = 0; i < d->worker_count; i++)
        if (old->link.queues[i])
            worker_unwatch(d->workers[i], old->link.queues[i]);
    ports_remove(&d->ports, index);
    flow_tables_bump(d->tables);
    mac_table_forget_port(datapath_mac_table(d), index);
}

int datapath_set_mac_limits(struct datapath *d, size_t size, uint32_t aging_s)
{
    struct mac_table *old = datapath_mac_table(d);
    struct mac_table *macs = mac_table_create(size, aging_s);

    assert_main_thread();
    if (!macs)
        return -ENOMEM;
    mac_table_copy(macs, old);
    kernel_path_change_macs(d->kernel, old, macs);
    atomic_store_explicit(&d->shared.mac_table, macs, memory_order_release);
    mac_table_retire(old);
    return 0;
}

void datapath_set_forwards_bpdu(struct datapath *d, bool forwards_bpdu)
{
    atomic_store(&d->shared.forwards_bpdu, forwards_bpdu);
}

/* The port may have gone since the worker saw the frame, or been away when a
 * controller sent one as from there. */
struct mac_learned datapath_learn(struct datapath *d, uint64_t mac,
                                  uint16_t vlan, unsigned int index,
                                  uint32_t used_s)
{
    const struct datapath_port *port = ports_at(&d->ports, index);
    const struct datapath_port *owner = normal_owner(&d->ports, mac, vlan);
    struct mac_learned l = {.mac = mac, .vlan = vlan, .port = index};

    assert(vlan < 4096 && index < PORTS_MAX);
    assert_main_thread();
    if (owner && owner->index != index)
        l.owner = owner;
    else if (port && port->link.is_up)
        l.news =
            mac_table_learn(datapath_mac_table(d), mac, vlan, index, used_s);
    return l;
}

static size_t take_all_learned(struct datapath *d, struct forwarder *f,
                               int64_t now_ms, size_t max,
                               const struct datapath_news *news)
{
    struct spsc *queue = forwarder_learned(f);
    const struct learn_event *event;
    size_t taken = 0;

    while (taken < max && (event = spsc_peek(queue))) {
        struct mac_learned l = datapath_learn(
            d, event->mac, event->vlan, event->port, (uint32_t)(now_ms / 1000));

        spsc_pop(queue);
        taken++;
        if (news->learned && (l.owner || l.news != MAC_KNOWN))
            news->learned(news->context, &l);
    }
    return taken;
}

static size_t take_upcalls(struct forwarder *f, size_t max,
                           const struct datapath_news *news)
{
    struct byte_ring *queue = forwarder_upcalls(f);
    struct upcall *u;
    size_t taken = 0;

    while (taken < max && (u = byte_ring_peek(queue))) {
        assert(u->addressee < UPCALL_ADDRESSEES);
        if (news->upcall[u->addressee])
            news->upcall[u->addressee](news->context, u);
        byte_ring_pop(queue);
        taken++;
    }
    return taken;
}

size_t datapath_take_news(struct datapath *d, int64_t now_ms, size_t max,
                          const struct datapath_news *news)
{
    size_t taken = 0;

    assert_main_thread();
    d->now_ms = now_ms;
    for (unsigned int i = 0; i < d->worker_count; i++) {
        struct forwarder *f = worker_forwarder(d->workers[i]);
        struct packet_job *job;

        taken += take_learn_requests(d, i, now_ms, max - taken); /* It waits. */
        taken += take_all_learned(d, f, now_ms, max - taken, news);
        taken += take_upcalls(f, max - taken, news);
        while ((job = worker_take_done(d->workers[i])))
            packet_job_free(job);
    }
    return taken;
}

unsigned int datapath_turn(struct datapath *d, int64_t now_us)
{
    unsigned int received = 0;

    for (unsigned int i = 0; i < d->worker_count; i++) {
        for (unsigned int port = 0; port < atomic_load(&d->ports.end); port++)
            worker_mark(d->workers[i], port);
        received += worker_turn(d->workers[i], now_us);
    }
    return received;
}
