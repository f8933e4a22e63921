/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Super-frames that a packet ring cannot take in, because their kind has no
 * word in the header that goes with a frame: a guest's UDP datagrams that are
 * to come apart into fragments (UFO of virtio).  A socket beside the ring takes
 * them.
 *
 * The ring must not even see one: the kernel drops it, but keeps the slot that
 * it was to be in, and from then on drops every frame that comes (Linux 5.6 to
 * at least 6.18, tpacket_rcv).
 */
#ifndef PORT_REFUSED_H
#define PORT_REFUSED_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/frame.h"

/*
 * Keeps datagrams of UDP that are larger than the MTU away from the packet
 * socket 'fd': what comes in by one interface cannot be so large if it is not
 * a super-frame.  Returns 0 or -errno.
 */
int refused_keep_away(int fd, uint32_t mtu);

/* Opens a socket that gets those and nothing else.  Returns it or -errno. */
int refused_open(int ifindex, uint32_t mtu);

/*
 * Reads the next one: data has room for 'room' bytes.  One of fragments to come
 * has them as large as 'mtu' lets them be.  Returns false if there is none.
 */
bool refused_receive(int fd, uint32_t mtu, uint8_t *data, uint32_t room,
                     struct frame *f);

#endif
