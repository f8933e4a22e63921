/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TAP devices that this process holds itself (LOCAL, internal), whose queues
 * are the device's own files.  Those of guests are guest_tap.h's.
 *
 * Linux Documentation/networking/tuntap.rst; multi-queue, IFF_VNET_HDR.
 */
#ifndef PORT_TAP_H
#define PORT_TAP_H

#include <stdbool.h>
#include <sys/types.h>

#include "port/queue.h"

/*
 * /dev/net/tun files kept from the time when the process was still allowed to
 * open it; when it no longer is, making a TAP takes one, and so does each queue
 * of tap_open, on any thread.  The files of a queue that died come back when it
 * is closed, by which time no epoll may have them any more.  Main thread only,
 * while no other takes any.  Returns how many are there now, or -errno and
 * those that are there stay.
 */
int tap_stock_fill(unsigned int count);
void tap_stock_empty(void);

/*
 * Opens 'count' queues of the TAP 'name', which is made and goes with the
 * last of them.  Returns 0, or -errno and nothing is open.  -EBUSY: somebody
 * else holds it; -EEXIST: it is there and is no TAP or was made persistent by
 * somebody else with another layout.
 */
int tap_open(const char *name, unsigned int count, struct port_queue **queues);

#endif
