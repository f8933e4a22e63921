/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_group.h"

#include "control/async.h"
#include "control/reference_counts.h"
#include "flow/port_no.h"
#include "flow/table_desc.h"
#include "openflow/of_group.h"
#include "openflow/of_multipart.h"

enum flow_error handle_group_read(struct request *r, struct group_mod *mod)
{
    *mod = (struct group_mod){.command = GROUP_ADD};
    return of_group_read_mod(r->c->version, &r->body, mod);
}

static bool can_watch(uint32_t port)
{
    return port == PORT_NO_ANY || port == PORT_NO_LOCAL ||
           (port >= 1 && port <= OFPORT_MAX);
}

enum flow_error handle_group_check(const struct flow_check *c,
                                   const struct group_mod *mod)
{
    struct flow_check check = *c;

    check.is_bucket = true;
    if (mod->command == GROUP_DELETE)
        return mod->group_id <= GROUP_MAX &&
                       group_table_references(c->groups, mod->group_id)
                   ? FLOW_GROUP_CHAINED
                   : FLOW_OK;
    for (size_t i = 0; i < mod->bucket_count; i++) {
        const struct bucket *b = &mod->buckets[i];
        enum flow_error error =
            flow_check_set(&check, NULL, b->actions.cells, b->actions.count);

        /* That a group which it leads to is not there, or is itself, is for
         * group_table_apply to tell apart. */
        if (error && error != FLOW_BAD_OUT_GROUP)
            return error;
        if (!can_watch(b->watch_port))
            return FLOW_BAD_WATCH;
    }
    return FLOW_OK;
}

bool handle_group_is_used_by(const struct flow_entry *e, uint32_t group)
{
    if (group != GROUP_ALL)
        return flow_entry_uses_group(e, group);
    return action_find(e->instructions.cells,
                       instructions_end(&e->instructions), ACTION_GROUP);
}

enum flow_error handle_group_apply(struct of_switch *s,
                                   const struct group_mod *mod, int64_t now_ms)
{
    struct flow_tables *tables = datapath_tables(s->datapath);
    struct group_table *groups = datapath_groups(s->datapath);
    size_t before = group_table_count(groups);
    enum flow_error error;

    flow_tables_settle(tables);
    error = group_table_apply(groups, mod, now_ms);
    if (error)
        return error;
    /* Entries go with what they use: OpenFlow 1.3.5 6.7. */
    if (mod->command == GROUP_DELETE)
        flow_tables_remove_if(tables, handle_group_is_used_by, mod->group_id,
                              REMOVED_GROUP_DELETE, now_ms);
    /* Verdicts that used the old group are decided again, but a DELETE may have
     * found none. */
    if (mod->command != GROUP_DELETE || group_table_count(groups) != before)
        flow_tables_bump(tables);
    return FLOW_OK;
}

enum flow_error handle_group_mod(struct request *r)
{
    struct flow_check check = flow_check_of(r->s, r->c->version);
    struct group_mod mod;
    enum flow_error error = handle_group_read(r, &mod);

    if (!error)
        error = handle_group_check(&check, &mod);
    if (!error)
        error = handle_group_apply(r->s, &mod, r->now_ms);
    if (!error)
        async_group_changed(r->s, r->c, r->header.xid, &mod);
    group_mod_clear(&mod);
    return error;
}

/* A reply that is being written, one part a group. */
struct listing {
    struct request *r;
    struct of_multipart parts;
    struct reference_counts references;
    void (*put)(struct listing *l, const struct group *g);
};

static void list_cells(struct reference_counts *u, const struct flow_action *a,
                       const struct flow_action *end)
{
    for (; (a = action_find(a, end, ACTION_GROUP)); a = action_next(a))
        reference_counts_add(u, a->group);
}

static void list_entry(struct reference_counts *u, const struct flow_entry *e)
{
    const struct flow_instructions *i = &e->instructions;

    list_cells(u, i->cells, instructions_end(i));
}

static void list_group(void *context, const struct group *g)
{
    for (size_t i = 0; i < g->bucket_count; i++)
        list_cells(context, g->buckets[i].cells,
                   action_end(g->buckets[i].cells, g->buckets[i].cell_count));
}

