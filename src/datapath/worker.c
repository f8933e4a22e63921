#include "datapath/worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/retire.h"
#include "packet/parse.h"

enum {
    LEARNED_ROOM = 4096,
    POLL_EVERY = 8, /* turns with frames between two looks at epoll */
    LOOK_AGAIN_MAX_US = 50,
    EVENTS = 64,
    EVENT_FD_MARK = -1,
    ACTIVE_WORDS = PORTS_MAX / 64,
};

/* A frame of the batch, parsed. */
struct parsed {
    struct flow_key key;
    uint64_t hash;
    unsigned int words; /* 0: not to be looked at any more */
};

struct worker {
    unsigned int index;
    struct worker_shared *shared;
    struct flow_cache *cache;
    struct spsc *learned;
    struct executor executor;
    int epoll_fd, event_fd;
    pthread_t thread;
    bool is_running;
    int64_t now_us;
    uint32_t version; /* of the tables, at the beginning of the batch */
    uint64_t active[ACTIVE_WORDS]; /* ports to look at each turn */
    int64_t last_us[PORTS_MAX];    /* when they had frames last */
    unsigned int look_again_us;
    _Atomic uint64_t turns;
    _Atomic uint64_t matched[FLOW_TABLES], missed[FLOW_TABLES];
    struct frame frames[QUEUE_BATCH];
    struct parsed parsed[QUEUE_BATCH];
    struct decision decision;
};

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    close_fd(w->epoll_fd);
    close_fd(w->event_fd);
    flow_cache_free(w->cache);
    spsc_free(w->learned);
    outbox_free(w->executor.outbox);
    free(w);
}

struct worker *worker_create(unsigned int index, struct worker_shared *shared,
                             size_t flow_cache)
{
    struct worker *w = calloc(1, sizeof(*w));
    struct epoll_event event = {.events = EPOLLIN,
                                .data.u64 = (uint64_t)EVENT_FD_MARK};

    if (!w)
        return NULL;
    w->index = index;
    w->shared = shared;
    w->cache = flow_cache_create(flow_cache);
    w->learned = spsc_create(LEARNED_ROOM, sizeof(struct learn_event));
    w->executor.ports = shared->pipeline.ports;
    w->executor.outbox = outbox_create(index);
    w->executor.learned = w->learned;
    w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    w->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!w->cache || !w->learned || !w->executor.outbox || w->epoll_fd < 0 ||
        w->event_fd < 0 ||
        epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->event_fd, &event) < 0) {
        worker_free(w);
        return NULL;
    }
    return w;
}

int worker_watch(struct worker *w, unsigned int port, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = port};

    return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

