/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the headers of a parsed frame stand. */
#ifndef PACKET_HEADER_H
#define PACKET_HEADER_H

#include "packet/frame.h"

bool header_is_tagged(const struct frame *f);

/* The offset of the Ethertype that eth_type speaks of: behind a VLAN tag, and
 * SNAP's if there is one. */
uint32_t header_ethertype_at(const struct frame *f);

/* The offset of the outermost MPLS label or of the PBB tag, or FRAME_NO_OFFSET.
 */
uint32_t header_mpls_at(const struct frame *f);
uint32_t header_pbb_at(const struct frame *f);

/* Of the header at l3: 4, 6, or 0 if it is neither. */
unsigned int header_ip_version(const struct frame *f);

/* The frame must have an IP header at l3: the protocol over it, behind
 * extension headers, and the offset of the first byte behind the packet. */
uint8_t header_ip_proto(const struct frame *f);
uint32_t header_ip_end(const struct frame *f);

/* The DSCP of the IP header that ip_dscp speaks of; 0 if there is none. */
uint8_t header_ip_dscp(const struct frame *f);

/* Finds l3 and l4 again. */
void header_locate(struct frame *f);

#endif
