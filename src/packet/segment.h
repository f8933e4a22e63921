/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segmentation in software, for where a super-frame cannot go: a port that does
 * not take the kernel's header, a controller, a capture, or a packet under
 * labels or in a tunnel, which the kernel does not look behind.
 */
#ifndef PACKET_SEGMENT_H
#define PACKET_SEGMENT_H

#include "packet/layers.h"

enum { SEGMENT_COUNT_MAX = 8192 };

struct segmenter {
    const uint8_t *data; /* the super-frame's, borrowed */
    struct layers layers;
    uint32_t payload;     /* offset of what is cut; headers are before it */
    uint32_t header_size; /* of each segment */
    uint32_t next, end;
    uint32_t index;  /* of the next segment */
    uint32_t chunk;  /* of the payload, for each segment */
    uint64_t pseudo; /* what every checksum begins with */
    uint32_t checksum_at;
    uint16_t udp_sum; /* of the datagram that comes apart into fragments */
    uint32_t id;      /* of its fragments, in IPv6 */
    bool has_checksum, is_datagram;
};

/* The size of the largest frame that will come out. */
uint32_t segment_largest(const struct segmenter *s);

/*
 * Takes a super-frame of TCP or UDP over IPv4 or IPv6, as layers.h finds it.
 * False if it is not one or its headers contradict one another; it is to be
 * dropped then.  TCP and UDP come apart into packets, each with headers, sizes,
 * IPv4 identifications and checksums of its own, in tunnels too; of
 * VIRTIO_NET_HDR_GSO_UDP into the fragments of one datagram.
 */
bool segment_begin(struct segmenter *s, const struct frame *f);

/* Writes the next segment, with all its checksums, to 'buffer', which has room
 * for segment_largest; returns its size, or 0 after the last one. */
uint32_t segment_next(struct segmenter *s, uint8_t *buffer);

/*
 * True if the kernel can be left to segment this super-frame: it looks behind
 * VLAN tags only, and refuses a frame whose headers are not those that its
 * vnet header speaks of (Linux, __virtio_net_hdr_to_skb).
 */
bool segment_is_for_kernel(const struct frame *f);

#endif