void worker_unwatch(struct worker *w, int fd)
{
    epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

void worker_wake(struct worker *w)
{
    uint64_t one = 1;

    if (write(w->event_fd, &one, sizeof(one)) < 0)
        return; /* Its counter is full: it is awake already. */
}

struct spsc *worker_learned(struct worker *w)
{
    return w->learned;
}

uint64_t worker_turns(const struct worker *w)
{
    return atomic_load_explicit(&w->turns, memory_order_relaxed);
}

uint64_t worker_missed(const struct worker *w, uint8_t table)
{
    return atomic_load_explicit(&w->missed[table], memory_order_relaxed);
}

uint64_t worker_matched(const struct worker *w, uint8_t table)
{
    return atomic_load_explicit(&w->matched[table], memory_order_relaxed);
}

void worker_mark(struct worker *w, unsigned int port)
{
    w->active[port / 64] |= (uint64_t)1 << (port % 64);
    w->last_us[port] = w->now_us;
}

static void parse_batch(struct worker *w, const struct datapath_port *from,
                        unsigned int frame_count)
{
    uint32_t in_port = htonl(from->number);

    for (unsigned int i = 0; i < frame_count; i++) {
        struct frame *f = &w->frames[i];
        struct parsed *p = &w->parsed[i];

        p->words = 0;
        if (f->is_truncated) {
            outbox_dropped(w->executor.outbox, i, DROP_TRUNCATED);
        } else if (f->size < FRAME_HEADER_SIZE) {
            outbox_dropped(w->executor.outbox, i, DROP_RUNT);
        } else {
            p->words = frame_parse(f, in_port, &p->key);
            p->hash = flow_cache_hash(&p->key, p->words);
            flow_cache_prefetch(w->cache, p->hash);
        }
    }
}

/* Makes the decision for a key that the cache does not know.  If it can be
 * kept the verdict is returned; else NULL, and it is in w->decision. */
static const struct verdict *decide(struct worker *w, const struct parsed *p)
{
    struct flow_key key;
    struct verdict *v;

    memcpy(&key, &p->key, p->words * sizeof(key.word[0]));
    memset(key.word + p->words, 0,
           (KEY_WORDS - p->words) * sizeof(key.word[0]));
    pipeline_decide(&w->shared->pipeline, &key, &w->decision);
    if (w->decision.cell_count > VERDICT_CELLS ||
        w->decision.rule_count > VERDICT_RULES)
        return NULL;
    v = flow_cache_place(w->cache, &p->key, p->words, p->hash);
    decision_to_verdict(&w->decision, v);
    v->version = w->version;
    return v;
}

static void count_rules(struct worker *w, const struct verdict_rule *rules,
                        unsigned int rule_count, uint32_t bytes)
{
    const struct counters *counters =
        flow_tables_counters(w->shared->pipeline.tables);

    for (unsigned int i = 0; i < rule_count; i++) {
        counters_add(counters, w->index, rules[i].counter, bytes,
                     w->now_us / 1000);
        count(&w->matched[rules[i].table], 1);
    }
}

static void handle_frame(struct worker *w, const struct datapath_port *from,
                         unsigned int i)
{
    const struct parsed *p = &w->parsed[i];
    const struct verdict *v;
    struct execution e = {.frame = &w->frames[i], .index = i, .from = from};
    uint32_t bytes = e.frame->size;
    const struct flow_action *cells;
    unsigned int cell_count;
    enum drop_reason reason;
    uint8_t missed;

    v = flow_cache_find(w->cache, &p->key, p->words, p->hash);
    if (!v || v->version != w->version)
        v = decide(w, p);
    if (v) {
        count_rules(w, v->rules, v->rule_count, bytes);
        cells = v->cells;
        cell_count = v->cell_count;
        reason = (enum drop_reason)v->reason;
        missed = v->missed_table;
    } else {
        count_rules(w, w->decision.rules, w->decision.rule_count, bytes);
        cells = w->decision.cells;
        cell_count = w->decision.cell_count;
        reason = w->decision.reason;
        missed = w->decision.missed_table;
    }
    if (missed != VERDICT_MISS)
        count(&w->missed[missed], 1);
    if (cell_count) {
        outbox_make_room(w->executor.outbox);
        execute(&w->executor, &e, cells, cell_count);
    } else {
        outbox_dropped(w->executor.outbox, i, reason);
    }
}

static void handle_batch(struct worker *w, const struct datapath_port *from,
                         unsigned int frame_count)
{
    struct port_counters *c = &from->counters[w->index];
    uint64_t bytes = 0;

    for (unsigned int i = 0; i < frame_count; i++)
        bytes += w->frames[i].size;
    count(&c->rx_frames, frame_count);
    count(&c->rx_bytes, bytes);
    outbox_begin(w->executor.outbox, from, frame_count);
    if (from->has_no_recv) {
        for (unsigned int i = 0; i < frame_count; i++)
            outbox_dropped(w->executor.outbox, i, DROP_PORT_NO_RECV);
    } else {
        parse_batch(w, from, frame_count);
        for (unsigned int i = 0; i < frame_count; i++)
            if (w->parsed[i].words)
                handle_frame(w, from, i);
    }
    outbox_flush(w->executor.outbox);
}

/* How long a port without frames is still looked at before epoll has it. */
static int64_t patience_us(const struct worker *w)
{
    return w->shared->busy_poll_us > w->look_again_us ? w->shared->busy_poll_us
                                                      : w->look_again_us;
}

/* Returns how many frames it had; '*rests' if it need not be looked at again
 * until epoll says so. */
static unsigned int serve_port(struct worker *w, unsigned int index,
                               bool *rests)
{
    const struct datapath_port *port =
        ports_at(w->shared->pipeline.ports, index);
    struct port_queue *q = port ? port->queues[w->index] : NULL;
    unsigned int received;

    *rests = !q;
    if (!q)
        return 0;
    received = q->ops->receive(q, w->frames, QUEUE_BATCH);
    if (received) {
        w->last_us[index] = w->now_us;
        handle_batch(w, port, received);
        q->ops->release(q);
    } else if (w->now_us - w->last_us[index] >= patience_us(w)) {
        *rests = true;
    }
    if (q->is_dead) {
        worker_unwatch(w, q->fd);
        *rests = true;
    }
    return received;
}

unsigned int worker_turn(struct worker *w, int64_t now_us)
{
    unsigned int received = 0;

    w->now_us = now_us;
    w->version = flow_tables_version(w->shared->pipeline.tables);
    w->executor.now_s = (uint32_t)(now_us / 1000000);
    w->executor.mac_table =
        atomic_load_explicit(&w->shared->mac_table, memory_order_acquire);
    w->executor.forwards_bpdu =
        atomic_load_explicit(&w->shared->forwards_bpdu, memory_order_relaxed);
    for (unsigned int i = 0; i < ACTIVE_WORDS; i++)
        for (uint64_t left = w->active[i]; left; left &= left - 1) {
            unsigned int bit = (unsigned int)__builtin_ctzll(left);
            bool rests;

            received += serve_port(w, i * 64 + bit, &rests);
            if (rests)
                w->active[i] &= ~((uint64_t)1 << bit);
        }
    if (w->executor.has_news) {
        w->executor.has_news = false;
        w->shared->wake_main(w->shared->wake_context);
    }
    count(&w->turns, 1);
    return received;
}

static bool has_active(const struct worker *w)
{
    uint64_t any = 0;

    for (unsigned int i = 0; i < ACTIVE_WORDS; i++)
        any |= w->active[i];
    return any;
}

/* A socket whose device went down reports it once and would go on waking us
 * (and fail the next send) until it has been asked what was wrong. */
static void take_error(int fd)
{
    int error;
    socklen_t size = sizeof(error);

    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
}

static void note_event(struct worker *w, const struct epoll_event *event)
{
    const struct datapath_port *port;
    uint64_t ignored;

    if (event->data.u64 == (uint64_t)EVENT_FD_MARK) {
        if (read(w->event_fd, &ignored, sizeof(ignored)) < 0)
            return; /* Somebody's wake was taken with an earlier one. */
        return;
    }
    worker_mark(w, (unsigned int)event->data.u64);
    if (!(event->events & (EPOLLERR | EPOLLHUP)))
        return;
    port = ports_at(w->shared->pipeline.ports, (unsigned int)event->data.u64);
    if (port && port->queues[w->index])
        take_error(port->queues[w->index]->fd);
}

/* Sleeps up to 'timeout_ms' (-1: until there is something) and marks the ports
 * that have frames. Asleep it is not in anybody's way (QSBR offline). */
static void poll_ports(struct worker *w, int timeout_ms)
{
    struct epoll_event events[EVENTS];
    int count_of_events;

    if (timeout_ms)
        retire_thread_offline();
    count_of_events = epoll_wait(w->epoll_fd, events, EVENTS, timeout_ms);
    if (timeout_ms)
        retire_thread_online();
    for (int i = 0; i < count_of_events; i++)
        note_event(w, &events[i]);
}

/*
 * How long to look again before sleeping follows what sleeping brings: doubled
 * when the sleep was so short that looking would have been quicker, halved when
 * it was long.
 */
static void adapt(struct worker *w, int64_t slept_us)
{
    if (slept_us <= LOOK_AGAIN_MAX_US)
        w->look_again_us = w->look_again_us ? 2 * w->look_again_us : 4;
    else
        w->look_again_us /= 2;
    if (w->look_again_us > LOOK_AGAIN_MAX_US)
        w->look_again_us = LOOK_AGAIN_MAX_US;
}

static void run(struct worker *w)
{
    unsigned int busy_turns = 0;

    while (
        !atomic_load_explicit(&w->shared->is_stopping, memory_order_acquire)) {
        unsigned int received = worker_turn(w, clock_monotonic_us());
        int64_t asleep_us;

        retire_quiescent();
        if (has_active(w)) {
            if (received && ++busy_turns % POLL_EVERY == 0)
                poll_ports(w, 0);
            continue;
        }
        asleep_us = clock_monotonic_us();
        poll_ports(w, -1);
        w->now_us = clock_monotonic_us();
        adapt(w, w->now_us - asleep_us);
    }
}

static void *thread_main(void *context)
{
    struct worker *w = context;

    retire_thread_register();
    run(w);
    retire_thread_unregister();
    return NULL;
}

/* Signals are the main thread's: the new thread inherits that they are
 * blocked. */
int worker_start(struct worker *w, int cpu)
{
    sigset_t all, before;
    char name[16];
    int err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&w->thread, NULL, thread_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (err)
        return -err;
    w->is_running = true;
    snprintf(name, sizeof(name), "worker-%u", w->index % 1000);
    pthread_setname_np(w->thread, name);
    if (cpu >= 0) {
        cpu_set_t set;

        CPU_ZERO(&set);
        CPU_SET(cpu, &set);
        pthread_setaffinity_np(w->thread, sizeof(set), &set);
    }
    return 0;
}

void worker_join(struct worker *w)
{
    if (!w->is_running)
        return;
    pthread_join(w->thread, NULL);
    w->is_running = false;
}