static void put_stats(struct listing *l, const struct group *g)
{
    const struct of_switch *s = l->r->s;
    const struct counters *counters =
        flow_tables_counters(datapath_tables(s->datapath));
    struct counter_totals total = counters_total(counters, g->counter);
    struct bucket_stats buckets[GROUP_BUCKETS_LIMIT];
    int64_t age_ms = l->r->now_ms - g->created_ms;
    struct group_stats stats = {
        .group_id = g->id,
        .ref_count = reference_counts_of(&l->references, g->id),
        .duration_s = (uint32_t)(age_ms / 1000),
        .duration_ns = (uint32_t)(age_ms % 1000) * 1000000,
        .packets = total.packets,
        .bytes = total.bytes,
        .bucket_count = g->bucket_count,
        .buckets = buckets,
    };

    for (size_t i = 0; i < g->bucket_count && i < GROUP_BUCKETS_LIMIT; i++) {
        total = counters_total(counters, g->buckets[i].counter);
        buckets[i] = (struct bucket_stats){total.packets, total.bytes};
    }
    of_group_put_stats(&l->r->reply, l->r->c->version, &stats);
}

static void put_desc(struct listing *l, const struct group *g)
{
    struct of_group_desc d =
        of_group_begin_desc(&l->r->reply, l->r->c->version, g->type, g->id);

    for (size_t i = 0; i < g->bucket_count; i++) {
        const struct group_bucket *b = &g->buckets[i];
        struct bucket_desc bucket = {
            .id = b->id,
            .weight = b->weight,
            .watch_port = b->watch_port,
            .watch_group = b->watch_group,
            .cells = b->cells,
            .cell_count = b->cell_count,
        };

        of_group_put_bucket(&d, &bucket);
    }
    of_group_end_desc(&d, &g->selection);
}

static void put_part(void *context, const struct group *g)
{
    struct listing *l = context;

    l->put(l, g);
    of_multipart_part_done(&l->parts);
}

/* Of a group that is not there nothing is told; that is no error. */
static enum flow_error list_groups(struct listing *l, uint32_t wanted)
{
    bool is_whole = true;
    struct request *r = l->r;
    const struct group_table *groups = datapath_groups(r->s->datapath);
    const struct group *one = group_table_find(groups, wanted);

    l->parts = of_multipart_of(&r->reply, request_begin(r, r->kind));
    if (wanted == GROUP_ALL)
        is_whole = group_table_each(groups, put_part, l);
    else if (one)
        put_part(l, one);
    of_multipart_end(&l->parts);
    if (is_whole)
        return FLOW_OK;
    of_buffer_clear(&r->reply);
    return FLOW_OUT_OF_MEMORY;
}

enum flow_error handle_group_stats(struct request *r)
{
    struct listing l = {.r = r, .put = put_stats};
    uint32_t wanted = GROUP_ALL;
    enum flow_error error = of_group_read_request(&r->body, &wanted);

    if (error)
        return error;
    if (!group_table_each(datapath_groups(r->s->datapath), list_group,
                          &l.references))
        return FLOW_OUT_OF_MEMORY;
    reference_counts_gather(r->s, &l.references, list_entry);
    error = l.references.is_bad ? FLOW_OUT_OF_MEMORY : list_groups(&l, wanted);
    reference_counts_clear(&l.references);
    return error;
}

enum flow_error handle_group_desc(struct request *r)
{
    struct listing l = {.r = r, .put = put_desc};
    uint32_t wanted = GROUP_ALL;
    enum flow_error error =
        of_group_read_desc_request(r->c->version, &r->body, &wanted);

    return error ? error : list_groups(&l, wanted);
}

enum flow_error handle_group_features(struct request *r)
{
    struct group_features features = {
        .types = (1 << GROUP_TYPE_COUNT) - 1,
        .capabilities = GROUP_SELECT_WEIGHT | GROUP_SELECT_LIVENESS |
                        GROUP_CHAINING | GROUP_CHAINING_CHECKS,
    };
    enum flow_error error = request_is_empty(r);

    if (error)
        return error;
    for (int i = 0; i < GROUP_TYPE_COUNT; i++) {
        features.max_groups[i] = GROUP_TABLE_LIMIT;
        features.actions[i] = table_abilities_full().write_actions;
    }
    of_group_write_features(&r->reply, r->c->version, r->header.xid, &features);
    return FLOW_OK;
}
