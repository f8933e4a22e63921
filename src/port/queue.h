/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One worker's way in and out of one port.
 *
 * A port has as many queues as there are workers.  The main thread opens and
 * closes them; in between only their worker uses them.  The kinds are
 * packet_ring.c (AF_PACKET), tap.c (a TAP's own file) and, in the simulation,
 * fake ports.
 */
#ifndef PORT_QUEUE_H
#define PORT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/drop.h"
#include "packet/frame.h"

enum { QUEUE_BATCH = 64 }; /* frames a turn */

struct port_queue;

struct port_queue_ops {
    /*
     * Fills 'frames' with up to 'max' frames that have arrived and returns how
     * many; they are borrowed until 'release'.
     */
    unsigned int (*receive)(struct port_queue *q, struct frame *frames,
                            unsigned int max);
    /* Gives all that 'receive' lent back to the kernel. */
    void (*release)(struct port_queue *q);
    /*
     * Sends 'count' frames in order.  results[i] says of each whether it was
     * taken (DROP_NONE) or why not; one that fails does not stop the others.
     */
    void (*send)(struct port_queue *q, const struct frame *const *frames,
                 unsigned int count, enum drop_reason *results);
    /* Frames that the kernel had to drop before we saw them, since opened. */
    uint64_t (*missed)(struct port_queue *q);
    /*
     * Whether the kernel has dropped all that came since the last time this was
     * asked, though there was room: it will go on so until the queue is opened
     * again.  Main thread; NULL where that does not happen.
     */
    bool (*has_stalled)(struct port_queue *q);
    /* Closes and frees; no worker may be using it any more. */
    void (*close)(struct port_queue *q);
};

/* The first member of every kind. */
struct port_queue {
    const struct port_queue_ops *ops;
    int fd;       /* to poll for reading; -1: always look */
    bool is_dead; /* set by the worker: the device went away under it */
    /* Another one to poll, for what comes seldom; 0: there is none.  The worker
     * says when there is something, and 'receive' when there is no more. */
    int seldom_fd;
    bool has_seldom;
};

#endif
