/* SPDX-License-Identifier: BSD-2-Clause */
/* A token bucket. */
#ifndef BASE_RATE_LIMIT_H
#define BASE_RATE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct rate_limit {
    double per_second; /* 0: no limit */
    double burst;
    double tokens;
    int64_t filled_ms;
};

static inline struct rate_limit rate_limit_of(double per_second, double burst)
{
    return (struct rate_limit){
        .per_second = per_second, .burst = burst, .tokens = burst};
}

/* Takes one token if there is one.  Time that runs backwards adds none. */
static inline bool rate_limit_takes(struct rate_limit *r, int64_t now_ms)
{
    if (r->per_second == 0)
        return true;
    if (now_ms > r->filled_ms) {
        r->tokens += r->per_second * (double)(now_ms - r->filled_ms) / 1000;
        if (r->tokens > r->burst)
            r->tokens = r->burst;
        r->filled_ms = now_ms;
    }
    if (r->tokens < 1)
        return false;
    r->tokens -= 1;
    return true;
}

#endif
