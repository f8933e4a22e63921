/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines that wait to be written: the newest of each event and subject, so
 * that the last word about a port is never lost in a flood about it.  The
 * subject is the first field of a line, "port=em1".
 *
 * Keeps lines; when they may go is log.c's affair.  Called under log.c's
 * lock.
 */
#ifndef BASE_LOG_HOLD_H
#define BASE_LOG_HOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log_line.h"

enum { LOG_HOLD_MAX = 512 }; /* lines */

struct held_line {
    struct held_line *next;
    void *event; /* whose it is; only compared */
    bool is_json;
    bool is_cut;
    size_t subject_start, subject_end, size;
    char text[]; /* 'size' bytes, without the line's end */
};

struct log_hold {
    struct held_line *first;
    size_t count;
};

enum log_hold_result {
    LOG_HELD,     /* it waits */
    LOG_REPLACED, /* it waits in the place of an older one, which is gone */
    LOG_REFUSED,  /* there is no room */
};

/* Keeps a copy of 'line', which has not been ended. */
enum log_hold_result log_hold_put(struct log_hold *h, void *event,
                                  const struct log_line *line);

/* Takes out and frees the line that '*at' points to; '*at' is then the next. */
void log_hold_remove(struct log_hold *h, struct held_line **at);

/* Writes a held line into 'to', to be added to and ended. */
void log_hold_copy(const struct held_line *h, struct log_line *to);

#endif
