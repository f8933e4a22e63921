/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/group_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/hash_seed.h"
#include "base/thread_role.h"
#include "flow/port_no.h"

enum { CHAINS = 8192, TOO_DEEP = GROUP_DEPTH_LIMIT + 1 };

struct group_table {
    struct retired retired;
    struct counters *counters;
    size_t count;
    uint64_t seed;
    uint32_t search; /* the number of the last one for loops */
    struct group *_Atomic chains[CHAINS];
};

static struct group *_Atomic *chain_of(const struct group_table *t, uint32_t id)
{
    size_t at = hash_two(t->seed, id, 0) % CHAINS;

    return (struct group * _Atomic *)(uintptr_t)&t->chains[at];
}

struct group_table *group_table_create(struct counters *counters)
{
    struct group_table *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    t->counters = counters;
    t->seed = hash_seed();
    return t;
}

static struct group *find(const struct group_table *t, uint32_t id)
{
    struct group *g =
        atomic_load_explicit(chain_of(t, id), memory_order_acquire);

    while (g && g->id != id)
        g = atomic_load_explicit(&g->next, memory_order_acquire);
    return g;
}

const struct group *group_table_find(const struct group_table *t, uint32_t id)
{
    return find(t, id);
}

size_t group_table_count(const struct group_table *t)
{
    return t->count;
}

static int by_id(const void *a, const void *b)
{
    uint32_t left = (*(const struct group *const *)a)->id;
    uint32_t right = (*(const struct group *const *)b)->id;

    return (left > right) - (left < right);
}

bool group_table_each(const struct group_table *t,
                      void (*visit)(void *context, const struct group *g),
                      void *context)
{
    const struct group **all =
        malloc((t->count + 1) * sizeof(const struct group *));
    size_t count = 0;

    if (!all)
        return false;
    for (size_t i = 0; i < CHAINS; i++)
        for (const struct group *g = atomic_load(&t->chains[i]); g;
             g = atomic_load(&g->next))
            all[count++] = g;
    qsort(all, count, sizeof(const struct group *), by_id);
    for (size_t i = 0; i < count; i++)
        visit(context, all[i]);
    free(all);
    return true;
}

static unsigned int uses(const struct group *g, uint32_t id)
{
    unsigned int count = 0;

    for (size_t i = 0; i < g->bucket_count; i++) {
        const struct group_bucket *b = &g->buckets[i];
        const struct flow_action *a = b->cells;
        const struct flow_action *end = action_end(a, b->cell_count);

        for (; (a = action_find_number(a, end, ACTION_GROUP, id));
             a = action_next(a))
            count++;
    }
    return count;
}

unsigned int group_table_references(const struct group_table *t, uint32_t id)
{
    unsigned int count = 0;

    for (size_t i = 0; i < CHAINS; i++)
        for (const struct group *g = atomic_load(&t->chains[i]); g;
             g = atomic_load(&g->next))
            count += uses(g, id);
    return count;
}

static void return_counter(struct counters *c, uint32_t id)
{
    if (id != COUNTERS_NONE)
        counters_return(c, id);
}

static void free_group(struct counters *c, struct group *g,
                       uint32_t kept_counter)
{
    for (size_t i = 0; i < g->bucket_count; i++) {
        free((struct flow_action *)(uintptr_t)g->buckets[i].cells);
        if (!g->buckets[i].borrows_counter)
            return_counter(c, g->buckets[i].counter);
    }
    if (g->counter != kept_counter)
        return_counter(c, g->counter);
    free(g);
}

static void release(void *object)
{
    struct group *g = object;

    free_group(g->counters, g, g->kept_counter);
}

static void retire_group(struct group_table *t, struct group *g,
                         uint32_t kept_counter)
{
    g->counters = t->counters;
    g->kept_counter = kept_counter;
    retire(&g->retired, g, release);
}

/* What a group is to be. */
struct plan {
    uint32_t id;
    uint8_t type;
    const struct group_selection *selection;
    const struct bucket *buckets; /* 'bucket_count' */
    size_t bucket_count;
    /* What each of the buckets has been counted by so far, or COUNTERS_NONE;
     * NULL: all are new. */
    const uint32_t *counters;
    int64_t now_ms;
};

/* 'counter' stays its owner's, or COUNTERS_NONE: it gets one of its own. */
static bool fill_bucket(struct group_table *t, struct group_bucket *b,
                        const struct bucket *from, size_t place,
                        uint32_t counter)
{
    size_t size = from->actions.count * sizeof(*from->actions.cells);
    struct flow_action *cells = size ? malloc(size) : NULL;

    *b = (struct group_bucket){
        .id = from->id == BUCKET_ID_ALL ? (uint32_t)place : from->id,
        .weight = from->weight,
        .watch_port = from->watch_port,
        .watch_group = from->watch_group,
        .cells = cells,
        .cell_count = from->actions.count,
        .counter =
            counter == COUNTERS_NONE ? counters_take(t->counters) : counter,
        .borrows_counter = counter != COUNTERS_NONE,
    };
    if (size && !cells)
        return false;
    if (size)
        memcpy(cells, from->actions.cells, size);
    return b->counter != COUNTERS_NONE;
}

