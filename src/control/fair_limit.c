/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/fair_limit.h"

#include <stddef.h>

struct fair_limit fair_limit_of(double per_second, double burst)
{
    if (burst < 1)
        burst = 1;
    return (struct fair_limit){
        .per_second = per_second, .burst = burst, .common = burst};
}

/* What is kept for ports that have been quiet. */
static double kept(const struct fair_limit *l)
{
    return l->burst / 2;
}

static void add_common(struct fair_limit *l, double tokens)
{
    double total = l->common;

    for (size_t i = 0; i < FAIR_LIMIT_SHARES; i++)
        total += l->shares[i].tokens;
    if (total + tokens > l->burst)
        tokens = l->burst - total;
    if (tokens > 0)
        l->common += tokens;
}

/* Gives each active share its part; what does not fit is for all. */
static void share_out(struct fair_limit *l, double part)
{
    double room = kept(l) / l->active > 1 ? kept(l) / l->active : 1;

    for (size_t i = 0; i < FAIR_LIMIT_SHARES; i++) {
        struct fair_share *s = &l->shares[i];

        if (!s->is_active)
            continue;
        s->tokens += part;
        if (s->tokens > room) {
            double rest = s->tokens - room;

            s->tokens = room;
            add_common(l, rest);
        }
    }
}

static void forget_quiet(struct fair_limit *l, int64_t now_ms)
{
    for (size_t i = 0; i < FAIR_LIMIT_SHARES; i++) {
        struct fair_share *s = &l->shares[i];

        if (!s->is_active || now_ms - s->used_ms < FAIR_LIMIT_QUIET_MS)
            continue;
        l->active--;
        l->common += s->tokens;
        *s = (struct fair_share){.is_active = false};
    }
}

static void fill(struct fair_limit *l, int64_t now_ms)
{
    double tokens;

    if (now_ms <= l->filled_ms)
        return;
    tokens = l->per_second * (double)(now_ms - l->filled_ms) / 1000;
    if (tokens > l->burst)
        tokens = l->burst;
    l->filled_ms = now_ms;
    forget_quiet(l, now_ms);
    if (!l->active) {
        add_common(l, tokens);
    } else if (l->common < kept(l)) {
        /* What is kept fills up like the share of one port more. */
        double part = tokens / (l->active + 1);

        add_common(l, part);
        share_out(l, part);
    } else {
        share_out(l, tokens / l->active);
    }
}

static void activate(struct fair_limit *l, struct fair_share *s)
{
    l->active++;
    s->is_active = true;
    s->tokens = 0;
    s->credit = l->burst / 8 > 1 ? l->burst / 8 : 1;
}

bool fair_limit_takes(struct fair_limit *l, uint32_t port, int64_t now_ms)
{
    struct fair_share *s = &l->shares[port % FAIR_LIMIT_SHARES];

    if (l->per_second == 0)
        return true;
    fill(l, now_ms);
    if (!s->is_active)
        activate(l, s);
    s->used_ms = now_ms;
    if (s->tokens >= 1) {
        s->tokens -= 1;
        return true;
    }
    if (l->common - 1 >= kept(l)) {
        l->common -= 1;
        return true;
    }
    if (l->common >= 1 && s->credit >= 1) {
        l->common -= 1;
        s->credit -= 1;
        return true;
    }
    return false;
}
