/*
 * Queues on their way out, closed all at once: whoever closes a packet socket
 * or a TAP waits until no CPU can be using it any more, some hundredths of a
 * second each, and threads wait side by side.
 */
#ifndef BRIDGE_CLOSING_H
#define BRIDGE_CLOSING_H

#include <stddef.h>

#include "port/queue.h"

/* Start from zero, end with closing_finish. */
struct closing {
    struct port_queue **queues; /* 'count' */
    size_t count, room;
};

/* Takes the queue over; no worker may be left once closing_finish is called.
 * Out of memory: it is closed at once. */
void closing_add(struct closing *c, struct port_queue *q);

/* Closes them all, and calls 'also' beside, on whatever thread. */
void closing_finish(struct closing *c, void (*also)(void *context),
                    void *context);

#endif
