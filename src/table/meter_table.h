/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Meters: how fast the frames that are sent through them may come.
 *
 * The main thread makes and deletes them; all workers pass frames through the
 * same meter, each with one compare-and-swap a band (the generic cell rate
 * algorithm), so a meter holds however flows are spread.
 *
 * OpenFlow 1.3.5 5.7; ITU-T I.371 for the algorithm.
 */
#ifndef TABLE_METER_TABLE_H
#define TABLE_METER_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/error.h"
#include "flow/meter_desc.h"

enum { METER_TABLE_LIMIT = 65536 };

struct meter;
struct meter_table;

struct meter_table *meter_table_create(void);
void meter_table_free(struct meter_table *t);

/* Deleting flow entries that use a deleted meter is the caller's. */
enum flow_error meter_table_apply(struct meter_table *t,
                                  const struct meter_mod *mod, int64_t now_ms);
/* Carries an ADD out for a meter that was there before, with its counts
 * (band_count of 'was' is the mod's) since 'created_ms'. */
enum flow_error meter_table_restore(struct meter_table *t,
                                    const struct meter_mod *mod,
                                    const struct meter_stats *was,
                                    int64_t created_ms);
size_t meter_table_flush(struct meter_table *t);

/* Workers: by id, or NULL. */
struct meter *meter_table_find(const struct meter_table *t, uint32_t id);

enum meter_outcome { METER_PASS, METER_DROP, METER_REMARK };

/* Workers: passes a frame of so many bytes through.  METER_REMARK: raise the
 * drop precedence of its DSCP by '*levels'. */
enum meter_outcome meter_pass(struct meter *m, uint32_t bytes, int64_t now_us,
                              uint8_t *levels);

/* Main thread: each meter in the order of ids; 'visit' changes nothing.  False:
 * there is no memory to put them in order, and none was visited. */
bool meter_table_each(const struct meter_table *t,
                      void (*visit)(void *context, const struct meter *m),
                      void *context);
/* What it was made of (command METER_ADD) and what it has counted; flow_count
 * is the caller's to fill in. */
void meter_describe(const struct meter *m, struct meter_mod *mod);
void meter_count(const struct meter *m, int64_t now_ms,
                 struct meter_stats *stats);
size_t meter_table_count(const struct meter_table *t);

#endif
