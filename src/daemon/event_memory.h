/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for libev, which aborts the process when it gets none and knows no
 * other way to go on.
 *
 * A reserve is kept for it: when memory has run out it gets that, the log says
 * so, and the switch goes on with the memory it has.  Only if that does not do
 * either, or a call of libev's own fails that never should, the process ends
 * with one line in the log and exit status 1; its resources of the host go with
 * it.
 *
 * Main thread only, which alone has a loop.
 */
#ifndef DAEMON_EVENT_MEMORY_H
#define DAEMON_EVENT_MEMORY_H

#include <stdbool.h>

/* Before there is a loop.  One for the process, as libev's functions for
 * memory are.  False if there is no memory for the reserve. */
bool event_memory_watch(void);

/* Gets a new reserve if the old one is gone; to be called now and then. */
void event_memory_refill(void);

/* After the last loop has gone. */
void event_memory_end(void);

#endif
