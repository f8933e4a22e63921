/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/flow_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/thread_role.h"
#include "table/flow_expiry.h"
#include "table/flow_selection.h"
#include "table/learn_refs.h"
#include "table/learn_tally.h"

enum { ORPHAN_PASSES = 8 };

struct flow_tables {
    struct retired retired;
    _Atomic uint32_t version, epoch;
    const struct flow_tables_follower *follower;
    struct counters *counters;
    size_t total;
    uint64_t changes; /* entries that came, went or were replaced */
    struct timer_wheel wheel;
    flow_removed_fn *removed;
    void *removed_context;
    size_t limits[FLOW_TABLES];
    size_t hidden[FLOW_TABLES]; /* entries that are not to be counted */
    struct learn_refs learn_refs;
    struct learn_tallies learn_tallies;
    struct classifier tables[FLOW_TABLES];
};

/* A mod on its way through the tables. */
struct change {
    struct flow_tables *tables;
    const struct flow_mod *mod;
    int64_t now_ms;
    enum flow_error error;
};

struct flow_tables *flow_tables_create(unsigned int workers, int64_t now_ms)
{
    struct flow_tables *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    t->counters = counters_create(workers);
    if (!t->counters) {
        free(t);
        return NULL;
    }
    for (size_t i = 0; i < FLOW_TABLES; i++)
        t->limits[i] = FLOW_TABLE_LIMIT;
    timer_wheel_init(&t->wheel, now_ms);
    return t;
}

void flow_tables_on_removed(struct flow_tables *t, flow_removed_fn *removed,
                            void *context)
{
    t->removed = removed;
    t->removed_context = context;
}

const struct flow_entry *flow_tables_search(const struct flow_tables *t,
                                            uint8_t table,
                                            const struct flow_key *key,
                                            struct flow_key *consulted)
{
    assert(table < FLOW_TABLES);
    return classifier_search(&t->tables[table], key, consulted);
}

uint32_t flow_tables_version(const struct flow_tables *t)
{
    return atomic_load_explicit(&t->version, memory_order_acquire);
}

uint32_t flow_tables_epoch(const struct flow_tables *t)
{
    return atomic_load_explicit(&t->epoch, memory_order_acquire);
}

void flow_tables_bump(struct flow_tables *t)
{
    uint32_t before =
        atomic_fetch_add_explicit(&t->version, 1, memory_order_release);

    if (t->follower)
        t->follower->version(t->follower->context, before + 1);
}

void flow_tables_set_follower(struct flow_tables *t,
                              const struct flow_tables_follower *f)
{
    t->follower = f;
}

void flow_tables_settle(struct flow_tables *t)
{
    if (t->follower)
        t->follower->settle(t->follower->context);
}

struct flow_entry *flow_tables_find_exact(const struct flow_tables *t,
                                          uint8_t table,
                                          const struct flow_match *match,
                                          uint16_t priority)
{
    return classifier_find_exact(&t->tables[table], match,
                                 flow_entry_rank_of(priority, 0));
}

struct counters *flow_tables_counters(const struct flow_tables *t)
{
    return t->counters;
}

size_t flow_tables_count(const struct flow_tables *t, uint8_t table)
{
    return table < FLOW_TABLES ? t->tables[table].count - t->hidden[table] : 0;
}

size_t flow_tables_masks(const struct flow_tables *t, uint8_t table)
{
    return table < FLOW_TABLES ? classifier_subtables(&t->tables[table]) : 0;
}

size_t flow_tables_total(const struct flow_tables *t)
{
    return t->total;
}

void flow_tables_set_limit(struct flow_tables *t, uint8_t table, size_t limit)
{
    t->limits[table] = limit;
}

size_t flow_tables_limit(const struct flow_tables *t, uint8_t table)
{
    return t->limits[table];
}

static bool is_hidden(const struct flow_entry *e)
{
    return e->flags & FLOW_MOD_HIDDEN;
}

struct learn_tallies *flow_tables_learn_tallies(struct flow_tables *t)
{
    return &t->learn_tallies;
}

/* 'by' is 1 or -1. */
static void count_entry(struct flow_tables *t, const struct flow_entry *e,
                        int by)
{
    if (is_hidden(e))
        t->hidden[e->table] += (size_t)by;
    else
        t->total += (size_t)by;
    t->changes++;
}

