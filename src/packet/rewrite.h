/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing bytes of a parsed frame so that its checksums stay as right, or as
 * wrong, as they were.
 */
#ifndef PACKET_REWRITE_H
#define PACKET_REWRITE_H

#include "packet/frame.h"

/* Which checksums cover the bytes. */
enum rewrite_sums {
    SUM_NONE = 0,
    SUM_IP = 1,     /* the header checksum of the IPv4 header at l3 */
    SUM_L4 = 2,     /* what is over IP: they stand behind l4 */
    SUM_PSEUDO = 4, /* the same, by way of the pseudo-header */
};

/*
 * Puts 'size' bytes at offset 'at'.  'sums' are those that cover them.  A frame
 * whose checksum is not there yet has the pseudo-header's sum in its place:
 * then that is kept right.  A UDP checksum of 0 stays 0.
 *
 * SCTP in a first fragment is the exception: what its CRC becomes depends on
 * how much there is in the other fragments, so it is changed as if there were
 * none, as in Open vSwitch, and who puts them together will find it wrong.
 */
void rewrite(struct frame *f, uint32_t at, const uint8_t *fresh, uint32_t size,
             unsigned int sums);

#endif
