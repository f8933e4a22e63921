/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token bucket for each port under one rate for all of them: a port with a
 * storm gets the tokens that the others leave, never theirs.
 *
 * The rate is split evenly between the active ports, and tokens that one does
 * not use go to the others.  Half of the burst is reserved for ports that have
 * been quiet, so that their first frames pass during another port's storm.  No
 * frame waits: above the limit it is refused at once, for a late packet-in is
 * useless.
 */
#ifndef CONTROL_TOKEN_BUCKETS_H
#define CONTROL_TOKEN_BUCKETS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TOKEN_BUCKETS_MAX = 64, /* ports with the same remainder share one */
    TOKEN_BUCKETS_QUIET_MS = 1000,
};

struct token_buckets {
    double per_second; /* 0: no limit */
    double burst;
    double common; /* tokens outside of the buckets */
    int64_t filled_ms;
    unsigned int active;
    struct token_bucket {
        bool is_active;
        double tokens;
        double credit; /* tokens it may take of the reserve */
        int64_t used_ms;
    } buckets[TOKEN_BUCKETS_MAX];
};

struct token_buckets token_buckets_of(double per_second, double burst);

/* Takes a token for a frame of this port if it may have one.  Time that runs
 * backwards adds none. */
bool token_buckets_takes(struct token_buckets *t, uint32_t port,
                         int64_t now_ms);

#endif