static void remove_entry(struct flow_tables *t, struct flow_entry *e,
                         enum flow_removed_reason reason, int64_t now_ms)
{
    struct flow_usage stats;

    flow_tables_settle(t);
    stats = flow_tables_usage(t, e);
    timer_wheel_clear(&e->timer);
    classifier_remove(&t->tables[e->table], e);
    count_entry(t, e, -1);
    if (t->removed && !is_hidden(e))
        t->removed(t->removed_context, e, &stats, reason, now_ms);
    learn_refs_release(&t->learn_refs, &e->instructions);
    flow_entry_retire(e, t->counters);
}

/* An entry as the mod says, not yet in the table and with no counter. */
static struct flow_entry *make_entry(struct flow_tables *t, uint8_t table,
                                     const struct flow_mod *mod, int64_t now_ms)
{
    struct flow_entry *e =
        classifier_make_entry(&t->tables[table], &mod->match);

    if (!e)
        return NULL;
    e->rank = flow_entry_rank(mod);
    e->priority = mod->priority;
    e->table = table;
    e->cookie = mod->cookie;
    e->idle_timeout_s = mod->idle_timeout_s;
    e->hard_timeout_s = mod->hard_timeout_s;
    e->importance = mod->importance;
    e->flags = mod->flags & (uint16_t) ~(FLOW_MOD_LEARNED | FLOW_MOD_UNLIMITED);
    e->created_ms = e->placed_ms = now_ms;
    atomic_init(&e->modified_ms, now_ms);
    e->counter = COUNTERS_NONE;
    if (!flow_instructions_copy(&e->instructions, &mod->instructions) ||
        !learn_refs_take(&t->learn_refs, &e->instructions)) {
        flow_instructions_clear(&e->instructions);
        classifier_drop_entry(&t->tables[table], e);
        return NULL;
    }
    return e;
}

static void drop_entry(struct flow_tables *t, struct flow_entry *e)
{
    learn_refs_release(&t->learn_refs, &e->instructions);
    flow_instructions_clear(&e->instructions);
    classifier_drop_entry(&t->tables[e->table], e);
}

/* Puts 'e' in the place of 'old', with its counter. */
static void replace_entry(struct flow_tables *t, struct flow_entry *old,
                          struct flow_entry *e, bool resets_counts)
{
    flow_tables_settle(t);
    e->counter = old->counter;
    e->packets_before = old->packets_before;
    e->bytes_before = old->bytes_before;
    if (resets_counts) {
        struct counter_totals total = counters_total(t->counters, e->counter);

        e->packets_before = total.packets;
        e->bytes_before = total.bytes;
    }
    timer_wheel_clear(&old->timer);
    classifier_replace(&t->tables[e->table], old, e);
    flow_expiry_set(&t->wheel, e, t->counters);
    learn_refs_release(&t->learn_refs, &old->instructions);
    flow_entry_retire(old, NULL);
    t->changes++;
}

static void note_overlap(void *context, struct flow_entry *e)
{
    struct change *c = context;

    if (classifier_overlaps(e, c->mod))
        c->error = FLOW_OVERLAP;
}

static enum flow_error add(struct flow_tables *t, const struct flow_mod *mod,
                           int64_t now_ms)
{
    uint8_t table = mod->table == FLOW_MOD_TABLE_ALL ? 0 : mod->table;
    struct classifier *c = &t->tables[table];
    struct change overlap = {.tables = t, .mod = mod};
    struct flow_entry *old, *e;

    if (mod->flags & FLOW_MOD_CHECK_OVERLAP)
        classifier_each(c, NULL, note_overlap, &overlap);
    if (overlap.error)
        return overlap.error;
    old = classifier_find_exact(c, &mod->match, flow_entry_rank(mod));
    if (!old && !(mod->flags & (FLOW_MOD_HIDDEN | FLOW_MOD_UNLIMITED)) &&
        (flow_tables_count(t, table) >= t->limits[table] ||
         !classifier_takes(c, &mod->match.mask)))
        return FLOW_TABLE_FULL;
    e = make_entry(t, table, mod, now_ms);
    if (!e)
        return FLOW_OUT_OF_MEMORY;
    if (old) {
        replace_entry(t, old, e, flow_mod_resets_counts(mod));
        return FLOW_OK;
    }
    e->counter = counters_take(t->counters);
    if (e->counter == COUNTERS_NONE || !classifier_insert(c, e)) {
        if (e->counter != COUNTERS_NONE)
            counters_return(t->counters, e->counter);
        drop_entry(t, e);
        return FLOW_OUT_OF_MEMORY;
    }
    count_entry(t, e, 1);
    flow_expiry_set(&t->wheel, e, t->counters);
    return FLOW_OK;
}

