/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/flow_expiry.h"

#include "base/thread_role.h"

static int64_t hard_end_of(const struct flow_entry *e)
{
    return e->modified_ms + (int64_t)e->hard_timeout_s * 1000;
}

/* When the entry is to be looked at next. */
static int64_t deadline_of(const struct flow_entry *e,
                           const struct counters *counters)
{
    int64_t hard = hard_end_of(e);
    int64_t idle = 0;

    if (e->idle_timeout_s)
        idle = flow_entry_usage(e, counters).used_ms +
               (int64_t)e->idle_timeout_s * 1000;
    if (!e->hard_timeout_s)
        return idle;
    return !idle || hard < idle ? hard : idle;
}

void flow_expiry_set(struct timer_wheel *wheel, struct flow_entry *e,
                     const struct counters *counters)
{
    assert_main_thread();
    if (e->idle_timeout_s || e->hard_timeout_s)
        timer_wheel_set(wheel, &e->timer, deadline_of(e, counters));
}

struct flow_entry *flow_expiry_next(struct timer_wheel *wheel,
                                    const struct counters *counters,
                                    int64_t now_ms)
{
    struct wheel_timer *timer;

    while ((timer = timer_wheel_next(wheel, now_ms))) {
        struct flow_entry *e = flow_entry_of_timer(timer);

        if (deadline_of(e, counters) <= now_ms)
            return e;
        flow_expiry_set(wheel, e, counters);
    }
    return NULL;
}

bool flow_expiry_is_hard(const struct flow_entry *e, int64_t now_ms)
{
    return e->hard_timeout_s && hard_end_of(e) <= now_ms;
}
