/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/learn_refs.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "flow/learn.h"

struct learn_ref {
    struct learn_ref *next;        /* in its chain */
    struct learn_ref *next_orphan; /* on either list */
    uint64_t cookie;
    size_t count; /* actions */
    uint8_t table;
    bool is_orphan, is_doomed; /* on which list it is */
};

/* The next action from 'a' on that the table is about; NULL: none.  An action
 * set has none. */
static const struct flow_action *next_owner(const struct flow_action *a,
                                            const struct flow_action *end,
                                            struct learn_head *head)
{
    for (; (a = action_find(a, end, ACTION_LEARN)); a = action_next(a)) {
        learn_head_of(a, head);
        if (head->flags & LEARN_DELETE_LEARNED)
            return a;
    }
    return NULL;
}

static struct learn_ref **chain_of(const struct learn_refs *r, uint64_t cookie,
                                   uint8_t table)
{
    return &r->heads[hash_two(0, cookie, table) & (r->room - 1)];
}

static struct learn_ref *find(const struct learn_refs *r, uint64_t cookie,
                              uint8_t table)
{
    struct learn_ref *row = r->room ? *chain_of(r, cookie, table) : NULL;

    while (row && (row->cookie != cookie || row->table != table))
        row = row->next;
    return row;
}

static void chain_in(struct learn_refs *r, struct learn_ref *row)
{
    struct learn_ref **chain = chain_of(r, row->cookie, row->table);

    row->next = *chain;
    *chain = row;
}

/* Without memory the chains just stay long, if there are any. */
static bool grow(struct learn_refs *r)
{
    struct learn_refs old = *r;
    size_t room = r->room ? 2 * r->room : 8;
    struct learn_ref **heads = calloc(room, sizeof(struct learn_ref *));

    if (!heads)
        return r->room;
    r->heads = heads;
    r->room = room;
    for (size_t i = 0; i < old.room; i++)
        while (old.heads[i]) {
            struct learn_ref *row = old.heads[i];

            old.heads[i] = row->next;
            chain_in(r, row);
        }
    free(old.heads);
    return true;
}

/* Has a row, new ones with no actions; false if out of memory. */
static bool make_row(struct learn_refs *r, const struct learn_head *head)
{
    struct learn_ref *row;

    if (find(r, head->cookie, head->table))
        return true;
    if (r->count == r->room && !grow(r))
        return false;
    row = calloc(1, sizeof(*row));
    if (!row)
        return false;
    row->cookie = head->cookie;
    row->table = head->table;
    chain_in(r, row);
    r->count++;
    return true;
}

/* Rows are made for all of them before the first is counted. */
bool learn_refs_take_all(struct learn_refs *r,
                         const struct flow_instructions *i)
{
    const struct flow_action *end = instructions_apply_end(i);
    const struct flow_action *a;
    struct learn_head head;

    for (a = i->cells; (a = next_owner(a, end, &head)); a = action_next(a))
        if (!make_row(r, &head))
            return false;
    for (a = i->cells; (a = next_owner(a, end, &head)); a = action_next(a))
        find(r, head.cookie, head.table)->count++;
    return true;
}

void learn_refs_release(struct learn_refs *r, const struct flow_instructions *i)
{
    const struct flow_action *end = instructions_apply_end(i);
    const struct flow_action *a = i->cells;
    struct learn_head head;

    for (; (a = next_owner(a, end, &head)); a = action_next(a)) {
        struct learn_ref *row = find(r, head.cookie, head.table);

        if (!row || --row->count || row->is_orphan || row->is_doomed)
            continue;
        row->is_orphan = true;
        row->next_orphan = r->orphans;
        r->orphans = row;
    }
}

void learn_refs_begin(struct learn_refs *r, bool tables[UINT8_MAX + 1])
{
    memset(tables, 0, (UINT8_MAX + 1) * sizeof(*tables));
    r->doomed = r->orphans;
    r->orphans = NULL;
    for (struct learn_ref *row = r->doomed; row; row = row->next_orphan) {
        row->is_orphan = false;
        row->is_doomed = true;
        tables[row->table] = tables[row->table] || !row->count;
    }
}

bool learn_refs_is_doomed(const struct learn_refs *r, uint64_t cookie,
                          uint8_t table)
{
    const struct learn_ref *row = find(r, cookie, table);

    return row && row->is_doomed && !row->count;
}

static void drop(struct learn_refs *r, struct learn_ref *row)
{
    struct learn_ref **link = chain_of(r, row->cookie, row->table);

    while (*link != row)
        link = &(*link)->next;
    *link = row->next;
    r->count--;
    free(row);
}

void learn_refs_end(struct learn_refs *r)
{
    while (r->doomed) {
        struct learn_ref *row = r->doomed;

        r->doomed = row->next_orphan;
        row->is_doomed = false;
        if (!row->count)
            drop(r, row);
    }
}

void learn_refs_clear(struct learn_refs *r)
{
    for (size_t i = 0; i < r->room; i++)
        while (r->heads[i]) {
            struct learn_ref *row = r->heads[i];

            r->heads[i] = row->next;
            free(row);
        }
    free(r->heads);
    *r = (struct learn_refs){.heads = NULL};
}
