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

struct learn_ref {
    uint64_t cookie;
    uint8_t table;
    size_t count; /* actions */
};

/* Start from zero, end with learn_refs_clear. */
struct learn_refs {
    struct learn_ref *rows;
    size_t count, room;
    size_t orphans; /* rows with no actions */
};

/* For an entry that is made; false, and nothing has changed, if out of memory.
 */
bool learn_refs_take_all(struct learn_refs *r,
                         const struct flow_instructions *i);

static inline bool learn_refs_are_in(const struct flow_instructions *i)
{
    const struct flow_action *end = action_end(i->cells, i->apply_count);

    for (const struct flow_action *a = i->cells; a < end; a = action_next(a))
        if (a->type == ACTION_LEARN)
            return true;
    return false;
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

/* Takes a cookie and table out that no action has any more; false: there is
 * none. */
bool learn_refs_next_orphan(struct learn_refs *r, struct learn_ref *orphan);

void learn_refs_clear(struct learn_refs *r);

#endif
