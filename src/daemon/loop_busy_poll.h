/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeps a main loop awake for some microseconds after it had something to do,
 * where its sleeps were short lately: a client that waits for each answer
 * before its next request is answered without waking up.
 */
#ifndef DAEMON_LOOP_BUSY_POLL_H
#define DAEMON_LOOP_BUSY_POLL_H

#include <ev.h>
#include <stdint.h>

#include "base/short_yield.h"

/* The time that a program needs between an answer and its next request, and to
 * wake up for it. */
enum { LOOP_BUSY_POLL_MAX_US = 100 };

struct loop_busy_poll {
    ev_prepare before; /* the loop sleeps */
    ev_check after;
    ev_idle awake; /* while it is active the loop does not sleep */
    unsigned int poll_us;
    int64_t asleep_us; /* since when */
    int64_t until_us;  /* it looks again */
    struct short_yield yield;
};

void loop_busy_poll_start(struct loop_busy_poll *v, struct ev_loop *loop);

#endif
