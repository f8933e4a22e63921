/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells the service manager how the switch is: systemd's notification protocol,
 * sd_notify(3) and sd_watchdog_enabled(3), without libsystemd.
 *
 * Started by anybody else, all of it does nothing and succeeds.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdint.h>

struct notify;

/* Takes the address from $NOTIFY_SOCKET and the interval from $WATCHDOG_USEC.
 * Returns 0, or -errno and '*n' is NULL: the address is none, or no memory. */
int notify_open(struct notify **n);
void notify_close(struct notify *n);

/* Each returns 0 or -errno and never waits.  A message that a manager does not
 * take (-EAGAIN) is sent later by notify_tick, but for the watchdog's sign,
 * which the caller may repeat.  'status' is one line for "systemctl status".
 * After notify_reloading, ready or stopping must come. */
int notify_ready(struct notify *n, const char *status);
int notify_reloading(struct notify *n);
int notify_stopping(struct notify *n);
int notify_status(struct notify *n, const char *status);
int notify_watchdog(struct notify *n);
/* Call a few times a second. */
void notify_tick(struct notify *n);

/* notify_watchdog must be called more often than this, in microseconds, half of
 * it is advised; 0: nobody waits for it. */
uint64_t notify_watchdog_us(const struct notify *n);

#endif
