/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/reload_wait.h"

#include <stdlib.h>

struct reload_wait {
    struct reload_wait *next;
    int64_t until_ms;
    void (*done)(void *context);
    void *context;
};

void reload_wait_begin(struct reload_waits *w, const struct bridge *b,
                       void (*done)(void *context), void *context,
                       int64_t now_ms)
{
    struct reload_wait *wait =
        bridge_is_settled(b) ? NULL : malloc(sizeof(*wait));

    if (!wait) {
        done(context);
        return;
    }
    *wait = (struct reload_wait){
        .next = w->first,
        .until_ms = now_ms + RELOAD_WAIT_MS,
        .done = done,
        .context = context,
    };
    w->first = wait;
}

/* Ends those whose time is up at 'now_ms'. */
static void end_until(struct reload_waits *w, int64_t now_ms)
{
    struct reload_wait **at = &w->first;

    while (*at) {
        struct reload_wait *wait = *at;

        if (wait->until_ms > now_ms) {
            at = &wait->next;
            continue;
        }
        *at = wait->next;
        wait->done(wait->context);
        free(wait);
    }
}

void reload_wait_tick(struct reload_waits *w, const struct bridge *b,
                      int64_t now_ms)
{
    if (w->first)
        end_until(w, bridge_is_settled(b) ? INT64_MAX : now_ms);
}

void reload_wait_end(struct reload_waits *w)
{
    end_until(w, INT64_MAX);
}
