/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups.  A group never changes under the workers that read it: to modify one
 * is to put another in its place.  The main thread is the only writer.
 *
 * OpenFlow 1.3.5 5.6 and 6.7, 1.5.1 7.3.4.3.
 */
#ifndef TABLE_GROUP_TABLE_H
#define TABLE_GROUP_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/retire.h"
#include "flow/group_desc.h"
#include "table/counters.h"

enum {
    GROUP_TABLE_LIMIT = 65536,
    GROUP_BUCKETS_LIMIT = 1024,
    GROUP_DEPTH_LIMIT = 16, /* groups in groups */
};

struct group_bucket {
    uint32_t id;
    uint16_t weight;
    uint32_t watch_port, watch_group;
    const struct flow_action *cells; /* 'cell_count' */
    size_t cell_count;
    uint32_t counter;
    bool
        borrows_counter; /* the main thread's: the counter is another group's */
};

/* The bucket as a group-mod has it.  Its actions are borrowed and only to be
 * read. */
static inline struct bucket group_bucket_words(const struct group_bucket *b)
{
    return (struct bucket){
        .id = b->id,
        .weight = b->weight,
        .watch_port = b->watch_port,
        .watch_group = b->watch_group,
        .actions = {.cells = (struct flow_action *)(uintptr_t)b->cells,
                    .count = b->cell_count},
    };
}

struct group {
    struct group *_Atomic next;
    uint32_t id;
    uint8_t type; /* enum group_type */
    uint32_t counter;
    int64_t created_ms;
    /* The main thread's: what a search for loops found, and which one. */
    uint32_t search;
    uint8_t depth;
    uint64_t weight; /* of all buckets */
    struct group_selection selection;
    /* Of one that is on its way out: where its counters go back to, but for one
     * that the group in its place goes on with. */
    struct retired retired;
    struct counters *counters;
    uint32_t kept_counter;
    size_t bucket_count;
    struct group_bucket buckets[];
};

struct group_table;

/* 'counters' are borrowed.  NULL if out of memory. */
struct group_table *group_table_create(struct counters *counters);
void group_table_free(struct group_table *t);

/*
 * Carries a GROUP_MOD out, all of it or nothing; 'mod' is only read.  Deleting
 * flow entries that use a deleted group is the caller's.
 */
enum flow_error group_table_apply(struct group_table *t,
                                  const struct group_mod *mod, int64_t now_ms);
/* Carries an ADD out for a group that was there before, with its counts
 * (bucket_count of 'was' is the mod's) since 'created_ms'; no worker may have
 * started. */
enum flow_error group_table_restore(struct group_table *t,
                                    const struct group_mod *mod,
                                    const struct group_stats *was,
                                    int64_t created_ms);
/* Takes all away; returns how many. */
size_t group_table_flush(struct group_table *t);

/* Workers: by id, or NULL. */
const struct group *group_table_find(const struct group_table *t, uint32_t id);

/* Main thread: each group in the order of ids; 'visit' changes nothing.  False:
 * there is no memory to put them in order, and none was visited. */
bool group_table_each(const struct group_table *t,
                      void (*visit)(void *context, const struct group *g),
                      void *context);
size_t group_table_count(const struct group_table *t);
/* How many buckets of other groups send to it. */
unsigned int group_table_references(const struct group_table *t, uint32_t id);

#endif