/* 'counter' is taken over, or COUNTERS_NONE: it gets one of its own. */
static struct group *make_group(struct group_table *t, uint32_t counter,
                                const struct plan *p)
{
    struct group *g =
        calloc(1, sizeof(*g) + p->bucket_count * sizeof(g->buckets[0]));
    bool is_whole;

    assert(p->bucket_count <= GROUP_BUCKETS_LIMIT);
    if (!g)
        return NULL;
    g->type = p->type;
    g->selection = *p->selection;
    g->counter =
        counter == COUNTERS_NONE ? counters_take(t->counters) : counter;
    is_whole = g->counter != COUNTERS_NONE;
    for (size_t i = 0; i < p->bucket_count && is_whole; i++) {
        is_whole = fill_bucket(t, &g->buckets[i], &p->buckets[i], i,
                               p->counters ? p->counters[i] : COUNTERS_NONE);
        g->bucket_count++;
        g->weight += p->buckets[i].weight;
    }
    if (is_whole)
        return g;
    free_group(t->counters, g, counter);
    return NULL;
}

/* Looks for 'id' among the groups that are sent to.  A group is looked into
 * once, however many ways lead to it. */
struct loop_search {
    const struct group_table *t;
    uint32_t id;
};

/* How many groups, one in another, the actions lead through; TOO_DEEP if that
 * is over the limit ('left' of it) or 'id' is one of them. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static unsigned int depth_of(const struct loop_search *s,
                             const struct flow_action *cells, size_t count,
                             unsigned int left)
{
    const struct flow_action *end = action_end(cells, count), *a = cells;
    unsigned int deepest = 0;

    assert(left <= GROUP_DEPTH_LIMIT);
    for (; (a = action_find(a, end, ACTION_GROUP)); a = action_next(a)) {
        struct group *g = find(s->t, a->group);

        if (a->group == s->id || !left)
            return TOO_DEEP;
        if (g && g->search != s->t->search) {
            g->search = s->t->search;
            g->depth = 0;
            for (size_t i = 0; i < g->bucket_count; i++) {
                const struct group_bucket *b = &g->buckets[i];
                unsigned int depth =
                    depth_of(s, b->cells, b->cell_count, left - 1);

                g->depth = depth > g->depth ? (uint8_t)depth : g->depth;
            }
        }
        if (g && g->depth + 1u > deepest)
            deepest = g->depth + 1u;
        if (deepest >= TOO_DEEP)
            return TOO_DEEP;
    }
    return deepest;
}

static enum flow_error check_bucket(const struct group_table *t, uint32_t id,
                                    uint8_t type, const struct bucket *b)
{
    const struct flow_action *a = b->actions.cells;
    const struct flow_action *end = action_end(a, b->actions.count);
    const struct loop_search search = {t, id};

    if ((type == GROUP_TYPE_SELECT) != (b->weight > 0))
        return FLOW_INVALID_GROUP;
    if (depth_of(&search, b->actions.cells, b->actions.count,
                 GROUP_DEPTH_LIMIT) == TOO_DEEP)
        return FLOW_GROUP_LOOP;
    for (; (a = action_find(a, end, ACTION_GROUP)); a = action_next(a))
        if (!find(t, a->group))
            return FLOW_BAD_OUT_GROUP;
    if (type == GROUP_TYPE_FAST_FAILOVER && b->watch_port == PORT_NO_ANY &&
        b->watch_group == GROUP_ANY)
        return FLOW_BAD_WATCH;
    return FLOW_OK;
}

/* The group as it would be, with these buckets. */
static enum flow_error check(const struct group_table *t, uint32_t id,
                             uint8_t type, const struct bucket *buckets,
                             size_t bucket_count)
{
    if (id > GROUP_MAX || type >= GROUP_TYPE_COUNT)
        return type >= GROUP_TYPE_COUNT ? FLOW_BAD_GROUP_TYPE
                                        : FLOW_INVALID_GROUP;
    if (type == GROUP_TYPE_INDIRECT && bucket_count != 1)
        return FLOW_INVALID_GROUP;
    if (bucket_count > GROUP_BUCKETS_LIMIT)
        return FLOW_BUCKETS_FULL;
    for (size_t i = 0; i < bucket_count; i++) {
        enum flow_error error = check_bucket(t, id, type, &buckets[i]);

        if (error)
            return error;
        for (size_t j = 0; j < i; j++)
            if (buckets[i].id != BUCKET_ID_ALL &&
                buckets[i].id == buckets[j].id)
                return FLOW_BUCKET_EXISTS;
    }
    return FLOW_OK;
}

