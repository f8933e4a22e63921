/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which learn actions with delete_learned there are: how many of each cookie
 * and table that they make entries in.  When the last of them has gone, so must
 * these entries.
 */
#ifndef TABLE_LEARN_REFS_H
#define TABLE_LEARN_REFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/action.h"

struct learn_ref;

/* Start from zero, end with learn_refs_clear. */
struct learn_refs {
    struct learn_ref **heads; /* of chains, by a hash of cookie and table */
    size_t count, room;
    struct learn_ref *orphans; /* have no actions, or had none for a while */
    struct learn_ref *doomed;  /* orphans whose entries are being looked for */
};

/* For an entry that is made; false, and nothing has changed, if out of memory.
 */
bool learn_refs_take_all(struct learn_refs *r,
                         const struct flow_instructions *i);

static inline bool learn_refs_are_in(const struct flow_instructions *i)
{
    return action_find(i->cells, instructions_apply_end(i), ACTION_LEARN);
}

/* Most entries have none, which is seen at once. */
static inline bool learn_refs_take(struct learn_refs *r,
                                   const struct flow_instructions *i)
{
    return !learn_refs_are_in(i) || learn_refs_take_all(r, i);
}

/* For one that goes. */
void learn_refs_release(struct learn_refs *r,
                        const struct flow_instructions *i);

/*
 * Entries that no action has any more go many at a time, or each would be
 * another look at all entries: from begin to end 'is_doomed' is true for the
 * entries that are to go.  What becomes an orphan meanwhile is for the next
 * time.  'tables' has a true for each table that has such entries.
 */
void learn_refs_begin(struct learn_refs *r, bool tables[UINT8_MAX + 1]);
bool learn_refs_is_doomed(const struct learn_refs *r, uint64_t cookie,
                          uint8_t table);
void learn_refs_end(struct learn_refs *r);

void learn_refs_clear(struct learn_refs *r);

#endif
