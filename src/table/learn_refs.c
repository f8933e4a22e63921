#include "table/learn_refs.h"

#include <stdlib.h>

#include "flow/learn.h"

/* The next action from 'a' on that the table is about; NULL: none.  An action
 * set has none. */
static const struct flow_action *next_owner(const struct flow_action *a,
                                            const struct flow_action *end,
                                            struct learn_head *head)
{
    for (; a < end; a = action_next(a)) {
        if (a->type != ACTION_LEARN)
            continue;
        learn_head_of(a, head);
        if (head->flags & LEARN_DELETE_LEARNED)
            return a;
    }
    return NULL;
}

static bool make_room(struct learn_refs *r, size_t more)
{
    size_t room = r->room;
    struct learn_ref *rows;

    while (room < r->count + more)
        room = room ? 2 * room : 8;
    if (room == r->room)
        return true;
    rows = reallocarray(r->rows, room, sizeof(*rows));
    if (!rows)
        return false;
    r->rows = rows;
    r->room = room;
    return true;
}

static struct learn_ref *find(struct learn_refs *r,
                              const struct learn_head *head)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->rows[i].cookie == head->cookie &&
            r->rows[i].table == head->table)
            return &r->rows[i];
    return NULL;
}

bool learn_refs_take_all(struct learn_refs *r,
                         const struct flow_instructions *i)
{
    const struct flow_action *end = action_end(i->cells, i->apply_count);
    const struct flow_action *a = i->cells;
    struct learn_head head;
    size_t owners = 0;

    for (; (a = next_owner(a, end, &head)); a = action_next(a))
        owners++;
    if (!make_room(r, owners))
        return false;
    for (a = i->cells; (a = next_owner(a, end, &head)); a = action_next(a)) {
        struct learn_ref *row = find(r, &head);

        if (!row) {
            row = &r->rows[r->count++];
            *row =
                (struct learn_ref){.cookie = head.cookie, .table = head.table};
        } else if (!row->count) {
            r->orphans--;
        }
        row->count++;
    }
    return true;
}

void learn_refs_release(struct learn_refs *r, const struct flow_instructions *i)
{
    const struct flow_action *end = action_end(i->cells, i->apply_count);
    const struct flow_action *a = i->cells;
    struct learn_head head;

    for (; (a = next_owner(a, end, &head)); a = action_next(a)) {
        struct learn_ref *row = find(r, &head);

        if (row && --row->count == 0)
            r->orphans++;
    }
}

bool learn_refs_next_orphan(struct learn_refs *r, struct learn_ref *orphan)
{
    for (size_t i = 0; r->orphans && i < r->count; i++)
        if (!r->rows[i].count) {
            *orphan = r->rows[i];
            r->rows[i] = r->rows[--r->count];
            r->orphans--;
            return true;
        }
    return false;
}

void learn_refs_clear(struct learn_refs *r)
{
    free(r->rows);
    *r = (struct learn_refs){.rows = NULL};
}
