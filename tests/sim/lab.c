/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sim/lab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { WAITING_MAX = 256, FEED_MAX = 80, REFUSE_EVERY = 17 };

struct lab_queue {
    struct port_queue queue;
    struct lab_device *device;
    unsigned int worker;
    _Atomic unsigned int waiting; /* frames that have come */
    unsigned int lent;
    struct lab_counts counts;
    uint64_t touched; /* the sum of all bytes sent, so that they are read */
    uint8_t room[QUEUE_BATCH][LAB_FRAME_SIZE + 2 * FRAME_HEADROOM];
};

static void expect(bool is_right, const char *what)
{
    if (is_right)
        return;
    fprintf(stderr, "lab: %s\n", what);
    abort();
}

uint32_t lab_draw(struct lab *l, uint32_t below)
{
    l->random = l->random * 1664525u + 1013904223u;
    return (l->random >> 8) % below;
}

/* An IPv4 UDP frame, every other one tagged, of one of some hundred flows. */
static void write_frame(struct lab_queue *q, uint8_t *data, uint64_t n)
{
    static const uint8_t ip[20] = {0x45, 0, 0,  42, 0, 0, 0,  0, 64, 17,
                                   0,    0, 10, 0,  0, 1, 10, 0, 0,  2};
    uint8_t *at = data + 12;

    memset(data, 0, LAB_FRAME_SIZE);
    data[0] = data[6] = 2;
    data[5] = (uint8_t)(n % 7);
    data[11] = (uint8_t)(q->device->number * 16 + q->worker + n / 64 % 4);
    if (n % 11 == 0)
        memset(data, 0xff, 6);
    if (n & 1) {
        memcpy(at, (const uint8_t[]){0x81, 0, 0, 10}, 4);
        at += 4;
    }
    memcpy(at, (const uint8_t[]){8, 0}, 2);
    memcpy(at + 2, ip, sizeof(ip));
    at += 2 + sizeof(ip);
    at[1] = (uint8_t)(n % LAB_FLOWS);
    at[3] = (uint8_t)(n / 3 % 4);
    at[5] = 22;
}

static unsigned int queue_receive(struct port_queue *queue,
                                  struct frame *frames, unsigned int max)
{
    struct lab_queue *q = (struct lab_queue *)queue;
    uint64_t ignored;
    unsigned int waiting;

    if (read(queue->fd, &ignored, sizeof(ignored)) < 0)
        expect(errno == EAGAIN, "eventfd");
    waiting = atomic_load(&q->waiting);
    if (waiting > max)
        waiting = max;
    for (unsigned int i = 0; i < waiting; i++) {
        uint8_t *data = q->room[i] + FRAME_HEADROOM;

        write_frame(q, data, q->counts.received++);
        frames[i] = (struct frame){.data = data,
                                   .size = LAB_FRAME_SIZE,
                                   .headroom = FRAME_HEADROOM,
                                   .tailroom = FRAME_HEADROOM};
    }
    q->lent = waiting;
    return waiting;
}

static void queue_release(struct port_queue *queue)
{
    struct lab_queue *q = (struct lab_queue *)queue;

    atomic_fetch_sub(&q->waiting, q->lent);
    q->lent = 0;
}

/* Reads every byte, as a kernel would, and refuses some frames. */
static void queue_send(struct port_queue *queue,
                       const struct frame *const *frames, unsigned int count,
                       enum drop_reason *results)
{
    struct lab_queue *q = (struct lab_queue *)queue;

    for (unsigned int i = 0; i < count; i++) {
        bool is_refused =
            (q->counts.sent + q->counts.refused) % REFUSE_EVERY == 0;

        for (uint32_t j = 0; j < frames[i]->size; j++)
            q->touched += frames[i]->data[j];
        results[i] = is_refused ? DROP_TX_FULL : DROP_NONE;
        q->counts.refused += is_refused;
        q->counts.sent += !is_refused;
    }
}

static uint64_t queue_missed(struct port_queue *q)
{
    (void)q;
    return 0;
}

static void add_counts(struct lab_counts *to, const struct lab_counts *more)
{
    to->received += more->received;
    to->sent += more->sent;
    to->refused += more->refused;
}

static void queue_close(struct port_queue *queue)
{
    struct lab_queue *q = (struct lab_queue *)queue;

    pthread_mutex_lock(&q->device->lock);
    add_counts(&q->device->closed, &q->counts);
    q->device->queues[q->worker] = NULL;
    pthread_mutex_unlock(&q->device->lock);
    close(queue->fd);
    free(q);
}

static const struct port_queue_ops queue_ops = {
    .receive = queue_receive,
    .release = queue_release,
    .send = queue_send,
    .missed = queue_missed,
    .close = queue_close,
};

/* Devices. */

static struct lab_device *device_named(struct lab *l, const char *name)
{
    for (unsigned int i = 0; i < LAB_DEVICES; i++)
        if (!strcmp(l->devices[i].link.name, name))
            return &l->devices[i];
    expect(false, name);
    return NULL;
}

static int make_device(void *context, const struct device_plan *plan,
                       struct device *d)
{
    (void)context;
    (void)plan;
    (void)d;
    return 0;
}

static int open_device(void *context, const struct device_plan *plan,
                       struct link *link, struct device *d)
{
    (void)context;
    (void)plan;
    (void)link;
    (void)d;
    return 0;
}

