/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/worker.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/busy_poll.h"
#include "base/clock.h"
#include "base/retire.h"
#include "base/short_yield.h"
#include "base/thread_role.h"

enum {
    JOBS_A_TURN = 64,
    POLL_EVERY = 8, /* turns with frames between two looks at epoll */
    FULL_SLEEP_MS = 1,
    LOOK_AGAIN_MAX_US = 50,
    EVENTS = 64,
    EVENT_FD_MARK = -1,
    SELDOM_MARK = 1 << 30, /* and the port's index */
    ACTIVE_WORDS = PORTS_MAX / 64,
};

_Static_assert(PORTS_MAX % 64 == 0, "a bit for each port");
_Static_assert((int)PORTS_MAX <= (int)SELDOM_MARK, "an event says which port");
_Static_assert((int)WORKERS_MAX < (int)RETIRE_READERS_MAX, "each is a reader");

struct worker {
    unsigned int index;
    struct worker_shared *shared;
    struct forwarder *forwarder;
    struct spsc *jobs, *done;    /* of struct packet_job *: down, and back up */
    uint64_t jobs_given;         /* main thread */
    _Atomic uint64_t jobs_ended; /* carried out, by the worker */
    int epoll_fd, event_fd;
    pthread_t thread;
    pid_t thread_id; /* there once it has begun */
    sem_t has_begun; /* then begin_error is there */
    int begin_error;
    bool is_running;
    bool has_thread;     /* the worker's own word for it */
    bool has_woken_main; /* since the last turn without frames */
    bool has_full_done;  /* jobs wait until the main thread has looked there */
    int64_t now_us;
    struct short_yield yield;
    uint64_t active[ACTIVE_WORDS]; /* ports to look at each turn */
    int64_t last_us[PORTS_MAX];    /* when they had frames last */
    unsigned int look_again_us;
    _Atomic uint64_t turns;
    struct frame frames[QUEUE_BATCH];
};

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void free_jobs(struct spsc *jobs)
{
    struct packet_job **job;

    while (jobs && (job = spsc_peek(jobs))) {
        packet_job_free(*job);
        spsc_pop(jobs);
    }
    spsc_free(jobs);
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    close_fd(w->epoll_fd);
    close_fd(w->event_fd);
    forwarder_free(w->forwarder);
    free_jobs(w->jobs);
    free_jobs(w->done);
    free(w);
}

static void drain_events(const struct worker *w)
{
    uint64_t ignored;

    if (read(w->event_fd, &ignored, sizeof(ignored)) < 0)
        return; /* Somebody's wake was taken with an earlier one. */
}

/* Sleeps until the main thread has taken all learn requests, but not for ever.
 * Other reasons to wake up are looked at before the next sleep in epoll. */
static void await_learn_requests(void *context)
{
    struct worker *w = context;
    struct worker_shared *s = w->shared;
    struct learn_requester *requester = forwarder_learn_requester(w->forwarder);
    struct pollfd pollfd = {.fd = w->event_fd, .events = POLLIN};
    int64_t until_us = clock_monotonic_us() + LEARN_WAIT_US, left_us;

    if (!w->has_thread) {
        s->take_learn_requests(s->learn_context, w->index, w->now_us / 1000);
        return;
    }
    s->wake_main(s->wake_context);
    while (!learn_requester_is_done(requester)) {
        left_us = until_us - clock_monotonic_us();
        if (left_us <= 0 ||
            atomic_load_explicit(&s->is_stopping, memory_order_acquire)) {
            learn_requester_give_up(requester);
            return;
        }
        if (poll(&pollfd, 1, (int)(left_us / 1000) + 1) > 0)
            drain_events(w);
    }
}

struct worker *worker_create(unsigned int index, struct worker_shared *shared,
                             size_t flow_cache)
{
    struct worker *w = calloc(1, sizeof(*w));
    struct epoll_event event = {.events = EPOLLIN,
                                .data.u64 = (uint64_t)EVENT_FD_MARK};

    assert(index < WORKERS_MAX && shared->pipeline.ports);
    if (!w)
        return NULL;
    w->index = index;
    w->shared = shared;
    sem_init(&w->has_begun, 0, 0);
    w->forwarder =
        forwarder_create(index, &shared->pipeline, shared->meters, flow_cache);
    w->jobs = spsc_create(WORKER_JOBS, sizeof(struct packet_job *));
    w->done = spsc_create(2 * WORKER_JOBS, sizeof(struct packet_job *));
    w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    w->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!w->forwarder || !w->jobs || !w->done || w->epoll_fd < 0 ||
        w->event_fd < 0 ||
        epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->event_fd, &event) < 0) {
        worker_free(w);
        return NULL;
    }
    forwarder_set_await(w->forwarder, await_learn_requests, w);
    return w;
}

