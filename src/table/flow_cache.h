/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One worker's memory of verdicts, with no allocation after the start.
 *
 * A verdict is kept for the bits of the key that it was made from, and holds
 * for every frame that is the same in these: where all is left to NORMAL, one
 * for each port serves all flows.  There is a look for each set of such bits
 * ("mask"), so they are few; what was made from yet another one is kept for all
 * bits of its key.
 *
 * Its worker alone uses it.
 */
#ifndef TABLE_FLOW_CACHE_H
#define TABLE_FLOW_CACHE_H

#include <stddef.h>

#include "flow/key.h"
#include "table/verdict.h"

struct flow_cache;

/* 'entries' is a power of two, at least 2.  NULL if out of memory. */
struct flow_cache *flow_cache_create(size_t entries);
void flow_cache_free(struct flow_cache *c);

/* Begins a turn: forgets all that is from another version of the tables. */
void flow_cache_begin(struct flow_cache *c, uint32_t version);
/* The same for the version alone, in the midst of a turn. */
void flow_cache_follow(struct flow_cache *c, uint32_t version);

/* Of the keys below, all KEY_FRAME_WORDS words of a frame count. */

/* Gets where the key may be found on its way from memory.  What it returns is
 * for flow_cache_find, in the same turn, which may be told 0 as well. */
uint64_t flow_cache_prefetch(const struct flow_cache *c,
                             const struct flow_key *key);

/* What is kept for the key, or NULL; it stays until flow_cache_place or
 * flow_cache_begin. */
const struct verdict *flow_cache_find(struct flow_cache *c,
                                      const struct flow_key *key,
                                      uint64_t hash);

/* What is kept for all frames that come from the port, if there is nothing kept
 * that depends on more than that; or NULL. */
const struct verdict *flow_cache_find_port(struct flow_cache *c,
                                           uint32_t in_port);

/* A place to write a verdict to that was made from the bits 'consulted' of the
 * key; what was there is gone. */
struct verdict *flow_cache_place(struct flow_cache *c,
                                 const struct flow_key *key,
                                 const struct flow_key *consulted);

#endif
