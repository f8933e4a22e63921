/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/loop_busy_poll.h"

#include "base/busy_poll.h"
#include "base/clock.h"

static void on_before(struct ev_loop *loop, ev_prepare *before, int events)
{
    struct loop_busy_poll *v = before->data;

    (void)loop;
    (void)events;
    v->asleep_us = clock_monotonic_us();
}

/* Runs before the events that the loop has found, its own among them. */
static void on_after(struct ev_loop *loop, ev_check *after, int events)
{
    struct loop_busy_poll *v = after->data;
    int64_t now_us;

    (void)events;
    if (ev_pending_count(loop) == (unsigned int)ev_is_pending(&v->awake))
        return;
    now_us = clock_monotonic_us();
    if (!ev_is_active(&v->awake))
        v->poll_us = busy_poll_after(v->poll_us, now_us - v->asleep_us,
                                     LOOP_BUSY_POLL_MAX_US);
    v->until_us = now_us + v->poll_us;
    if (v->poll_us)
        ev_idle_start(loop, &v->awake);
}

/* Runs when there was nothing else. */
static void on_awake(struct ev_loop *loop, ev_idle *awake, int events)
{
    struct loop_busy_poll *v = awake->data;

    (void)events;
    if (clock_monotonic_us() >= v->until_us)
        ev_idle_stop(loop, awake);
    else
        short_yield(&v->yield);
}

void loop_busy_poll_start(struct loop_busy_poll *v, struct ev_loop *loop)
{
    ev_prepare_init(&v->before, on_before);
    ev_check_init(&v->after, on_after);
    ev_idle_init(&v->awake, on_awake);
    v->before.data = v->after.data = v->awake.data = v;
    v->poll_us = 0;
    v->yield = (struct short_yield){0};
    ev_set_priority(&v->after, EV_MAXPRI);
    ev_prepare_start(loop, &v->before);
    ev_check_start(loop, &v->after);
}
