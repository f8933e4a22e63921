/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_meter.h"

#include "control/async.h"
#include "control/reference_counts.h"
#include "openflow/of_meter.h"
#include "openflow/of_multipart.h"

static bool uses_meter(const struct flow_entry *e, uint32_t meter)
{
    const struct flow_instructions *i = &e->instructions;
    const struct flow_action *end = instructions_end(i);

    if (meter == METER_ALL)
        return i->has_meter || action_find(i->cells, end, ACTION_METER);
    return (i->has_meter && i->meter == meter) ||
           action_find_number(i->cells, end, ACTION_METER, meter);
}

enum flow_error handle_meter_mod(struct request *r)
{
    struct flow_tables *tables = datapath_tables(r->s->datapath);
    struct meter_table *meters = datapath_meters(r->s->datapath);
    size_t before = meter_table_count(meters);
    struct meter_mod mod;
    enum flow_error error = of_meter_read_mod(&r->body, &mod);

    if (error)
        return error;
    error = meter_table_apply(meters, &mod, r->now_ms);
    if (error)
        return error;
    /* Entries go with what they use: OpenFlow 1.3.5 6.8. */
    if (mod.command == METER_DELETE)
        flow_tables_remove_if(tables, uses_meter, mod.meter_id,
                              REMOVED_METER_DELETE, r->now_ms);
    /* Verdicts that used the old meter are decided again, but a DELETE may have
     * found none. */
    if (mod.command != METER_DELETE || meter_table_count(meters) != before)
        flow_tables_bump(tables);
    async_meter_changed(r->s, r->c, r->header.xid, &mod);
    return FLOW_OK;
}

/* A reply that is being written, one part a meter. */
struct listing {
    struct request *r;
    struct of_multipart parts;
    struct reference_counts references;
    void (*put)(struct listing *l, const struct meter *m);
};

static void list_entry(struct reference_counts *u, const struct flow_entry *e)
{
    const struct flow_instructions *i = &e->instructions;
    const struct flow_action *a = i->cells, *end = instructions_end(i);

    if (i->has_meter)
        reference_counts_add(u, i->meter);
    for (; (a = action_find(a, end, ACTION_METER)); a = action_next(a))
        reference_counts_add(u, a->meter);
}

static void put_stats(struct listing *l, const struct meter *m)
{
    struct meter_stats stats;

    meter_count(m, l->r->now_ms, &stats);
    stats.flow_count = reference_counts_of(&l->references, stats.meter_id);
    of_meter_put_stats(&l->r->reply, &stats);
}

static void put_config(struct listing *l, const struct meter *m)
{
    struct meter_mod mod;

    meter_describe(m, &mod);
    of_meter_put_config(&l->r->reply, &mod);
}

static void put_part(void *context, const struct meter *m)
{
    struct listing *l = context;

    l->put(l, m);
    of_multipart_part_done(&l->parts);
}

static enum flow_error list_meters(struct listing *l)
{
    struct request *r = l->r;
    const struct meter_table *meters = datapath_meters(r->s->datapath);
    const struct meter *one = NULL;
    uint32_t wanted = METER_ALL;
    enum flow_error error = of_meter_read_request(&r->body, &wanted);
    bool is_whole = true;

    if (error)
        return error;
    if (wanted != METER_ALL) {
        one = meter_table_find(meters, wanted);
        if (!one)
            return FLOW_UNKNOWN_METER;
    }
    l->parts = of_multipart_of(&r->reply, request_begin(r, r->kind));
    if (one)
        put_part(l, one);
    else
        is_whole = meter_table_each(meters, put_part, l);
    of_multipart_end(&l->parts);
    if (is_whole)
        return FLOW_OK;
    of_buffer_clear(&r->reply);
    return FLOW_OUT_OF_MEMORY;
}

enum flow_error handle_meter_stats(struct request *r)
{
    struct listing l = {.r = r, .put = put_stats};
    enum flow_error error;

    reference_counts_gather(r->s, &l.references, list_entry);
    error = l.references.is_bad ? FLOW_OUT_OF_MEMORY : list_meters(&l);
    reference_counts_clear(&l.references);
    return error;
}

enum flow_error handle_meter_config(struct request *r)
{
    struct listing l = {.r = r, .put = put_config};

    return list_meters(&l);
}

enum flow_error handle_meter_features(struct request *r)
{
    static const struct meter_features features = {
        .max_meter = METER_TABLE_LIMIT,
        .band_types = 1 << BAND_DROP | 1 << BAND_DSCP_REMARK,
        .capabilities = METER_KBPS | METER_PKTPS | METER_BURST | METER_STATS,
        .max_bands = METER_BANDS_MAX,
        .max_color = 0,
    };
    enum flow_error error = request_is_empty(r);

    if (error)
        return error;
    of_meter_write_features(&r->reply, r->c->version, r->header.xid, &features);
    return FLOW_OK;
}
