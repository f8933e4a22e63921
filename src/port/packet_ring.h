/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue on a NIC or on a TAP that somebody else holds: an AF_PACKET socket
 * with a receive ring (PACKET_MMAP, TPACKET_V2) that carries vnet headers.
 *
 * Sets: PACKET_VNET_HDR, PACKET_COPY_THRESH (frames larger than a slot are
 * fetched whole), PACKET_RESERVE (headroom), PACKET_IGNORE_OUTGOING,
 * PACKET_FANOUT by hash where there are several workers,
 * and promiscuous mode, which ends with the socket.  A VLAN tag that the kernel
 * took out is back in the frame when receive returns it.
 *
 * packet(7), Documentation/networking/packet_mmap.rst.
 */
#ifndef PORT_PACKET_RING_H
#define PORT_PACKET_RING_H

#include "port/queue.h"

enum {
    PACKET_RING_SLOT = 2048, /* an Ethernet frame of MTU 1500 and what surrounds
                              * it; a larger one waits beside the ring */
};

struct packet_ring_options {
    int ifindex;
    unsigned int slots;  /* of PACKET_RING_SLOT bytes each */
    unsigned int queues; /* workers; 1: no fanout */
    int fanout_id;       /* of the port's first queue; -1: this is the first */
    int detour_fd;       /* detour.h's, borrowed; -1: there is none */
    uint32_t guest_mtu;  /* of a TAP; 0: it is no TAP.  See refused.h. */
    uint32_t owner;      /* for others to see, port_mark.h; 0: nothing */
    int filter_fd;       /* a program that is asked first; -1: none */
    uint64_t *done;      /* counts what 'release' has given back; or NULL */
};

/* Returns 0, or -errno and '*queue' is NULL. */
int packet_ring_open(const struct packet_ring_options *o,
                     struct port_queue **queue);

/* The fanout group that the kernel gave the first queue; for the others. */
int packet_ring_fanout_id(const struct port_queue *queue);

#endif
