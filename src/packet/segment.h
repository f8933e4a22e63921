/*
 * Segmentation in software, for where a super-frame cannot go: a port that does
 * not take the kernel's header, a controller, a capture, or a packet under
 * labels that the kernel does not look behind.
 */
#ifndef PACKET_SEGMENT_H
#define PACKET_SEGMENT_H

#include "packet/frame.h"

enum { SEGMENT_COUNT_MAX = 8192 };

struct segmenter {
    const uint8_t *data; /* the super-frame's, borrowed */
    uint32_t l3, l4;
    uint32_t payload; /* offset of it, which is the size of all headers */
    uint32_t next, end;
    uint32_t index;  /* of the next segment */
    uint64_t pseudo; /* what every checksum begins with */
    uint32_t checksum_at;
    uint16_t segment_size;
    uint8_t proto;
    bool has_checksum, has_route;
};

/*
 * Takes a super-frame of TCP or UDP over IPv4 or IPv6, behind any VLAN tags,
 * MPLS labels and PBB tags.  False if it is not one or its headers contradict
 * one another; it is to be dropped then.
 */
bool segment_begin(struct segmenter *s, const struct frame *f);

/* The size of the largest frame that will come out. */
uint32_t segment_largest(const struct segmenter *s);

/* Writes the next segment, with all its checksums, to 'buffer', which has room
 * for segment_largest; returns its size, or 0 after the last one. */
uint32_t segment_next(struct segmenter *s, uint8_t *buffer);

/*
 * True if the kernel can be left to segment this super-frame: it looks behind
 * VLAN tags only, and refuses a frame whose headers are not those that its
 * gso_type speaks of.
 */
bool segment_is_for_kernel(const struct frame *f);

#endif
