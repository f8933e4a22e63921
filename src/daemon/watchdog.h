/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watches that every worker turns, says where one stands that does not, and
 * tells systemd that all is well unless one hangs.  One that is only kept from
 * its CPU by others would be no better off after a restart.  sd_notify(3),
 * WATCHDOG=1.
 */
#ifndef DAEMON_WATCHDOG_H
#define DAEMON_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/thread_state.h"
#include "datapath/datapath.h"

struct notify;

struct watchdog {
    struct datapath *datapath;
    struct notify *notify;   /* NULL: nobody to tell */
    int64_t notify_every_ms; /* 0: systemd does not ask for it */
    int64_t notified_ms, checked_ms;
    struct watched {
        uint64_t turns;
        bool is_stuck;
        enum thread_trouble trouble; /* if it is */
        int64_t stuck_since_ms;
        struct thread_state thread; /* at the last check */
    } workers[WORKERS_MAX];
};

void watchdog_init(struct watchdog *w, struct datapath *d,
                   struct notify *notify, int64_t now_ms);
/* Call a few times a second. */
void watchdog_tick(struct watchdog *w, int64_t now_ms);

#endif
