/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/timer_wheel.h"

#include <assert.h>
#include <string.h>

enum { SLOT_BITS = 6 };

_Static_assert(1 << SLOT_BITS == TIMER_WHEEL_SLOTS, "bits and slots agree");

void timer_wheel_init(struct timer_wheel *w, int64_t now_ms)
{
    memset(w, 0, sizeof(*w));
    w->start_ms = now_ms;
}

static void link_in(struct wheel_timer **slot, struct wheel_timer *t)
{
    assert(!t->link);
    t->next = *slot;
    t->link = slot;
    if (*slot)
        (*slot)->link = &t->next;
    *slot = t;
}

/* The level is that of the highest digit in which 't' and now differ. */
static void place(struct timer_wheel *w, struct wheel_timer *t)
{
    unsigned int level = 0;
    uint32_t differs = t->tick ^ w->tick;

    assert(t->tick >= w->tick);
    while (level + 1 < TIMER_WHEEL_LEVELS &&
           differs >> (SLOT_BITS * (level + 1)))
        level++;
    link_in(&w->slots[level]
                     [t->tick >> (SLOT_BITS * level) & (TIMER_WHEEL_SLOTS - 1)],
            t);
}

void timer_wheel_set(struct timer_wheel *w, struct wheel_timer *t,
                     int64_t deadline_ms)
{
    const int64_t farthest =
        ((int64_t)1 << (SLOT_BITS * TIMER_WHEEL_LEVELS)) - TIMER_WHEEL_SLOTS;
    int64_t tick = (deadline_ms - w->start_ms + TIMER_WHEEL_TICK_MS - 1) /
                   TIMER_WHEEL_TICK_MS;

    assert(!t->link);
    if (tick <= w->tick)
        tick = (int64_t)w->tick + 1;
    if (tick - w->tick > farthest)
        tick = w->tick + farthest;
    t->tick = (uint32_t)tick;
    place(w, t);
}

void timer_wheel_clear(struct wheel_timer *t)
{
    if (!t->link)
        return;
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    t->next = NULL;
    t->link = NULL;
}

/* Deals the timers of a higher level's slot out to the lower levels. */
static void deal_out(struct timer_wheel *w, unsigned int level)
{
    struct wheel_timer **slot =
        &w->slots[level]
                 [w->tick >> (SLOT_BITS * level) & (TIMER_WHEEL_SLOTS - 1)];

    while (*slot) {
        struct wheel_timer *t = *slot;

        timer_wheel_clear(t);
        place(w, t);
    }
}

static void step(struct timer_wheel *w)
{
    assert(w->tick < UINT32_MAX);
    w->tick++;
    for (unsigned int level = TIMER_WHEEL_LEVELS - 1; level > 0; level--)
        if ((w->tick & ((1u << (SLOT_BITS * level)) - 1)) == 0)
            deal_out(w, level);
}

struct wheel_timer *timer_wheel_next(struct timer_wheel *w, int64_t now_ms)
{
    int64_t now = (now_ms - w->start_ms) / TIMER_WHEEL_TICK_MS;

    for (;;) {
        struct wheel_timer *t = w->slots[0][w->tick & (TIMER_WHEEL_SLOTS - 1)];

        if (t && t->tick == w->tick) {
            timer_wheel_clear(t);
            return t;
        }
        if (w->tick >= now)
            return NULL;
        step(w);
    }
}
