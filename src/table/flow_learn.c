/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/flow_learn.h"

#include "base/hash.h"
#include "base/thread_role.h"
#include "table/learn_tally.h"

/* Timeouts and flags do not count: a modify leaves them as they are. */
static bool is_same(const struct flow_entry *e, const struct flow_mod *mod)
{
    return (!mod->sets_cookie || e->cookie == mod->cookie) &&
           flow_instructions_is_equal(&e->instructions, &mod->instructions);
}

static struct flow_entry *find(const struct flow_tables *t,
                               const struct flow_mod *mod)
{
    return flow_tables_find_exact(t, mod->table, &mod->match, mod->priority);
}

bool flow_learn_is_known(const struct flow_tables *t,
                         const struct flow_mod *mod, int64_t now_ms)
{
    const struct flow_entry *e = find(t, mod);

    return e && is_same(e, mod) &&
           (!e->hard_timeout_s ||
            now_ms - atomic_load_explicit(&e->modified_ms,
                                          memory_order_relaxed) <
                LEARN_AGAIN_MS);
}

bool flow_learn_is_same(const struct flow_tables *t, const struct flow_mod *mod)
{
    const struct flow_entry *e = find(t, mod);

    return e && is_same(e, mod);
}

static void count_one(void *context, struct flow_entry *e)
{
    size_t *count = context;

    (void)e;
    ++*count;
}

static size_t count_of_cookie(struct flow_tables *t, const struct flow_mod *mod)
{
    struct flow_mod filter = flow_mod_empty();
    size_t count = 0;

    filter.command = FLOW_MOD_DELETE;
    filter.table = mod->table;
    filter.cookie = mod->cookie;
    filter.cookie_mask = UINT64_MAX;
    flow_tables_each(t, &filter, count_one, &count);
    return count;
}

/* That of the mod's cookie and table, as it is now. */
static struct learn_tally *tally_of(struct flow_tables *t,
                                    const struct flow_mod *mod)
{
    struct learn_tallies *all = flow_tables_learn_tallies(t);
    struct learn_tally *row =
        &all->rows[hash_two(0, mod->cookie, mod->table) % LEARN_TALLIES];
    uint32_t others = flow_tables_version(t) - all->requests;

    if (!row->is_known || row->cookie != mod->cookie ||
        row->table != mod->table || row->others != others)
        *row = (struct learn_tally){
            .is_known = true,
            .table = mod->table,
            .others = others,
            .cookie = mod->cookie,
            .count = count_of_cookie(t, mod),
        };
    return row;
}

enum flow_error flow_learn(struct flow_tables *t, const struct flow_mod *mod,
                           uint32_t limit, int64_t now_ms,
                           enum flow_learn_news *news)
{
    struct flow_entry *e = find(t, mod);
    uint32_t version = flow_tables_version(t);
    struct learn_tally *tally = NULL;
    enum flow_error error;

    assert_main_thread();
    *news = LEARN_KNOWN;
    if (e && is_same(e, mod)) {
        atomic_store_explicit(&e->modified_ms, now_ms, memory_order_relaxed);
        return FLOW_OK;
    }
    if (!e && limit)
        tally = tally_of(t, mod);
    if (tally && tally->count >= limit) {
        *news = LEARN_LIMITED;
        return FLOW_OK;
    }
    *news = e ? LEARN_CHANGED : LEARN_NEW;
    error = flow_tables_apply(t, mod, now_ms);
    /* A new entry changes no other tally. */
    if (tally && !error) {
        tally->count++;
        flow_tables_learn_tallies(t)->requests +=
            flow_tables_version(t) - version;
    }
    return error;
}
