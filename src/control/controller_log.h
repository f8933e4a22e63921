/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines about a connection to a controller: each change once, a state that
 * lasts not again, and a state that flaps a few times a minute, with the number
 * of changes that were left out.  The last line is true within
 * CONTROLLER_LOG_EVERY_MS.
 */
#ifndef CONTROL_CONTROLLER_LOG_H
#define CONTROL_CONTROLLER_LOG_H

#include <stdbool.h>

#include "base/rate_limit.h"
#include "control/stream.h"

enum {
    CONTROLLER_LOG_BURST = 6, /* lines */
    CONTROLLER_LOG_EVERY_MS = 30000,
};

/* A state that lasts: away, with the reason, or ready. */
struct controller_news {
    bool is_loss; /* of a connection that worked */
    const char *from, *to;
    const char *version;           /* when it is ready; else NULL */
    char error[STREAM_ERROR_SIZE]; /* when it is away; else empty */
    int64_t retry_at_ms;
};

struct controller_log {
    struct controller_news said, latest;
    unsigned int repeats; /* changes since 'said' that were not said */
    bool is_pending;      /* 'latest' is to be said */
    struct rate_limit limit;
};

void controller_log_init(struct controller_log *l);

/* Logs the change now, later, or not at all if it is the last logged state. */
void controller_log_note(struct controller_log *l, const char *name,
                         const struct controller_news *news, int64_t now_ms);
/* Logs a change that was delayed; call several times a second. */
void controller_log_tick(struct controller_log *l, const char *name,
                         int64_t now_ms);

#endif
