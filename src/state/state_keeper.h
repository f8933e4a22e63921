/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeps the state of the switch in the file that [daemon] state-file names: it
 * is read when the switch starts, and written some time after the start, again
 * and again from then on, and at the end.
 *
 * While frames flow a thread of its own writes, so that the main thread waits
 * for no disk.  Main thread only.
 */
#ifndef STATE_STATE_KEEPER_H
#define STATE_STATE_KEEPER_H

#include "bridge/bridge.h"

struct state_keeper;

/* 'wall_ms' tells the time since 1970, 'uid' the user that may own the file
 * beside root and us.  NULL if out of memory. */
struct state_keeper *state_keeper_create(int64_t (*wall_ms)(void), uid_t uid);
/* Waits for a write in progress. */
void state_keeper_free(struct state_keeper *k);

/* At the start, before there are workers and before the file of flows is
 * loaded: puts the kept state into the tables of 'b'. */
void state_keeper_restore(struct state_keeper *k, const struct bridge *b,
                          int64_t now_ms);

/* Writes when it is time, to the file that the configuration names now; one
 * that it does not name any more is removed. */
void state_keeper_tick(struct state_keeper *k, const struct bridge *b,
                       int64_t now_ms);
/* Writes now, and returns when it is on the disk. */
void state_keeper_save(struct state_keeper *k, const struct bridge *b,
                       int64_t now_ms);

#endif
