/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flow tables, 0 to FLOW_TABLES - 1: what a flow-mod does to them, what
 * workers find in them, and how entries expire.
 *
 * The main thread is the only writer.  Each change bumps 'version', by which
 * workers know that what they kept of older tables must be made again.
 *
 * OpenFlow 1.0 4.6, 1.3.5 6.4 and 6.5.
 */
#ifndef TABLE_FLOW_TABLE_H
#define TABLE_FLOW_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "flow/flow_mod.h"
#include "table/classifier.h"
#include "table/counters.h"

enum {
    FLOW_TABLES = 255,
    FLOW_TABLE_LIMIT = 1 << 20, /* entries a table, unless told otherwise */
};

enum flow_removed_reason {
    REMOVED_IDLE_TIMEOUT,
    REMOVED_HARD_TIMEOUT,
    REMOVED_DELETE,
    REMOVED_GROUP_DELETE,
    REMOVED_METER_DELETE,
    REMOVED_EVICTION,
};

struct flow_tables;
struct learn_tallies; /* table/learn_tally.h */

/* Told of each entry that goes, before it goes, and what time it is. */
typedef void flow_removed_fn(void *context, const struct flow_entry *e,
                             const struct flow_usage *stats,
                             enum flow_removed_reason reason, int64_t now_ms);

/* Whether an entry uses what 'id' names. */
typedef bool flow_entry_test(const struct flow_entry *e, uint32_t id);

struct flow_tables *flow_tables_create(unsigned int workers, int64_t now_ms);
/* There must be no workers any more. */
void flow_tables_free(struct flow_tables *t);
void flow_tables_on_removed(struct flow_tables *t, flow_removed_fn *removed,
                            void *context);

/*
 * Carries out a flow-mod, all of it or nothing.  'mod' is only read: what it
 * owns is copied.  FLOW_OK, or why not (BAD_TABLE, OVERLAP, TABLE_FULL,
 * OUT_OF_MEMORY ...).  Checks of actions against ports and groups are the
 * caller's.  A mod with FLOW_MOD_HIDDEN makes, changes and deletes hidden
 * entries and no others; nobody is told when these go.
 */
enum flow_error flow_tables_apply(struct flow_tables *t,
                                  const struct flow_mod *mod, int64_t now_ms);

/* Workers: the best entry of a table, or NULL for a miss; adds the bits of the
 * key that were looked at to 'consulted'. */
const struct flow_entry *flow_tables_search(const struct flow_tables *t,
                                            uint8_t table,
                                            const struct flow_key *key,
                                            struct flow_key *consulted);

static inline const struct flow_entry *
flow_tables_find(const struct flow_tables *t, uint8_t table,
                 const struct flow_key *key)
{
    struct flow_key ignored = {.metadata = 0};

    return flow_tables_search(t, table, key, &ignored);
}

/* Workers: changes with every change to the tables, and only then: what workers
 * have kept of older tables is of no use to them.  Another part of the switch
 * that verdicts depend on (ports, groups) bumps it when it has changed. */
uint32_t flow_tables_version(const struct flow_tables *t);
void flow_tables_bump(struct flow_tables *t);
/* Somebody who counts for entries, or decides by them, in a place of his own.
 */
struct flow_tables_follower {
    void (*version)(void *context, uint32_t version); /* there is a new one */
    void (*settle)(void *context); /* counters are to be final now */
    void *context;
};
/* NULL: nobody.  Borrowed. */
void flow_tables_set_follower(struct flow_tables *t,
                              const struct flow_tables_follower *f);
/* Before a counter goes; for those of entries it is called here. */
void flow_tables_settle(struct flow_tables *t);

/* Changes with those changes by which an entry may go or do something else, but
 * for timeouts and for what is learned (FLOW_MOD_LEARNED). */
uint32_t flow_tables_epoch(const struct flow_tables *t);

/* Workers: the entry of exactly this match and priority, or NULL. */
struct flow_entry *flow_tables_find_exact(const struct flow_tables *t,
                                          uint8_t table,
                                          const struct flow_match *match,
                                          uint16_t priority);

struct counters *flow_tables_counters(const struct flow_tables *t);

/* Takes out entries whose time is up, at most 'max'; returns how many. */
size_t flow_tables_expire(struct flow_tables *t, int64_t now_ms, size_t max);

/* Takes out the entries that 'test' finds, but for hidden ones. */
void flow_tables_remove_if(struct flow_tables *t, flow_entry_test *test,
                           uint32_t id, enum flow_removed_reason reason,
                           int64_t now_ms);

/* Takes out all entries but hidden ones and those that are kept ('keeps' NULL:
 * none); returns how many. */
typedef bool flow_entry_keep(void *context, const struct flow_entry *e);
size_t flow_tables_flush(struct flow_tables *t, flow_entry_keep *keeps,
                         void *context, int64_t now_ms);

/*
 * Calls 'visit' for the entries that a mod of command DELETE (or
 * DELETE_STRICT) with these filters would take out: with FLOW_MOD_HIDDEN the
 * hidden ones, without it the others.
 */
void flow_tables_each(struct flow_tables *t, const struct flow_mod *filter,
                      void (*visit)(void *context, struct flow_entry *e),
                      void *context);

/* What flow_learn knows of the tables. */
struct learn_tallies *flow_tables_learn_tallies(struct flow_tables *t);

static inline struct flow_usage flow_tables_usage(const struct flow_tables *t,
                                                  const struct flow_entry *e)
{
    return flow_entry_usage(e, flow_tables_counters(t));
}
size_t flow_tables_count(const struct flow_tables *t, uint8_t table);
size_t flow_tables_total(const struct flow_tables *t);
/* How many distinct masks the entries of the table have. */
size_t flow_tables_masks(const struct flow_tables *t, uint8_t table);
/* How many entries the table takes; those above it that are there stay. */
void flow_tables_set_limit(struct flow_tables *t, uint8_t table, size_t limit);
size_t flow_tables_limit(const struct flow_tables *t, uint8_t table);

#endif