static int watch_fd(struct worker *w, uint64_t mark, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = mark};

    return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int worker_watch(struct worker *w, unsigned int port,
                 const struct port_queue *q)
{
    int err = q->fd >= 0 ? watch_fd(w, port, q->fd) : 0;

    assert(port < PORTS_MAX);
    assert_main_thread();
    if (!err && q->seldom_fd > 0)
        err = watch_fd(w, port | SELDOM_MARK, q->seldom_fd);
    return err;
}

void worker_unwatch(struct worker *w, const struct port_queue *q)
{
    if (q->fd >= 0)
        epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, q->fd, NULL);
    if (q->seldom_fd > 0)
        epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, q->seldom_fd, NULL);
}

void worker_wake(struct worker *w)
{
    uint64_t one = 1;

    if (write(w->event_fd, &one, sizeof(one)) < 0)
        return; /* Its counter is full: it is awake already. */
}

struct forwarder *worker_forwarder(struct worker *w)
{
    return w->forwarder;
}

uint64_t worker_jobs_refused(const struct worker *w)
{
    return spsc_refused(w->jobs);
}

bool worker_give(struct worker *w, struct packet_job *job)
{
    struct packet_job **place = spsc_reserve(w->jobs);

    assert_main_thread();
    if (!place)
        return false;
    *place = job;
    spsc_push(w->jobs);
    w->jobs_given++;
    return true;
}

struct packet_job *worker_take_done(struct worker *w)
{
    struct packet_job **place = spsc_peek(w->done);
    struct packet_job *job = place ? *place : NULL;

    assert_main_thread();
    if (place)
        spsc_pop(w->done);
    return job;
}

uint64_t worker_jobs_given(const struct worker *w)
{
    return w->jobs_given;
}

uint64_t worker_jobs_ended(const struct worker *w)
{
    return atomic_load_explicit(&w->jobs_ended, memory_order_acquire);
}

pid_t worker_thread(const struct worker *w)
{
    return w->thread_id;
}

uint64_t worker_turns(const struct worker *w)
{
    return atomic_load_explicit(&w->turns, memory_order_relaxed);
}

void worker_mark(struct worker *w, unsigned int port)
{
    w->active[port / 64] |= (uint64_t)1 << (port % 64);
    w->last_us[port] = w->now_us;
}

/* How long a port without frames is still looked at before epoll has it. */
static int64_t poll_us(const struct worker *w)
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
    struct port_queue *q = port ? port->link.queues[w->index] : NULL;
    unsigned int received;

    *rests = !q;
    if (!q)
        return 0;
    received = q->ops->receive(q, w->frames, QUEUE_BATCH);
    if (received) {
        w->last_us[index] = w->now_us;
        forwarder_handle(w->forwarder, port, w->frames, received);
        q->ops->release(q);
    } else if (w->now_us - w->last_us[index] >= poll_us(w)) {
        *rests = true;
    }
    if (q->is_dead) {
        worker_unwatch(w, q);
        *rests = true;
    }
    return received;
}

/* Carries out packet-outs and hands them back.  'done' has twice the room, so
 * there is a place unless the main thread has not looked for long: then they
 * wait. */
static void do_jobs(struct worker *w)
{
    for (unsigned int i = 0; i < JOBS_A_TURN; i++) {
        struct packet_job **job = spsc_peek(w->jobs);
        struct packet_job **done = job ? spsc_reserve(w->done) : NULL;

        w->has_full_done = job && !done;
        if (!done)
            return;
        forwarder_handle_job(w->forwarder, *job);
        *done = *job;
        spsc_push(w->done);
        spsc_pop(w->jobs);
        atomic_store_explicit(&w->jobs_ended, w->jobs_ended + 1,
                              memory_order_release);
    }
}

