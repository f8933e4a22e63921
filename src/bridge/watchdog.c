#include "bridge/watchdog.h"

#include <errno.h>

#include "base/log.h"
#include "bridge/notify.h"

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

/* A worker was woken at the last check: it must have turned since. */
static void check(struct watchdog *w)
{
    for (unsigned int i = 0; i < datapath_workers(w->datapath); i++) {
        uint64_t turns = datapath_turns(w->datapath, i);
        bool is_stuck = turns == w->turns[i];

        if (is_stuck && !w->is_stuck[i])
            log_error("worker.stuck", "worker=%u for_ms=%u", i, CHECK_EVERY_MS);
        if (!is_stuck && w->is_stuck[i])
            log_info("worker.recovered", "worker=%u", i);
        w->is_stuck[i] = is_stuck;
        w->turns[i] = turns;
    }
    datapath_prod(w->datapath);
}

static bool is_well(const struct watchdog *w)
{
    for (unsigned int i = 0; i < WORKERS_MAX; i++)
        if (w->is_stuck[i])
            return false;
    return true;
}

void watchdog_tick(struct watchdog *w, int64_t now_ms)
{
    if (now_ms - w->checked_ms >= CHECK_EVERY_MS) {
        w->checked_ms = now_ms;
        check(w);
    }
    if (w->notify_every_ms && now_ms - w->notified_ms >= w->notify_every_ms &&
        is_well(w) && notify_watchdog(w->notify) != -EAGAIN)
        w->notified_ms = now_ms;
    notify_tick(w->notify);
}
