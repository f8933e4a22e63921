/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ports as workers see them: logical ports, each with the link by which its
 * frames come and go.  Each is an immutable value that the main thread replaces
 * as a whole under RCU; its link's counters and queues go on from one value to
 * the next.
 */
#ifndef DATAPATH_PORTS_H
#define DATAPATH_PORTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "flow/drop.h"
#include "flow/port_no.h"
#include "flow/vlan.h"
#include "port/queue.h"

enum {
    PORTS_MAX = 256,
    WORKERS_MAX = 4,
    CACHE_LINE = 64,
};

/* One owner's counts of one port: a worker's, or the kernel's, which the main
 * thread writes down.  Each writes only its own. */
struct port_counters {
    _Atomic uint64_t rx_frames, rx_bytes, tx_frames, tx_bytes;
    /* What became of the frames that were received here. */
    _Atomic uint64_t forwarded, consumed;
    /* Of those, with an address of the host's own as their source. */
    _Atomic uint64_t rx_own_address;
    _Atomic uint64_t drops[DROP_REASON_COUNT];
    /* Copies that could not be sent here, whatever became of the frame. */
    _Atomic uint64_t tx_drops[DROP_REASON_COUNT];
} __attribute__((aligned(CACHE_LINE)));

static inline void count(_Atomic uint64_t *counter, uint64_t more)
{
    uint64_t now = atomic_load_explicit(counter, memory_order_relaxed);

    atomic_store_explicit(counter, now + more, memory_order_relaxed);
}

/* The way in and out of a port: a device and what it counts.  What is added
 * here is to be compared in link_is_equal. */
struct port_link {
    bool is_up;               /* open, administratively up, with a carrier */
    bool kernel_takes;        /* its frames may be left to the kernel, */
    bool kernel_sends;        /* ... which may send to it, */
    bool kernel_goes_to_peer; /* ... to the other end of the veth at once */
    int ifindex;              /* for the kernel's part */
    uint32_t mtu;
    struct port_queue *queues[WORKERS_MAX]; /* NULL: the device is away */
    struct port_counters *counters;         /* one a worker */
};

/* A logical port: what flow entries, VLANs and controllers know, whatever its
 * link is at the moment.  What is added here is to be compared in
 * ports_are_equal. */
struct datapath_port {
    uint16_t index;
    bool has_no_recv, has_no_fwd, has_no_flood, has_no_packet_in;
    uint32_t number; /* OpenFlow's; PORT_NO_LOCAL for LOCAL */
    struct port_link link;
    /* The address that the host has there, in the port's VLANs, as mac_number;
     * 0: it is no port of the host's. */
    uint64_t own_address;
    struct vlan_membership vlan;
};

/* Part of the datapath; all zero at the start. */
struct ports {
    _Atomic uint32_t end; /* no index from here on is in use */
    struct datapath_port *_Atomic by_index[PORTS_MAX];
    /* Index + 1 by OpenFlow number; 0: none. */
    _Atomic uint16_t by_number[OFPORT_MAX + 1];
    _Atomic uint16_t local;
    _Atomic uint64_t own[PORTS_MAX / 64]; /* bit: it has an own_address */
};

static inline const struct datapath_port *ports_at(const struct ports *p,
                                                   unsigned int index)
{
    return atomic_load_explicit(&p->by_index[index], memory_order_acquire);
}

/* By OpenFlow number; NULL if there is none. */
const struct datapath_port *ports_find(const struct ports *p, uint32_t number);

/* Whether workers would see no difference. */
bool ports_are_equal(const struct datapath_port *a,
                     const struct datapath_port *b);

/* Main thread: publishes a copy of 'port' under its index, in place of what was
 * there, which is retired.  Returns 0 or -ENOMEM. */
int ports_set(struct ports *p, const struct datapath_port *port);
/* Main thread: takes a port out and retires it. */
void ports_remove(struct ports *p, unsigned int index);
/* Frees all; no worker may be left. */
void ports_clear(struct ports *p);

#endif
