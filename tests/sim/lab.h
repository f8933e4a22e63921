/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bridge whose workers are real threads, over devices that make their frames
 * themselves: lab_feed says that some have come, a worker's epoll wakes, and it
 * finds IPv4 UDP frames of LAB_FLOWS source ports, half of them in VLAN 10.
 *
 * What a queue counts is the worker's alone until the queue is closed: under
 * ThreadSanitizer, reading it then proves that the worker had let go of it.
 */
#ifndef SIM_LAB_H
#define SIM_LAB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bridge/bridge.h"

enum {
    LAB_WORKERS = 3,
    LAB_DEVICES = 6, /* p0 to p5 */
    LAB_FLOWS = 40,
    LAB_FRAME_SIZE = 64,
};

struct lab_queue;

/* What has gone through a device. */
struct lab_counts {
    uint64_t received, sent, refused;
};

struct lab_device {
    struct link link;
    unsigned int number;
    bool is_there;
    /* Of the queues and 'closed': helper threads open and close them. */
    pthread_mutex_t lock;
    struct lab_queue *queues[LAB_WORKERS];
    struct lab_counts closed; /* by queues that are closed */
};

struct lab {
    struct bridge *bridge;
    struct job_pool *jobs;
    struct datapath *datapath;
    _Atomic unsigned int wakes; /* by workers, for their news */
    uint32_t random;
    int next_ifindex;
    struct lab_device devices[LAB_DEVICES];
};

/* A number below 'below', from l->random. */
uint32_t lab_draw(struct lab *l, uint32_t below);

/* Starts a bridge with that configuration, takes it over, and its workers;
 * links are up. */
void lab_open(struct lab *l, struct config *config);
/* Ends the workers; from here on all counts stay. */
void lab_stop(struct lab *l);
void lab_close(struct lab *l);

/* A device shows itself as it is in its 'link', or goes. */
void lab_announce(struct lab *l, struct lab_device *d, bool is_gone);

/* A few frames arrive at every queue that does not have too many. */
void lab_feed(struct lab *l);
/* True if no frames wait. */
bool lab_is_empty(struct lab *l);

/* Once it is stopped: what a device, or each of them, has carried. */
struct lab_counts lab_count(const struct lab_device *d);

#endif
