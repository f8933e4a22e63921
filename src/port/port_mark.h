/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tells one switch that another one has an interface: a multicast address
 * that the packet sockets of a port join and that nobody sends to.  The kernel
 * lists it for whoever is in the namespace (sock_diag), only who may open
 * packet sockets there can join it, and it goes with the process, however that
 * ends.
 *
 * packet(7), PACKET_ADD_MEMBERSHIP; linux/packet_diag.h.
 */
#ifndef PORT_PORT_MARK_H
#define PORT_PORT_MARK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { PORT_MARK_SIZE = 6 };

/* 'owner' tells switches apart. */
static inline void port_mark_write(uint32_t owner, uint8_t mark[PORT_MARK_SIZE])
{
    mark[0] = 0x03; /* multicast, locally administered */
    mark[1] = 'f';
    memcpy(mark + 2, &owner, sizeof(owner));
}

static inline bool port_mark_read(const uint8_t mark[PORT_MARK_SIZE],
                                  uint32_t *owner)
{
    memcpy(owner, mark + 2, sizeof(*owner));
    return mark[0] == 0x03 && mark[1] == 'f';
}

#endif
