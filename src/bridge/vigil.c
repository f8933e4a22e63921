#include "bridge/vigil.h"

#include "base/clock.h"
#include "base/patience.h"

static void on_before(struct ev_loop *loop, ev_prepare *before, int events)
{
    struct vigil *v = before->data;

    (void)loop;
    (void)events;
    v->asleep_us = clock_monotonic_us();
}

/* Runs before what the loop has found, its own event among them. */
static void on_after(struct ev_loop *loop, ev_check *after, int events)
{
    struct vigil *v = after->data;
    int64_t now_us;

    (void)events;
    if (ev_pending_count(loop) == (unsigned int)ev_is_pending(&v->awake))
        return;
    now_us = clock_monotonic_us();
    if (!ev_is_active(&v->awake))
        v->patience_us =
            patience_after(v->patience_us, now_us - v->asleep_us, VIGIL_MAX_US);
    v->until_us = now_us + v->patience_us;
    if (v->patience_us)
        ev_idle_start(loop, &v->awake);
}

/* Runs when there was nothing else. */
static void on_awake(struct ev_loop *loop, ev_idle *awake, int events)
{
    struct vigil *v = awake->data;

    (void)events;
    if (clock_monotonic_us() >= v->until_us)
        ev_idle_stop(loop, awake);
}

void vigil_start(struct vigil *v, struct ev_loop *loop)
{
    ev_prepare_init(&v->before, on_before);
    ev_check_init(&v->after, on_after);
    ev_idle_init(&v->awake, on_awake);
    v->before.data = v->after.data = v->awake.data = v;
    v->patience_us = 0;
    ev_set_priority(&v->after, EV_MAXPRI);
    ev_prepare_start(loop, &v->before);
    ev_check_start(loop, &v->after);
}
