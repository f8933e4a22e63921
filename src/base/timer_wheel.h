/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many timeouts at little cost each: a hierarchical timing wheel.
 *
 * Deadlines are rounded up to ticks of TIMER_WHEEL_TICK_MS; setting and
 * clearing one costs the same with ten or with a million others.
 */
#ifndef BASE_TIMER_WHEEL_H
#define BASE_TIMER_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TIMER_WHEEL_TICK_MS = 50,
    TIMER_WHEEL_LEVELS = 4,
    TIMER_WHEEL_SLOTS = 64,
};

/* Part of what times out; all zero when it is not set. */
struct wheel_timer {
    struct wheel_timer *next, **link;
    uint32_t tick;
};

struct timer_wheel {
    uint32_t tick; /* all up to this one have been run */
    int64_t start_ms;
    struct wheel_timer *slots[TIMER_WHEEL_LEVELS][TIMER_WHEEL_SLOTS];
};

void timer_wheel_init(struct timer_wheel *w, int64_t now_ms);

/* Sets 't', which is not set, to run at 'deadline_ms' or up to a tick later.
 * The latest is some 9 days ahead; a later one runs then. */
void timer_wheel_set(struct timer_wheel *w, struct wheel_timer *t,
                     int64_t deadline_ms);
void timer_wheel_clear(struct wheel_timer *t);

static inline bool wheel_timer_is_set(const struct wheel_timer *t)
{
    return t->link;
}

/* Takes out one timer whose time has come, or returns NULL when there is no
 * more up to 'now_ms'.  Call until NULL, or come back soon. */
struct wheel_timer *timer_wheel_next(struct timer_wheel *w, int64_t now_ms);

#endif
