/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the device of a TAP is that this process holds: it goes on working when
 * somebody moves it to another network namespace, though the kernel tells of it
 * here as of one that was deleted.
 *
 * What it is called there, its state, and changes to it: link.h, 'netns'.
 */
#ifndef PORT_TAP_PLACE_H
#define PORT_TAP_PLACE_H

#include "port/link.h"
#include "port/queue.h"

/*
 * Looks at the device behind a queue of tap_open, wherever it is by now.
 * Returns 0, or -errno: -ENODEV, it was deleted.  A kernel before 5.8 cannot
 * say where it is (-EINVAL).
 */
int tap_place_look(const struct port_queue *queue, struct link *link);

#endif
