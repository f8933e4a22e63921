/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Follows the kernel's network interfaces as they come, change and go.
 *
 * rtnetlink(7), RFC 2863 for link states.  Main thread only.
 */
#ifndef PORT_LINK_MONITOR_H
#define PORT_LINK_MONITOR_H

#include "port/link.h"

struct link_monitor;

/*
 * Told of every interface at the start and of every change: 'is_gone' when it
 * was deleted (or renamed: then the old name is gone and the new one comes).
 */
typedef void link_changed_fn(void *context, const struct link *link,
                             bool is_gone);

/* Returns 0, or -errno and '*m' is NULL.  link_monitor_fd is to be polled. */
int link_monitor_open(struct link_monitor **m, link_changed_fn *changed,
                      void *context);
int link_monitor_fd(const struct link_monitor *m);
/* Reads what has arrived; an overrun of the socket asks for all interfaces
 * again.  Returns 0 or -errno. */
int link_monitor_read(struct link_monitor *m);
/* Asks the kernel for all interfaces again and reports them (also those that
 * are gone since). */
int link_monitor_refresh(struct link_monitor *m);
/* How many changes of links and of IP addresses have been read. */
uint64_t link_monitor_changes(const struct link_monitor *m);
void link_monitor_close(struct link_monitor *m);

/* Looks one up by any of its names in the monitor's own list; NULL if it is not
 * there.  Borrowed until the next read. */
const struct link *link_monitor_find(const struct link_monitor *m,
                                     const char *name);
/* Asks the kernel for the interface of that name and reports what is new of it:
 * an alternative name that an interface gets while it is down is not told of.
 * Returns 0 or -errno; -ENODEV, there is none. */
int link_monitor_ask(struct link_monitor *m, const char *name);

#endif