void flow_tables_each(struct flow_tables *t, const struct flow_mod *filter,
                      void (*visit)(void *context, struct flow_entry *e),
                      void *context)
{
    flow_selection_each(t->tables, FLOW_TABLES, filter, visit, context);
}

/* A copy of 'old' that does what the mod says. */
static struct flow_entry *modified_entry(const struct change *c,
                                         const struct flow_entry *old)
{
    struct flow_mod mod = *c->mod;
    struct flow_entry *e;

    classifier_match_of(old, &mod.match);
    e = make_entry(c->tables, old->table, &mod, c->now_ms);
    if (!e)
        return NULL;
    e->rank = old->rank;
    e->priority = old->priority;
    e->cookie = mod.sets_cookie ? mod.cookie : old->cookie;
    e->idle_timeout_s = old->idle_timeout_s;
    e->hard_timeout_s = old->hard_timeout_s;
    e->importance = old->importance;
    e->flags = old->flags;
    e->created_ms = old->created_ms;
    return e;
}

/* The new entries of a modify, made before anything is changed so that a
 * refused one has changed nothing. */
struct replacement {
    struct flow_entry *old, *made;
};

struct replacements {
    struct change *change;
    struct replacement *rows;
    size_t count, room;
};

static void prepare_modify(void *context, struct flow_entry *e)
{
    struct replacements *r = context;
    struct flow_entry *made;

    if (r->change->error)
        return;
    if (r->count == r->room) {
        size_t room = r->room ? 2 * r->room : 16;
        struct replacement *rows = realloc(r->rows, room * sizeof(*rows));

        if (!rows) {
            r->change->error = FLOW_OUT_OF_MEMORY;
            return;
        }
        r->rows = rows;
        r->room = room;
    }
    made = modified_entry(r->change, e);
    if (made)
        r->rows[r->count++] = (struct replacement){e, made};
    else
        r->change->error = FLOW_OUT_OF_MEMORY;
}

static enum flow_error modify(struct change *c)
{
    struct replacements r = {.change = c};
    bool resets = c->mod->flags & FLOW_MOD_RESET_COUNTS;

    flow_tables_each(c->tables, c->mod, prepare_modify, &r);
    for (size_t i = 0; i < r.count; i++) {
        if (c->error)
            drop_entry(c->tables, r.rows[i].made);
        else
            replace_entry(c->tables, r.rows[i].old, r.rows[i].made, resets);
    }
    free(r.rows);
    if (!c->error && !r.count && c->mod->adds_if_none)
        return add(c->tables, c->mod, c->now_ms);
    return c->error;
}

static void delete_one(void *context, struct flow_entry *e)
{
    struct change *c = context;

    remove_entry(c->tables, e, REMOVED_DELETE, c->now_ms);
}

static void delete_orphan(void *context, struct flow_entry *e)
{
    struct change *c = context;

    if (learn_refs_is_doomed(&c->tables->learn_refs, e->cookie, e->table))
        remove_entry(c->tables, e, REMOVED_DELETE, c->now_ms);
}

/* What learn actions have made that were the last ones to make it; that may
 * have made others in turn.  What is left is for flow_tables_expire. */
static void delete_orphans(struct flow_tables *t, int64_t now_ms)
{
    struct flow_mod mod = flow_mod_empty();
    struct change c = {.tables = t, .mod = &mod, .now_ms = now_ms};
    bool tables[FLOW_TABLES + 1];

    mod.command = FLOW_MOD_DELETE;
    for (int pass = 0; pass < ORPHAN_PASSES && t->learn_refs.orphans; pass++) {
        learn_refs_begin(&t->learn_refs, tables);
        for (unsigned int i = 0; i < FLOW_TABLES; i++) {
            mod.table = (uint8_t)i;
            if (tables[i])
                flow_tables_each(t, &mod, delete_orphan, &c);
        }
        learn_refs_end(&t->learn_refs);
        atomic_fetch_add_explicit(&t->epoch, 1, memory_order_release);
    }
}

