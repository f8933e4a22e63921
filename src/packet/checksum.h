/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The internet checksum (RFC 1071), kept right by what changed (RFC 1624), and
 * SCTP's CRC32C (RFC 9260 B).
 *
 * Sums and 16-bit values here are as they stand in memory: the internet
 * checksum does not mind in which byte order it is reckoned, so nothing is ever
 * swapped.
 */
#ifndef PACKET_CHECKSUM_H
#define PACKET_CHECKSUM_H

#include <stddef.h>

#include "packet/frame.h"

/* Adds the bytes, the first of which stands at an even place, to a running sum
 * that began with 0. */
uint64_t checksum_add(uint64_t sum, const void *bytes, size_t size);

/* The sum of TCP's or UDP's pseudo-header, over 'ip' of version 4 or 6. */
uint64_t checksum_pseudo(const uint8_t *ip, uint8_t proto, uint32_t size);

/* The 16 bits of a running sum; their complement is what headers hold. */
uint16_t checksum_fold(uint64_t sum);

static inline uint16_t checksum_finish(uint64_t sum)
{
    return (uint16_t)~checksum_fold(sum);
}

/* What the checksum becomes when bytes that it covers change.  'is_odd': the
 * first of them stands at an odd place. */
uint16_t checksum_replace(uint16_t checksum, const void *old, const void *fresh,
                          size_t size, bool is_odd);

/* The checksum of an SCTP packet (SCTP_SIZE bytes or more), its own field taken
 * as zero. */
uint32_t checksum_sctp(const uint8_t *packet, size_t size);

/*
 * True if the checksum that the frame's sender left undone is SCTP's.  The
 * header that goes with a frame can only speak of internet checksums, so such a
 * frame must be completed before it leaves by any port.
 */
bool checksum_is_sctp(const struct frame *f);

/*
 * Reckons the checksum that the sender left undone, if it did, into the frame,
 * and the frame no longer asks for it.  False if the frame lies about where it
 * is; then nothing has changed.  A super-frame is summed as one packet, which
 * suits none but a reader of the whole: segment it first.
 */
bool checksum_complete(struct frame *f);

#endif
