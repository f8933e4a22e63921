/* SPDX-License-Identifier: BSD-2-Clause */
/* From a frame to its key. */
#ifndef PACKET_PARSE_H
#define PACKET_PARSE_H

#include "flow/key.h"
#include "packet/frame.h"

/*
 * Reads the frame (at least FRAME_HEADER_SIZE bytes) into the words of 'key'
 * that speak of frames, and sets the frame's l3 and l4.  Returns how many words
 * were written: KEY_PLAIN_WORDS, and then the others up to KEY_FRAME_WORDS
 * would all be zero and have not been touched, or KEY_FRAME_WORDS.  'in_port'
 * is in network order.
 *
 * A header that is cut short or makes no sense ends the parsing: its fields and
 * those behind it are zero, what came before stays.  One VLAN tag is parsed;
 * for a second one eth_type is that tag's TPID.  IPv6 extension headers are
 * walked (at most 16).  Fragments but the first have no L4.
 */
unsigned int frame_parse(struct frame *f, uint32_t in_port,
                         struct flow_key *key);

#endif
