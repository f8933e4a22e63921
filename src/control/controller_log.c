/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/controller_log.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"

static void write_line(bool is_said, const char *name,
                       const struct controller_news *n, unsigned int repeats,
                       int64_t now_ms)
{
    int64_t retry_ms = n->retry_at_ms > now_ms ? n->retry_at_ms - now_ms : 0;

    if (n->version)
        log_event(is_said ? LOG_INFO : LOG_DEBUG, "controller.state",
                  "controller=%s from=%s to=%s version=%s repeats=%u", name,
                  n->from, n->to, n->version, repeats);
    else
        log_event(!is_said     ? LOG_DEBUG
                  : n->is_loss ? LOG_WARNING
                               : LOG_INFO,
                  "controller.state",
                  "controller=%s from=%s to=%s error=%s retry_ms=%lld "
                  "repeats=%u",
                  name, n->from, n->to, n->error, (long long)retry_ms, repeats);
}

static void say(struct controller_log *l, const char *name, int64_t now_ms)
{
    write_line(true, name, &l->latest, l->repeats, now_ms);
    l->said = l->latest;
    l->repeats = 0;
    l->is_pending = false;
}

static bool is_same(const struct controller_news *a,
                    const struct controller_news *b)
{
    return a->to && !strcmp(a->to, b->to) && !strcmp(a->error, b->error) &&
           !a->version == !b->version &&
           (!a->version || !strcmp(a->version, b->version));
}

void controller_log_init(struct controller_log *l)
{
    *l = (struct controller_log){
        .limit = rate_limit_of(1000.0 / CONTROLLER_LOG_EVERY_MS,
                               CONTROLLER_LOG_BURST),
    };
}

void controller_log_note(struct controller_log *l, const char *name,
                         const struct controller_news *news, int64_t now_ms)
{
    assert(news->from && news->to);
    l->latest = *news;
    l->is_pending = !is_same(&l->said, news);
    if (l->is_pending && rate_limit_takes(&l->limit, now_ms)) {
        say(l, name, now_ms);
        return;
    }
    l->repeats++;
    write_line(false, name, news, l->repeats, now_ms);
}

void controller_log_tick(struct controller_log *l, const char *name,
                         int64_t now_ms)
{
    /* A logged change is not one that was left out. */
    if (!l->is_pending || !rate_limit_takes(&l->limit, now_ms))
        return;
    assert(l->repeats > 0);
    l->repeats--;
    say(l, name, now_ms);
}
