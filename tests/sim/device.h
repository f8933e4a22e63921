/* SPDX-License-Identifier: BSD-2-Clause */
/* An interface of the simulated machine: the frames that wait at it, the queues
 * that take them, and the wire that has what left by it. */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include "tests/sim/sim.h"

enum { PENDING_MAX = 4096 };

/* A frame on its way in. */
struct pending {
    uint8_t *buffer; /* FRAME_HEADROOM before the data and after it */
    uint32_t size;
    struct virtio_net_hdr vnet;
};

struct sim_device {
    struct link link;
    bool is_there, is_blocked, fails_to_open;
    bool is_announced; /* the bridge has been told of its last change */
    unsigned int opened;
    unsigned int receiver; /* the worker that its frames go to */
    struct port_queue *queues[WORKERS_MAX];
    size_t pending_first, pending_count;
    struct pending pending[PENDING_MAX];
    struct sim_wire wire;
};

/* Ends the test. */
_Noreturn void sim_die(const char *what, const char *more);

/* A queue of the device; to be closed. */
struct port_queue *sim_device_open_queue(struct sim_device *d,
                                         unsigned int worker);
/* Frees the frames that wait and those that have left. */
void sim_device_clear(struct sim_device *d);

#endif
