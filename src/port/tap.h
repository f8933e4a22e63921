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
 * Opens 'count' queues of the TAP 'name', which is made and goes with the
 * last of them.  Returns 0, or -errno and nothing is open.  -EBUSY: somebody
 * else holds it; -EEXIST: it is there and is no TAP or was made persistent by
 * somebody else with another layout.
 */
int tap_open(const char *name, unsigned int count, struct port_queue **queues);

#endif
