/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BIG TCP: super-frames that are larger than an IP header can say, which Linux
 * makes where gso_max_size or gro_max_size is above 65536.  Nothing but Linux
 * itself knows them, so each is cut, as it is received, into super-frames that
 * are like any other.
 *
 * IPv4 has a total length of 0 then, and the packet ends with the frame; IPv6
 * has a payload length of 0 and a jumbo payload option of RFC 2675 first of
 * all.
 */
#ifndef PACKET_BIG_TCP_H
#define PACKET_BIG_TCP_H

#include "packet/frame.h"

struct big_tcp {
    uint32_t header_size; /* as it is in the frame */
    uint32_t l3, l4;
    uint32_t size;  /* of the frame */
    uint32_t chunk; /* of the payload, that each part has at most */
    uint32_t part_count;
};

/*
 * Looks at the first bytes of a frame of 'size' bytes, which f->data and
 * f->size give.  Returns false if it is like any other, or nothing can be made
 * of it.  Parts have chunk bytes of payload each but the last one.
 */
bool big_tcp_look(struct big_tcp *b, const struct frame *f, uint32_t size);

/* Part 'index' has the headers of the whole and its piece of the payload at
 * f->data, and the vnet header of the whole: makes a super-frame of it. */
void big_tcp_finish(const struct big_tcp *b, struct frame *f, uint32_t index);

#endif
