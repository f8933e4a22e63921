/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token bucket whose tokens several ports share: a port that storms gets what
 * the others leave, never what is theirs.
 *
 * The rate is split evenly between the ports that are active, and what one of
 * them does not use the others may.  Half of the burst is kept for ports that
 * have been quiet, so that their first frames pass while another one storms.
 * No frame waits: what is above the limit is refused at once, as late
 * packet-ins help nobody.
 */
#ifndef CONTROL_FAIR_LIMIT_H
#define CONTROL_FAIR_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FAIR_LIMIT_SHARES = 64, /* ports with one remainder share a share */
    FAIR_LIMIT_QUIET_MS = 1000,
};

struct fair_limit {
    double per_second; /* 0: no limit */
    double burst;
    double common; /* tokens that are nobody's own */
    int64_t filled_ms;
    unsigned int active;
    struct fair_share {
        bool is_active;
        double tokens;
        double credit; /* tokens it may take of what is kept */
        int64_t used_ms;
    } shares[FAIR_LIMIT_SHARES];
};

struct fair_limit fair_limit_of(double per_second, double burst);

/* Takes a token for a frame of this port if it may have one.  Time that runs
 * backwards adds none. */
bool fair_limit_takes(struct fair_limit *l, uint32_t port, int64_t now_ms);

#endif
