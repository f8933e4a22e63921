/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sim/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim_queue {
    struct port_queue queue;
    struct sim_device *device;
    unsigned int worker;
    unsigned int lent; /* frames from pending_first on */
};

void sim_die(const char *what, const char *more)
{
    fprintf(stderr, "simulation: %s%s\n", what, more);
    abort();
}

static unsigned int queue_receive(struct port_queue *q, struct frame *frames,
                                  unsigned int max)
{
    struct sim_queue *sq = (struct sim_queue *)q;
    struct sim_device *d = sq->device;
    unsigned int count = 0;

    if (sq->worker != d->receiver)
        return 0;
    while (count < max && count < d->pending_count) {
        const struct pending *p =
            &d->pending[(d->pending_first + count) % PENDING_MAX];

        frames[count++] = (struct frame){
            .data = p->buffer + FRAME_HEADROOM,
            .size = p->size,
            .headroom = FRAME_HEADROOM,
            .tailroom = FRAME_HEADROOM,
            .vnet = p->vnet,
        };
    }
    sq->lent = count;
    return count;
}

static void queue_release(struct port_queue *q)
{
    struct sim_queue *sq = (struct sim_queue *)q;
    struct sim_device *d = sq->device;

    for (; sq->lent; sq->lent--) {
        free(d->pending[d->pending_first].buffer);
        d->pending_first = (d->pending_first + 1) % PENDING_MAX;
        d->pending_count--;
    }
}

static void wire_add(struct sim_wire *wire, const struct frame *f)
{
    struct sim_frame *sent = &wire->frames[wire->count];

    if (wire->count == SIM_WIRE_MAX)
        sim_die("too many frames sent", "");
    sent->data = malloc(f->size);
    if (!sent->data)
        sim_die("out of memory", "");
    memcpy(sent->data, f->data, f->size);
    sent->size = f->size;
    sent->vnet = f->vnet;
    wire->count++;
}

static void queue_send(struct port_queue *q, const struct frame *const *frames,
                       unsigned int count, enum drop_reason *results)
{
    struct sim_device *d = ((struct sim_queue *)q)->device;

    for (unsigned int i = 0; i < count; i++) {
        results[i] = d->is_blocked ? DROP_TX_FULL : DROP_NONE;
        if (!d->is_blocked)
            wire_add(&d->wire, frames[i]);
    }
}

static uint64_t queue_missed(struct port_queue *q)
{
    (void)q;
    return 0;
}

static void queue_close(struct port_queue *q)
{
    free(q);
}

static const struct port_queue_ops queue_ops = {
    .receive = queue_receive,
    .release = queue_release,
    .send = queue_send,
    .missed = queue_missed,
    .close = queue_close,
};

struct port_queue *sim_device_open_queue(struct sim_device *d,
                                         unsigned int worker)
{
    struct sim_queue *q = calloc(1, sizeof(*q));

    if (!q)
        sim_die("out of memory", "");
    q->queue.ops = &queue_ops;
    q->queue.fd = -1;
    q->device = d;
    q->worker = worker;
    return &q->queue;
}

void sim_device_clear(struct sim_device *d)
{
    for (; d->pending_count; d->pending_count--) {
        free(d->pending[d->pending_first].buffer);
        d->pending_first = (d->pending_first + 1) % PENDING_MAX;
    }
    for (size_t i = 0; i < d->wire.count; i++)
        free(d->wire.frames[i].data);
    d->wire.count = 0;
}
