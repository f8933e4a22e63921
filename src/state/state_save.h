/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of the switch as the bytes of a state file: all that controllers
 * and people have put into the tables, and all that was learned.  Hidden
 * entries, those of the file of flows and the fail mode's own are made again at
 * every start, so they are not part of it.
 */
#ifndef STATE_STATE_SAVE_H
#define STATE_STATE_SAVE_H

#include "bridge/bridge.h"
#include "openflow/of.h"

struct state_times {
    int64_t now_ms;  /* of the clock that the tables go by */
    int64_t wall_ms; /* since 1970 */
};

struct state_counts {
    size_t flows, groups, meters, macs;
    size_t left_out; /* flows and groups that cannot be said */
};

/* Appends a whole file.  The buffer is bad if memory has run out. */
struct state_counts state_save(const struct bridge *b,
                               const struct state_times *times,
                               struct of_buffer *to);

#endif
