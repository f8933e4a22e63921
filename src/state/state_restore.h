/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts the contents of a state file into the tables of a switch that has no
 * workers yet, as far as it still holds: time has gone on while the switch was
 * away.
 *
 * The bytes may be anything; impossible entries are refused one by one, as if a
 * controller had sent it.
 */
#ifndef STATE_STATE_RESTORE_H
#define STATE_STATE_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/switch.h"
#include "state/state_save.h"

/* The switch as it is now, to compare the file with. */
struct state_target {
    struct of_switch *s;
    bool has_controllers;
    bool gave_normal; /* the fail mode has an entry in the tables */
    /* The name of the port with this number; NULL: there is none. */
    const char *(*port_name)(void *context, uint32_t number);
    void *context;
};

struct state_outcome {
    struct state_counts restored;
    size_t expired; /* while the switch was away */
    size_t refused; /* entries that this switch does not support */
    int64_t away_ms;
    bool stands_alone; /* as the fail mode did */
};

/* NULL, or why nothing of it is used. */
const char *state_restore(const struct state_target *target,
                          const struct state_times *times, const uint8_t *bytes,
                          size_t size, struct state_outcome *outcome);

#endif
