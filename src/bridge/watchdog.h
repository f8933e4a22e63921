/*
 * Watches that every worker turns, and tells systemd that all is well only as
 * long as they do.  sd_notify(3), WATCHDOG=1.
 */
#ifndef BRIDGE_WATCHDOG_H
#define BRIDGE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include "datapath/datapath.h"

struct notify;

struct watchdog {
    struct datapath *datapath;
    struct notify *notify;   /* NULL: nobody to tell */
    int64_t notify_every_ms; /* 0: systemd does not ask for it */
    int64_t notified_ms, checked_ms;
    uint64_t turns[WORKERS_MAX];
    bool is_stuck[WORKERS_MAX];
};

void watchdog_init(struct watchdog *w, struct datapath *d,
                   struct notify *notify, int64_t now_ms);
/* Call a few times a second. */
void watchdog_tick(struct watchdog *w, int64_t now_ms);

#endif
