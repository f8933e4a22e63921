/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/token_buckets.h"

#include <assert.h>
#include <stddef.h>

struct token_buckets token_buckets_of(double per_second, double burst)
{
    assert(per_second >= 0);
    if (burst < 1)
        burst = 1;
    return (struct token_buckets){
        .per_second = per_second, .burst = burst, .common = burst};
}

/* The reserve for ports that have been quiet. */
static double reserve(const struct token_buckets *t)
{
    return t->burst / 2;
}

static void add_common(struct token_buckets *t, double tokens)
{
    double total = t->common;

    for (size_t i = 0; i < TOKEN_BUCKETS_MAX; i++)
        total += t->buckets[i].tokens;
    if (total + tokens > t->burst)
        tokens = t->burst - total;
    if (tokens > 0)
        t->common += tokens;
}

/* Gives each active bucket its part; the rest is common. */
static void share_out(struct token_buckets *t, double part)
{
    double room = reserve(t) / t->active > 1 ? reserve(t) / t->active : 1;

    for (size_t i = 0; i < TOKEN_BUCKETS_MAX; i++) {
        struct token_bucket *b = &t->buckets[i];

        if (!b->is_active)
            continue;
        b->tokens += part;
        if (b->tokens > room) {
            double rest = b->tokens - room;

            b->tokens = room;
            add_common(t, rest);
        }
    }
}

static void forget_quiet(struct token_buckets *t, int64_t now_ms)
{
    for (size_t i = 0; i < TOKEN_BUCKETS_MAX; i++) {
        struct token_bucket *b = &t->buckets[i];

        if (!b->is_active || now_ms - b->used_ms < TOKEN_BUCKETS_QUIET_MS)
            continue;
        assert(t->active > 0);
        t->active--;
        t->common += b->tokens;
        *b = (struct token_bucket){.is_active = false};
    }
}

static void fill(struct token_buckets *t, int64_t now_ms)
{
    double tokens;

    if (now_ms <= t->filled_ms)
        return;
    tokens = t->per_second * (double)(now_ms - t->filled_ms) / 1000;
    if (tokens > t->burst)
        tokens = t->burst;
    t->filled_ms = now_ms;
    forget_quiet(t, now_ms);
    if (!t->active) {
        add_common(t, tokens);
    } else if (t->common < reserve(t)) {
        /* The reserve fills up like the bucket of one more port. */
        double part = tokens / (t->active + 1);

        add_common(t, part);
        share_out(t, part);
    } else {
        share_out(t, tokens / t->active);
    }
}

static void activate(struct token_buckets *t, struct token_bucket *b)
{
    assert(t->active < TOKEN_BUCKETS_MAX && !b->is_active);
    t->active++;
    b->is_active = true;
    b->tokens = 0;
    b->credit = t->burst / 8 > 1 ? t->burst / 8 : 1;
}

bool token_buckets_takes(struct token_buckets *t, uint32_t port, int64_t now_ms)
{
    struct token_bucket *b = &t->buckets[port % TOKEN_BUCKETS_MAX];

    if (t->per_second == 0)
        return true;
    fill(t, now_ms);
    if (!b->is_active)
        activate(t, b);
    b->used_ms = now_ms;
    if (b->tokens >= 1) {
        b->tokens -= 1;
        return true;
    }
    if (t->common - 1 >= reserve(t)) {
        t->common -= 1;
        return true;
    }
    if (t->common >= 1 && b->credit >= 1) {
        t->common -= 1;
        b->credit -= 1;
        return true;
    }
    return false;
}
