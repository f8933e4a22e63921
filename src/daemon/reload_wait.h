/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that asked for a reload hears of its end when its ports are there:
 * they open and close beside the loop (bridge/port_job.h), after the reload
 * itself.
 */
#ifndef DAEMON_RELOAD_WAIT_H
#define DAEMON_RELOAD_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/* A wait is bounded, for a driver may take its time. */
enum { RELOAD_WAIT_MS = 3000 };

struct reload_wait;

/* All zero: nobody waits. */
struct reload_waits {
    struct reload_wait *first;
};

/* Calls 'done' when the bridge is settled (bridge_is_settled), or the time is
 * up, and after those who came before: now, if that is so already.  Without
 * memory to wait nobody waits. */
void reload_wait_begin(struct reload_waits *w, bool is_settled,
                       void (*done)(void *context), void *context,
                       int64_t now_ms);

/* To be called when jobs have ended, and every BRIDGE_TICK_MS. */
void reload_wait_tick(struct reload_waits *w, bool is_settled, int64_t now_ms);

/* Nobody waits any longer. */
void reload_wait_end(struct reload_waits *w);

#endif