unsigned int worker_turn(struct worker *w, int64_t now_us)
{
    unsigned int received = 0;

    assert_worker();
    w->now_us = now_us;
    forwarder_begin(
        w->forwarder, now_us,
        atomic_load_explicit(&w->shared->mac_table, memory_order_acquire),
        atomic_load_explicit(&w->shared->forwards_bpdu, memory_order_relaxed));
    do_jobs(w);
    for (unsigned int i = 0; i < ACTIVE_WORDS; i++)
        for (uint64_t left = w->active[i]; left; left &= left - 1) {
            unsigned int bit = (unsigned int)__builtin_ctzll(left);
            bool rests;

            received += serve_port(w, i * 64 + bit, &rests);
            if (rests)
                w->active[i] &= ~((uint64_t)1 << bit);
        }
    if (forwarder_take_news(w->forwarder)) {
        w->shared->wake_main(w->shared->wake_context);
        w->has_woken_main = true;
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
    unsigned int index = (unsigned int)event->data.u64 & ~SELDOM_MARK;
    bool is_seldom = event->data.u64 & SELDOM_MARK;
    const struct datapath_port *port;
    struct port_queue *q;

    assert(index < PORTS_MAX || event->data.u64 == (uint64_t)EVENT_FD_MARK);
    if (event->data.u64 == (uint64_t)EVENT_FD_MARK) {
        drain_events(w);
        return;
    }
    worker_mark(w, index);
    if (!is_seldom && !(event->events & (EPOLLERR | EPOLLHUP)))
        return;
    port = ports_at(w->shared->pipeline.ports, index);
    q = port ? port->link.queues[w->index] : NULL;
    if (q && is_seldom)
        q->has_seldom = true;
    if (q && event->events & (EPOLLERR | EPOLLHUP))
        take_error(is_seldom ? q->seldom_fd : q->fd);
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

/* Lets the main thread in, which may wait for this very CPU, if that is quick.
 * It is in nobody's way meanwhile, as in a sleep. */
static bool yields(struct worker *w)
{
    bool did;

    retire_thread_offline();
    did = short_yield(&w->yield);
    retire_thread_online();
    return did;
}

/* Whether to take another turn without sleeping.  Right after something was
 * handed to the main thread and no frame came it is let in, or, where a yield
 * would take long, this one sleeps. */
static bool looks_again(struct worker *w, unsigned int received)
{
    bool has_woken_main = w->has_woken_main;

    if (received)
        return true;
    w->has_woken_main = false;
    if (!spsc_is_empty(w->jobs) && !w->has_full_done)
        return true;
    return has_active(w) && (yields(w) || !has_woken_main);
}

static void run(struct worker *w)
{
    unsigned int busy_turns = 0;

    while (
        !atomic_load_explicit(&w->shared->is_stopping, memory_order_acquire)) {
        unsigned int received = worker_turn(w, clock_monotonic_us());
        int64_t asleep_us;

        retire_quiescent();
        if (looks_again(w, received)) {
            if (!received || ++busy_turns % POLL_EVERY == 0)
                poll_ports(w, 0);
            continue;
        }
        asleep_us = clock_monotonic_us();
        poll_ports(w, w->has_full_done ? FULL_SLEEP_MS : -1);
        w->now_us = clock_monotonic_us();
        w->look_again_us = busy_poll_after(
            w->look_again_us, w->now_us - asleep_us, LOOK_AGAIN_MAX_US);
    }
}

static void *thread_main(void *context)
{
    struct worker *w = context;
    int err = w->shared->begin_thread ? w->shared->begin_thread() : 0;

    thread_role_set(THREAD_WORKER);
    w->begin_error = err;
    w->thread_id = gettid();
    sem_post(&w->has_begun);
    if (err)
        return NULL;
    w->has_thread = true;
    retire_thread_register();
    run(w);
    retire_thread_unregister();
    return NULL;
}

/* Signals are the main thread's: the new thread inherits that they are
 * blocked. */
int worker_start(struct worker *w)
{
    sigset_t all, before;
    char name[16];
    int err;

    assert(!w->is_running);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&w->thread, NULL, thread_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (err)
        return -err;
    while (sem_wait(&w->has_begun) < 0)
        ; /* a signal */
    if (w->begin_error) {
        pthread_join(w->thread, NULL);
        return w->begin_error;
    }
    w->is_running = true;
    snprintf(name, sizeof(name), "worker-%u", w->index % 1000);
    pthread_setname_np(w->thread, name);
    return 0;
}

void worker_join(struct worker *w)
{
    if (!w->is_running)
        return;
    pthread_join(w->thread, NULL);
    w->is_running = false;
}