/* Puts 'g' in the place of 'old', which has the same id; either may be NULL.
 */
static void put(struct group_table *t, uint32_t id, struct group *old,
                struct group *g)
{
    struct group *_Atomic *link = chain_of(t, id);

    assert(old || g);
    while (old && atomic_load(link) != old)
        link = &atomic_load(link)->next;
    if (g) {
        atomic_store(&g->next,
                     old ? atomic_load(&old->next) : atomic_load(link));
        atomic_store_explicit(link, g, memory_order_release);
    } else {
        atomic_store_explicit(link, atomic_load(&old->next),
                              memory_order_release);
    }
    t->count += (size_t)(g != NULL) - (size_t)(old != NULL);
    if (old)
        retire_group(t, old, g ? g->counter : COUNTERS_NONE);
}

/* The counters that the buckets of 'g' borrow from 'old' are theirs from now
 * on. Those buckets stand in the same order in both. */
static void hand_over_counters(struct group *old, struct group *g)
{
    struct group_bucket *from = old ? old->buckets : NULL;

    for (size_t i = 0; i < g->bucket_count; i++) {
        struct group_bucket *b = &g->buckets[i];

        if (!b->borrows_counter)
            continue;
        while (from->counter != b->counter)
            from++;
        from->borrows_counter = true;
        b->borrows_counter = false;
    }
}

/* A modified group counts on, its buckets from zero: OpenFlow 1.5.1 6.7.  Where
 * some are only put in or taken out the others count on, too. */
static enum flow_error set(struct group_table *t, struct group *old,
                           const struct plan *p)
{
    enum flow_error error;
    struct group *g;

    t->search++;
    error = check(t, p->id, p->type, p->buckets, p->bucket_count);
    if (error)
        return error;
    if (!old && t->count >= GROUP_TABLE_LIMIT)
        return FLOW_GROUP_FULL;
    g = make_group(t, old ? old->counter : COUNTERS_NONE, p);
    if (!g)
        return FLOW_OUT_OF_MEMORY;
    g->id = p->id;
    g->created_ms = old ? old->created_ms : p->now_ms;
    hand_over_counters(old, g);
    put(t, p->id, old, g);
    return FLOW_OK;
}

size_t group_table_flush(struct group_table *t)
{
    size_t count = t->count;

    assert_main_thread();
    for (size_t i = 0; i < CHAINS; i++) {
        struct group *g;

        while ((g = atomic_load(&t->chains[i])))
            put(t, g->id, g, NULL);
    }
    return count;
}

static enum flow_error delete_group(struct group_table *t, uint32_t id)
{
    struct group *g;

    if (id == GROUP_ALL) {
        group_table_flush(t);
        return FLOW_OK;
    }
    if (id > GROUP_MAX)
        return FLOW_INVALID_GROUP;
    g = find(t, id);
    if (g)
        put(t, id, g, NULL); /* To delete what is not there is no error. */
    return FLOW_OK;
}

/* A group's buckets as a mod would send them; what they hold is borrowed. */
struct bucket_list {
    struct bucket *buckets;
    uint32_t *counters;
    size_t count;
};

static void free_list(struct bucket_list *l)
{
    free(l->buckets);
    free(l->counters);
}

/* With room for 'more'; false if out of memory, also then ends with free_list.
 */
static bool borrow_buckets(const struct group *g, size_t more,
                           struct bucket_list *l)
{
    size_t room = g->bucket_count + more + 1; /* not none */

    l->count = g->bucket_count;
    l->buckets = calloc(room, sizeof(*l->buckets));
    l->counters = calloc(room, sizeof(*l->counters));
    if (!l->buckets || !l->counters)
        return false;
    for (size_t i = 0; i < g->bucket_count; i++) {
        const struct group_bucket *b = &g->buckets[i];

        l->counters[i] = b->counter;
        l->buckets[i] = group_bucket_words(b);
    }
    return true;
}

static void put_in(struct bucket_list *l, size_t at,
                   const struct group_mod *mod)
{
    size_t more = mod->bucket_count, behind = l->count - at;

    assert(at <= l->count);
    memmove(l->buckets + at + more, l->buckets + at,
            behind * sizeof(*l->buckets));
    memmove(l->counters + at + more, l->counters + at,
            behind * sizeof(*l->counters));
    for (size_t i = 0; i < more; i++) {
        l->buckets[at + i] = mod->buckets[i];
        l->counters[at + i] = COUNTERS_NONE;
    }
    l->count += more;
}

