/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/reload_wait.h"

#include <stdlib.h>

struct reload_wait {
    struct reload_wait *next;
    int64_t until_ms;
    void (*done)(void *context);
    void *context;
};

void reload_wait_begin(struct reload_waits *w, bool is_settled,
                       void (*done)(void *context), void *context,
                       int64_t now_ms)
{
    struct reload_wait **at = &w->first;
    struct reload_wait *wait =
        is_settled && !w->first ? NULL : malloc(sizeof(*wait));

    if (!wait) {
        reload_wait_end(w);
        done(context);
        return;
    }
    *wait = (struct reload_wait){
        .until_ms = now_ms + RELOAD_WAIT_MS,
        .done = done,
        .context = context,
    };
    while (*at)
        at = &(*at)->next;
    *at = wait;
}

/* Ends those whose time is up at 'now_ms', which are the first. */
static void end_until(struct reload_waits *w, int64_t now_ms)
{
    while (w->first && w->first->until_ms <= now_ms) {
        struct reload_wait *wait = w->first;

        w->first = wait->next;
        wait->done(wait->context);
        free(wait);
    }
}

void reload_wait_tick(struct reload_waits *w, bool is_settled, int64_t now_ms)
{
    end_until(w, is_settled ? INT64_MAX : now_ms);
}

void reload_wait_end(struct reload_waits *w)
{
    end_until(w, INT64_MAX);
}