struct removal {
    struct flow_tables *tables;
    flow_entry_test *test;
    uint32_t id;
    flow_entry_keep *keeps; /* if no test; NULL: none is kept */
    void *context;
    enum flow_removed_reason reason;
    int64_t now_ms;
};

static void remove_if(void *context, struct flow_entry *e)
{
    const struct removal *r = context;

    if (r->test ? r->test(e, r->id) : !r->keeps || !r->keeps(r->context, e))
        remove_entry(r->tables, e, r->reason, r->now_ms);
}

static void bump_if_changed(struct flow_tables *t, uint64_t changes_before)
{
    if (t->changes != changes_before)
        flow_tables_bump(t);
}

/* 'flags': FLOW_MOD_HIDDEN or none. */
static void remove_all(struct removal *r, uint16_t flags)
{
    struct flow_mod all = flow_mod_empty();
    uint64_t before = r->tables->changes;

    all.command = FLOW_MOD_DELETE;
    all.flags = flags;
    flow_tables_each(r->tables, &all, remove_if, r);
    if (r->tables->learn_refs.orphans)
        delete_orphans(r->tables, r->now_ms);
    atomic_fetch_add_explicit(&r->tables->epoch, 1, memory_order_release);
    bump_if_changed(r->tables, before);
}

void flow_tables_remove_if(struct flow_tables *t, flow_entry_test *test,
                           uint32_t id, enum flow_removed_reason reason,
                           int64_t now_ms)
{
    remove_all(&(struct removal){t, test, id, NULL, NULL, reason, now_ms}, 0);
}

size_t flow_tables_flush(struct flow_tables *t, flow_entry_keep *keeps,
                         void *context, int64_t now_ms)
{
    size_t before = t->total;
    struct removal r = {t, NULL, 0, keeps, context, REMOVED_DELETE, now_ms};

    remove_all(&r, 0);
    return before - t->total;
}

size_t flow_tables_expire(struct flow_tables *t, int64_t now_ms, size_t max)
{
    size_t count = 0;
    uint64_t before = t->changes;
    struct flow_entry *e;

    while (count < max &&
           (e = flow_expiry_next(&t->wheel, t->counters, now_ms))) {
        remove_entry(t, e,
                     flow_expiry_is_hard(e, now_ms) ? REMOVED_HARD_TIMEOUT
                                                    : REMOVED_IDLE_TIMEOUT,
                     now_ms);
        count++;
    }
    if (t->learn_refs.orphans)
        delete_orphans(t, now_ms);
    bump_if_changed(t, before);
    return count;
}

static void begin_epoch(struct flow_tables *t, const struct flow_mod *mod)
{
    if (!(mod->flags & FLOW_MOD_LEARNED))
        atomic_fetch_add_explicit(&t->epoch, 1, memory_order_release);
}

enum flow_error flow_tables_apply(struct flow_tables *t,
                                  const struct flow_mod *mod, int64_t now_ms)
{
    struct change c = {.tables = t, .mod = mod, .now_ms = now_ms};
    enum flow_error error = FLOW_OK;
    uint64_t before = t->changes;

    assert_main_thread();
    switch (mod->command) {
    case FLOW_MOD_ADD:
        error = add(t, mod, now_ms);
        break;
    case FLOW_MOD_MODIFY:
    case FLOW_MOD_MODIFY_STRICT:
        error = modify(&c);
        begin_epoch(t, mod);
        break;
    case FLOW_MOD_DELETE:
    case FLOW_MOD_DELETE_STRICT:
        flow_tables_each(t, mod, delete_one, &c);
        begin_epoch(t, mod);
        break;
    default:
        return FLOW_BAD_COMMAND;
    }
    if (t->learn_refs.orphans)
        delete_orphans(t, now_ms);
    bump_if_changed(t, before);
    return error;
}

static void release_tables(void *object)
{
    struct flow_tables *t = object;

    for (size_t i = 0; i < FLOW_TABLES; i++)
        classifier_clear(&t->tables[i]);
    counters_free(t->counters);
    learn_refs_clear(&t->learn_refs);
    free(t);
}

void flow_tables_free(struct flow_tables *t)
{
    struct removal everything = {t, NULL, 0, NULL, NULL, REMOVED_DELETE, 0};

    if (!t)
        return;
    t->removed = NULL;
    remove_all(&everything, 0);
    remove_all(&everything, FLOW_MOD_HIDDEN);
    retire(&t->retired, t, release_tables); /* after its entries */
    retire_flush();
}