static void take_out(struct bucket_list *l, size_t at)
{
    assert(at < l->count);
    l->count--;
    memmove(l->buckets + at, l->buckets + at + 1,
            (l->count - at) * sizeof(*l->buckets));
    memmove(l->counters + at, l->counters + at + 1,
            (l->count - at) * sizeof(*l->counters));
}

static enum flow_error set_buckets(struct group_table *t, struct group *g,
                                   const struct bucket_list *l)
{
    return set(t, g,
               &(struct plan){.id = g->id,
                              .type = g->type,
                              .selection = &g->selection,
                              .buckets = l->buckets,
                              .bucket_count = l->count,
                              .counters = l->counters});
}

/* The place of a bucket by id, or -1. */
static ptrdiff_t place_of(const struct group *g, uint32_t id)
{
    if (id == BUCKET_ID_FIRST)
        return g->bucket_count ? 0 : -1;
    if (id == BUCKET_ID_LAST)
        return (ptrdiff_t)g->bucket_count - 1;
    for (size_t i = 0; i < g->bucket_count; i++)
        if (g->buckets[i].id == id)
            return (ptrdiff_t)i;
    return -1;
}

static enum flow_error insert_buckets(struct group_table *t, struct group *g,
                                      const struct group_mod *mod)
{
    ptrdiff_t after = place_of(g, mod->command_bucket_id);
    enum flow_error error = FLOW_OUT_OF_MEMORY;
    struct bucket_list l;

    if (mod->command_bucket_id == BUCKET_ID_FIRST)
        after = -1;
    else if (after < 0 && mod->command_bucket_id != BUCKET_ID_LAST)
        return FLOW_UNKNOWN_BUCKET;
    if (borrow_buckets(g, mod->bucket_count, &l)) {
        put_in(&l, (size_t)(after + 1), mod);
        error = set_buckets(t, g, &l);
    }
    free_list(&l);
    return error;
}

static enum flow_error remove_buckets(struct group_table *t, struct group *g,
                                      const struct group_mod *mod)
{
    ptrdiff_t at = place_of(g, mod->command_bucket_id);
    enum flow_error error = FLOW_OUT_OF_MEMORY;
    struct bucket_list l;

    if (mod->command_bucket_id != BUCKET_ID_ALL && at < 0)
        return FLOW_UNKNOWN_BUCKET;
    if (borrow_buckets(g, 0, &l)) {
        if (mod->command_bucket_id == BUCKET_ID_ALL)
            l.count = 0;
        else
            take_out(&l, (size_t)at);
        error = set_buckets(t, g, &l);
    }
    free_list(&l);
    return error;
}

enum flow_error group_table_apply(struct group_table *t,
                                  const struct group_mod *mod, int64_t now_ms)
{
    struct group *g = find(t, mod->group_id);
    const struct plan p = {.id = mod->group_id,
                           .type = mod->type,
                           .selection = &mod->selection,
                           .buckets = mod->buckets,
                           .bucket_count = mod->bucket_count,
                           .now_ms = now_ms};

    assert_main_thread();
    switch (mod->command) {
    case GROUP_ADD:
        return g ? FLOW_GROUP_EXISTS : set(t, NULL, &p);
    case GROUP_MODIFY:
        return g ? set(t, g, &p) : FLOW_UNKNOWN_GROUP;
    case GROUP_ADD_OR_MODIFY:
        return set(t, g, &p);
    case GROUP_DELETE:
        return delete_group(t, mod->group_id);
    case GROUP_INSERT_BUCKET:
        return g ? insert_buckets(t, g, mod) : FLOW_UNKNOWN_GROUP;
    case GROUP_REMOVE_BUCKET:
        return g ? remove_buckets(t, g, mod) : FLOW_UNKNOWN_GROUP;
    }
    return FLOW_BAD_COMMAND;
}

enum flow_error group_table_restore(struct group_table *t,
                                    const struct group_mod *mod,
                                    const struct group_stats *was,
                                    int64_t created_ms)
{
    enum flow_error error = group_table_apply(t, mod, created_ms);
    const struct group *g = error ? NULL : find(t, mod->group_id);

    if (!g)
        return error;
    counters_set(t->counters, g->counter, was->packets, was->bytes);
    for (size_t i = 0; i < g->bucket_count; i++)
        counters_set(t->counters, g->buckets[i].counter,
                     was->buckets[i].packets, was->buckets[i].bytes);
    return FLOW_OK;
}

void group_table_free(struct group_table *t)
{
    if (!t)
        return;
    group_table_flush(t);
    /* Its groups go before it. */
    retire(&t->retired, t, free);
    retire_flush();
}
