/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/watchdog.h"

#include <errno.h>

#include "base/log.h"
#include "daemon/notify.h"

enum { CHECK_EVERY_MS = 2000 };

void watchdog_init(struct watchdog *w, struct datapath *d,
                   struct notify *notify, int64_t now_ms)
{
    *w = (struct watchdog){
        .datapath = d,
        .notify = notify,
        .notify_every_ms =
            notify ? (int64_t)(notify_watchdog_us(notify) / 2000) : 0,
        .notified_ms = now_ms,
        .checked_ms = now_ms,
    };
}

static const char *const hints[] = {
    [THREAD_STARVED] = "other processes use the CPU; give the switch a higher "
                       "CPUWeight=, a lower nice value, or CPUs of its own",
    [THREAD_LOOPING] = "it runs without end, a fault of the switch; please "
                       "report it with the log",
    [THREAD_BLOCKED] =
        "a system call does not return; wchan names the kernel's "
        "function",
};

static void say_stuck(unsigned int index, const struct watched *v,
                      const struct thread_state *now, int64_t for_ms)
{
    bool is_starved = v->trouble == THREAD_STARVED;

    log_event(
        is_starved ? LOG_WARNING : LOG_ERROR, "worker.stuck",
        "worker=%u for_ms=%lld cause=%s state=%c cpu=%d wchan=%s "
        "ran_ms=%lld waited_ms=%lld hint=%s",
        index, (long long)for_ms, thread_trouble_name(v->trouble), now->state,
        now->cpu, now->wchan, (long long)(now->ran_ms - v->thread.ran_ms),
        (long long)(now->waited_ms - v->thread.waited_ms), hints[v->trouble]);
}

/* A worker was woken at the last check: it must have turned since. */
static void check(struct watchdog *w, unsigned int index, int64_t now_ms)
{
    struct watched *v = &w->workers[index];
    uint64_t turns = datapath_turns(w->datapath, index);
    bool is_stuck = turns == v->turns;
    struct thread_state now;

    thread_state_read(datapath_thread(w->datapath, index), &now);
    if (is_stuck && !v->is_stuck) {
        v->stuck_since_ms = w->checked_ms;
        v->trouble = thread_state_trouble(&v->thread, &now);
        say_stuck(index, v, &now, now_ms - w->checked_ms);
    }
    if (!is_stuck && v->is_stuck)
        log_info("worker.recovered", "worker=%u for_ms=%lld", index,
                 (long long)(now_ms - v->stuck_since_ms));
    v->is_stuck = is_stuck;
    v->turns = turns;
    v->thread = now;
}

static void check_all(struct watchdog *w, int64_t now_ms)
{
    for (unsigned int i = 0; i < datapath_workers(w->datapath); i++)
        check(w, i, now_ms);
    w->checked_ms = now_ms;
    datapath_prod(w->datapath);
}

static bool is_well(const struct watchdog *w)
{
    for (unsigned int i = 0; i < WORKERS_MAX; i++)
        if (w->workers[i].is_stuck && w->workers[i].trouble != THREAD_STARVED)
            return false;
    return true;
}

void watchdog_tick(struct watchdog *w, int64_t now_ms)
{
    if (now_ms - w->checked_ms >= CHECK_EVERY_MS)
        check_all(w, now_ms);
    if (w->notify_every_ms && now_ms - w->notified_ms >= w->notify_every_ms &&
        is_well(w) && notify_watchdog(w->notify) != -EAGAIN)
        w->notified_ms = now_ms;
    notify_tick(w->notify);
}
