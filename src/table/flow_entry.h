/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow entry.  Workers find it through its table's classifier and read it
 * under RCU, so nothing that they read ever changes, but for 'modified_ms': to
 * modify an entry is to put another one, with the same counter, in its place.
 */
#ifndef TABLE_FLOW_ENTRY_H
#define TABLE_FLOW_ENTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/retire.h"
#include "base/timer_wheel.h"
#include "flow/action.h"
#include "flow/flow_mod.h"
#include "flow/match.h"

struct counters;
struct subtable;

enum {
    RANK_EXACT = 0x10000,  /* OpenFlow 1.0: no wildcards beats every priority */
    RANK_HIDDEN = 0x20000, /* the switch's own beat all that it was told */
};

struct flow_entry {
    /* A chain of the subtable's hash, the highest rank first; which of the two
     * links is in use changes each time the hash grows. */
    struct flow_entry *_Atomic next[2];
    const struct subtable *subtable; /* has the mask of the match */
    uint32_t rank;                   /* the priority that lookups go by */
    uint32_t counter;                /* in the tables' counters */
    struct flow_instructions instructions;
    uint16_t priority; /* as it was sent */
    uint16_t idle_timeout_s, hard_timeout_s;
    uint16_t importance;
    uint16_t flags; /* enum flow_mod_flags */
    uint8_t table;
    uint64_t cookie; /* host order */
    /* placed: created or modified, or of a restored one its last use */
    int64_t created_ms, placed_ms;
    /* The same, or when it was learned again; hard timeouts count from here.
     * Workers read it while the main thread sets it. */
    _Atomic int64_t modified_ms;
    /* What the counter showed when the entry's own count began. */
    uint64_t packets_before, bytes_before;
    union {
        struct wheel_timer timer;
        struct {
            struct retired place;
            struct counters *counters; /* NULL: another has its counter */
        } retired;                     /* of one that is out of the tables */
    };
    uint64_t words[]; /* the words of the key that the mask has bits in */
};

static inline struct flow_entry *flow_entry_of_timer(struct wheel_timer *timer)
{
    return (struct flow_entry *)(void *)((char *)timer -
                                         offsetof(struct flow_entry, timer));
}

/* The rank of an entry with these enum flow_mod_flags; 0 is that of LAST. */
static inline uint32_t flow_entry_rank_of(uint16_t priority, uint16_t flags)
{
    if (flags & FLOW_MOD_LAST)
        return 0;
    return 1u + priority + (flags & FLOW_MOD_EXACT ? (uint32_t)RANK_EXACT : 0) +
           (flags & FLOW_MOD_HIDDEN ? (uint32_t)RANK_HIDDEN : 0);
}

/* That of the entry that a mod speaks of. */
static inline uint32_t flow_entry_rank(const struct flow_mod *mod)
{
    return flow_entry_rank_of(mod->priority, mod->flags);
}

/* For one that is out of the tables.  Its counter goes back to 'counters',
 * NULL: not at all, when no worker counts in it any more.  Its timer must have
 * been cleared. */
void flow_entry_retire(struct flow_entry *e, struct counters *counters);

/* How much an entry has been used. */
struct flow_usage {
    uint64_t packets, bytes;
    int64_t used_ms; /* last hit, or when it was made or modified */
};

/* What it has counted, in these counters. */
struct flow_usage flow_entry_usage(const struct flow_entry *e,
                                   const struct counters *counters);

/* True if some action of the entry sends to this group. */
bool flow_entry_uses_group(const struct flow_entry *e, uint32_t group);

/* Whether what a mod says beside table, match and priority chooses the entry.
 */
bool flow_entry_passes(const struct flow_entry *e, const struct flow_mod *mod);

#endif
