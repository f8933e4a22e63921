/* SPDX-License-Identifier: BSD-2-Clause */
/* A port's queue that keeps what is sent, and refuses what it is told to. */
#ifndef TESTS_FAKE_QUEUE_H
#define TESTS_FAKE_QUEUE_H

#include <string.h>

#include "port/queue.h"

enum { FAKE_SENT_MAX = 512, FAKE_SIZE_MAX = 256 };

struct fake_queue {
    struct port_queue queue;
    unsigned int batches; /* calls of send */
    unsigned int count;   /* frames that were offered, refused ones too */
    int refused;          /* the place of the one to refuse; -1: none */
    enum drop_reason refused_supers; /* of all super-frames; DROP_NONE: none */
    struct fake_sent {
        uint32_t size;
        uint8_t data[FAKE_SIZE_MAX];
    } sent[FAKE_SENT_MAX];
};

static inline void fake_queue_send(struct port_queue *queue,
                                   const struct frame *const *frames,
                                   unsigned int count,
                                   enum drop_reason *results)
{
    struct fake_queue *q = (struct fake_queue *)queue;

    q->batches++;
    for (unsigned int i = 0; i < count; i++) {
        struct fake_sent *s = &q->sent[q->count % FAKE_SENT_MAX];

        results[i] = (int)q->count == q->refused ? DROP_TX_FULL
                     : frame_is_super(frames[i]) ? q->refused_supers
                                                 : DROP_NONE;
        s->size = frames[i]->size;
        memcpy(s->data, frames[i]->data,
               s->size < FAKE_SIZE_MAX ? s->size : FAKE_SIZE_MAX);
        q->count++;
    }
}

static inline void fake_queue_init(struct fake_queue *q)
{
    static const struct port_queue_ops ops = {.send = fake_queue_send};

    memset(q, 0, sizeof(*q));
    q->queue.ops = &ops;
    q->queue.fd = -1;
    q->refused = -1;
}

#endif
