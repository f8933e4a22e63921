/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/staging.h"

#include <stdlib.h>

#include "base/thread_role.h"
#include "control/handle_group.h"

struct staging {
    int64_t now_ms;
    struct flow_tables *tables; /* NULL: not copied */
    struct counters *counters;
    struct group_table *groups;
    bool is_bad;
};

void staging_free(struct staging *t)
{
    if (!t)
        return;
    flow_tables_free(t->tables);
    group_table_free(t->groups);
    counters_free(t->counters);
    free(t);
}

/* Groups may lead to groups of higher ids, so all are created empty first and
 * get their buckets then. */
static void name_group(void *context, const struct group *g)
{
    struct group_mod mod = {.command = GROUP_ADD,
                            .type = GROUP_TYPE_ALL,
                            .group_id = g->id,
                            .command_bucket_id = BUCKET_ID_ALL};
    struct staging *t = context;

    if (group_table_apply(t->groups, &mod, t->now_ms))
        t->is_bad = true;
}

static void fill_group(void *context, const struct group *g)
{
    struct staging *t = context;
    struct bucket *buckets = calloc(g->bucket_count + 1, sizeof(*buckets));
    struct group_mod mod = {
        .command = GROUP_MODIFY,
        .type = g->type,
        .group_id = g->id,
        .command_bucket_id = BUCKET_ID_ALL,
        .selection = g->selection,
        .buckets = buckets,
        .bucket_count = g->bucket_count,
    };

    for (size_t i = 0; buckets && i < g->bucket_count; i++) {
        buckets[i] = group_bucket_words(&g->buckets[i]);
    }
    if (!buckets || group_table_apply(t->groups, &mod, t->now_ms))
        t->is_bad = true;
    free(buckets);
}

static void copy_entry(void *context, struct flow_entry *e)
{
    struct staging *t = context;
    struct flow_mod mod = flow_mod_empty();

    mod.table = e->table;
    mod.priority = e->priority;
    mod.cookie = e->cookie;
    mod.flags = e->flags & FLOW_MOD_EXACT;
    mod.instructions = e->instructions; /* borrowed */
    classifier_match_of(e, &mod.match);
    if (flow_tables_apply(t->tables, &mod, t->now_ms))
        t->is_bad = true;
}

/* The limits last: a table may hold more than it now takes. */
static void copy_flows(struct staging *t, struct of_switch *s)
{
    struct flow_tables *from = datapath_tables(s->datapath);
    struct flow_mod all = flow_mod_empty();

    t->tables = flow_tables_create(1, t->now_ms);
    if (!t->tables) {
        t->is_bad = true;
        return;
    }
    all.command = FLOW_MOD_DELETE;
    flow_tables_each(from, &all, copy_entry, t);
    for (unsigned int i = 0; i < FLOW_TABLES; i++)
        flow_tables_set_limit(t->tables, (uint8_t)i,
                              flow_tables_limit(from, (uint8_t)i));
}

struct staging *staging_create(struct of_switch *s, bool has_flows,
                               int64_t now_ms)
{
    const struct group_table *groups = datapath_groups(s->datapath);
    struct staging *t = calloc(1, sizeof(*t));

    assert_main_thread();
    if (!t)
        return NULL;
    t->now_ms = now_ms;
    t->counters = counters_create(1);
    t->groups = t->counters ? group_table_create(t->counters) : NULL;
    t->is_bad = !t->groups;
    if (!t->is_bad) {
        t->is_bad = !group_table_each(groups, name_group, t) || t->is_bad;
        t->is_bad = !group_table_each(groups, fill_group, t) || t->is_bad;
    }
    if (!t->is_bad && has_flows)
        copy_flows(t, s);
    if (!t->is_bad)
        return t;
    staging_free(t);
    return NULL;
}

bool staging_has_flows(const struct staging *t)
{
    return t->tables;
}

const struct group_table *staging_groups(const struct staging *t)
{
    return t->groups;
}

enum flow_error staging_group_mod(struct staging *t,
                                  const struct group_mod *mod)
{
    enum flow_error error = group_table_apply(t->groups, mod, t->now_ms);

    /* Entries go with the group that they use. */
    if (!error && t->tables && mod->command == GROUP_DELETE)
        flow_tables_remove_if(t->tables, handle_group_is_used_by, mod->group_id,
                              REMOVED_GROUP_DELETE, t->now_ms);
    return error;
}

enum flow_error staging_flow_mod(struct staging *t, const struct flow_mod *mod)
{
    return t->tables ? flow_tables_apply(t->tables, mod, t->now_ms) : FLOW_OK;
}