static int open_queues(void *context, const struct device_plan *plan,
                       const struct link *link, struct device *d)
{
    struct lab_device *device = device_named(context, plan->config->name);

    (void)link;
    for (unsigned int i = 0; i < plan->workers; i++) {
        struct lab_queue *q = calloc(1, sizeof(*q));

        expect(q != NULL, "out of memory");
        q->queue.ops = &queue_ops;
        q->queue.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        expect(q->queue.fd >= 0, "eventfd");
        q->device = device;
        q->worker = i;
        pthread_mutex_lock(&device->lock);
        device->queues[i] = q;
        pthread_mutex_unlock(&device->lock);
        d->queues[i] = &q->queue;
    }
    return 0;
}

static void close_queues(void *context, const struct device_plan *plan,
                         struct device *d)
{
    (void)context;
    for (unsigned int i = 0; i < plan->workers; i++) {
        if (d->queues[i])
            d->queues[i]->ops->close(d->queues[i]);
        d->queues[i] = NULL;
    }
}

static void close_device(void *context, const struct device_plan *plan,
                         const struct link *link, struct device *d)
{
    (void)context;
    (void)plan;
    (void)link;
    (void)d;
}

static void unaddress(void *context, const struct device_plan *plan,
                      const struct link *link)
{
    (void)context;
    (void)plan;
    (void)link;
}

static void touch(void *context, const struct device_plan *plan,
                  struct device *d)
{
    (void)context;
    (void)plan;
    (void)d;
}

static int set_up(void *context, const struct link *link, bool is_up)
{
    (void)context;
    (void)link;
    (void)is_up;
    return 0;
}

static void speed_of(void *context, const char *name, struct link_speed *speed)
{
    (void)context;
    (void)name;
    *speed = (struct link_speed){.mbps = 1000, .is_full_duplex = true};
}

static const struct device_ops lab_devices = {
    .make = make_device,
    .open = open_device,
    .open_queues = open_queues,
    .close_queues = close_queues,
    .close = close_device,
    .unaddress = unaddress,
    .unmake = touch,
    .shield = touch,
    .set_up = set_up,
    .speed = speed_of,

};

static const struct link *find_link(void *context, const char *name)
{
    const struct lab_device *d = device_named(context, name);

    return d->is_there ? &d->link : NULL;
}

static void wake(void *context)
{
    struct lab *l = context;

    atomic_fetch_add(&l->wakes, 1);
}

void lab_announce(struct lab *l, struct lab_device *d, bool is_gone)
{
    if (!d->is_there)
        d->link.ifindex = ++l->next_ifindex;
    d->is_there = !is_gone;
    bridge_link_changed(l->bridge, &d->link, is_gone, clock_monotonic_ms());
    bridge_links_told(l->bridge, clock_monotonic_ms());
}

void lab_open(struct lab *l, struct config *config)
{
    struct bridge_options o = {
        .ops = &lab_devices,
        .ops_context = l,
        .workers = LAB_WORKERS,
        .wake = wake,
        .wake_context = l,
        .find_link = find_link,
        .link_context = l,
    };

    memset(l, 0, sizeof(*l));
    /* Fewer threads than devices. */
    l->jobs = o.jobs = job_pool_create(3, wake, l);
    expect(l->jobs != NULL, "out of memory");
    log_set_levels("error");
    for (unsigned int i = 0; i < LAB_DEVICES; i++) {
        struct lab_device *d = &l->devices[i];

        snprintf(d->link.name, sizeof(d->link.name), "p%u", i);
        pthread_mutex_init(&d->lock, NULL);
        d->number = i;
        d->is_there = true;
        d->link.ifindex = ++l->next_ifindex;
        d->link.mtu = 1500;
        d->link.is_up = d->link.is_running = true;
    }
    l->bridge = bridge_create(config, &o, clock_monotonic_ms());
    expect(l->bridge != NULL, "out of memory");
    l->datapath = bridge_datapath(l->bridge);
    bridge_start(l->bridge, clock_monotonic_ms());
    bridge_load_flows(l->bridge, clock_monotonic_ms());
    expect(datapath_start(l->datapath) == 0, "no threads");
}

void lab_stop(struct lab *l)
{
    datapath_stop(l->datapath);
}

void lab_close(struct lab *l)
{
    bridge_free(l->bridge, clock_monotonic_ms());
    job_pool_free(l->jobs);
    for (unsigned int i = 0; i < LAB_DEVICES; i++)
        pthread_mutex_destroy(&l->devices[i].lock);
}

static void feed(struct lab *l, struct lab_queue *q)
{
    uint64_t one = 1;

    if (!q || atomic_load(&q->waiting) > WAITING_MAX)
        return;
    atomic_fetch_add(&q->waiting, 1 + lab_draw(l, FEED_MAX));
    expect(write(q->queue.fd, &one, sizeof(one)) == sizeof(one), "eventfd");
}

void lab_feed(struct lab *l)
{
    for (unsigned int i = 0; i < LAB_DEVICES; i++) {
        struct lab_device *d = &l->devices[i];

        pthread_mutex_lock(&d->lock);
        for (unsigned int j = 0; j < LAB_WORKERS; j++)
            feed(l, d->queues[j]);
        pthread_mutex_unlock(&d->lock);
    }
}

bool lab_is_empty(struct lab *l)
{
    unsigned int waiting = 0;

    for (unsigned int i = 0; i < LAB_DEVICES; i++) {
        struct lab_device *d = &l->devices[i];

        pthread_mutex_lock(&d->lock);
        for (unsigned int j = 0; j < LAB_WORKERS; j++)
            waiting += d->queues[j] ? atomic_load(&d->queues[j]->waiting) : 0;
        pthread_mutex_unlock(&d->lock);
    }
    return !waiting;
}

struct lab_counts lab_count(const struct lab_device *d)
{
    struct lab_counts total = d->closed;

    for (unsigned int i = 0; i < LAB_WORKERS; i++)
        if (d->queues[i])
            add_counts(&total, &d->queues[i]->counts);
    return total;
}
