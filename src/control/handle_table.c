/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_table.h"

#include <assert.h>
#include <stdlib.h>

#include "datapath/totals.h"
#include "openflow/of_multipart.h"
#include "openflow/of_table.h"
#include "openflow/of_table_features.h"

enum flow_error handle_table_stats(struct request *r)
{
    const struct flow_tables *tables = datapath_tables(r->s->datapath);
    enum flow_error error = request_is_empty(r);
    struct of_multipart parts;

    if (error)
        return error;
    parts = of_multipart_of(&r->reply, request_begin(r, r->kind));
    for (unsigned int i = 0; i < r->s->identity.tables; i++) {
        struct table_lookups lookups =
            totals_lookups(r->s->datapath, (uint8_t)i);
        struct table_stats stats = {
            .table = (uint8_t)i,
            .max_entries = (uint32_t)flow_tables_limit(tables, (uint8_t)i),
            .active_entries = (uint32_t)flow_tables_count(tables, (uint8_t)i),
            .lookups = lookups.matched + lookups.missed,
            .matches = lookups.matched,
        };

        if (r->s->table_features)
            memcpy(stats.name, r->s->table_features[i].name,
                   sizeof(stats.name));
        of_table_put_stats(&r->reply, r->c->version, &stats);
        of_multipart_part_done(&parts);
    }
    of_multipart_end(&parts);
    return FLOW_OK;
}

static struct table_features default_features(const struct of_switch *s,
                                              unsigned int table)
{
    struct table_features f =
        table_features_full((uint8_t)table, s->identity.tables);

    /* No names: ovs-ofctl would show them in the place of numbers. */
    f.max_entries = FLOW_TABLE_LIMIT;
    return f;
}

static bool exceeds64(uint64_t wanted, uint64_t can)
{
    return (wanted & ~can) != 0;
}

static bool exceeds(const struct table_abilities *wanted,
                    const struct table_abilities *can)
{
    bool does = (wanted->instructions & ~can->instructions) != 0;

    for (size_t i = 0; i < 8; i++)
        does = does || (wanted->next_tables[i] & ~can->next_tables[i]) != 0;
    return does || exceeds64(wanted->write_actions, can->write_actions) ||
           exceeds64(wanted->apply_actions, can->apply_actions) ||
           exceeds64(wanted->write_fields, can->write_fields) ||
           exceeds64(wanted->apply_fields, can->apply_fields) ||
           exceeds64(wanted->write_copy, can->write_copy) ||
           exceeds64(wanted->apply_copy, can->apply_copy);
}

/* A table may be asked for less than it can do: it says so from then on.  Of
 * entries it takes no more than it was asked for; whatever else it is sent in
 * spite of that it does all the same. */
static enum flow_error check_features(const struct of_switch *s,
                                      const struct table_features *wanted)
{
    struct table_features can;

    if (wanted->table >= s->identity.tables)
        return FLOW_BAD_FEATURES_TABLE;
    if (wanted->fault)
        return wanted->fault;
    can = default_features(s, wanted->table);
    return exceeds(&wanted->entries, &can.entries) ||
                   exceeds(&wanted->miss, &can.miss) ||
                   exceeds64(wanted->match, can.match) ||
                   wanted->max_entries > can.max_entries
               ? FLOW_BAD_TABLE_FEATURES
               : FLOW_OK;
}

static bool make_room(struct of_switch *s)
{
    assert(s->identity.tables <= FLOW_TABLES);
    if (s->table_features)
        return true;
    s->table_features = calloc(FLOW_TABLES, sizeof(*s->table_features));
    for (unsigned int i = 0; s->table_features && i < FLOW_TABLES; i++)
        s->table_features[i] = default_features(s, i);
    return s->table_features;
}

/* Reads all before any is taken over. */
static enum flow_error change_features(struct request *r, struct reader wanted)
{
    struct reader again = wanted;
    struct table_features f;

    while (wanted.left) {
        enum flow_error error =
            of_table_features_read(r->c->version, &wanted, &f);

        if (!error)
            error = check_features(r->s, &f);
        if (error)
            return error;
    }
    if (!make_room(r->s))
        return FLOW_OUT_OF_MEMORY;
    while (again.left) {
        of_table_features_read(r->c->version, &again, &f);
        f.capabilities = 0;
        assert(f.table < r->s->identity.tables); /* check_features */
        r->s->table_features[f.table] = f;
        flow_tables_set_limit(datapath_tables(r->s->datapath), f.table,
                              f.max_entries);
    }
    return FLOW_OK;
}

/* A request with a body, whole or the last of its parts, is done and answered
 * as one. */
static enum flow_error change_by_parts(struct request *r)
{
    struct request_parts *p = &r->c->parts;
    enum flow_error error;

    if (r->c->role == ROLE_SLAVE)
        return FLOW_IS_SLAVE;
    error = request_parts_add(p, r->header.xid, &r->body, r->now_ms);
    if (error || r->flags & OF_MULTIPART_MORE)
        return error;
    error = change_features(r, reader_over(p->body.data, p->body.size));
    request_parts_clear(p);
    return error;
}

enum flow_error handle_table_features(struct request *r)
{
    struct of_multipart parts;

    if (r->body.left || r->flags & OF_MULTIPART_MORE ||
        request_parts_has(&r->c->parts, r->header.xid)) {
        enum flow_error error = change_by_parts(r);

        if (error || r->flags & OF_MULTIPART_MORE)
            return error;
    }
    parts = of_multipart_of(&r->reply, request_begin(r, r->kind));
    for (unsigned int i = 0; i < r->s->identity.tables; i++) {
        struct table_features f = r->s->table_features
                                      ? r->s->table_features[i]
                                      : default_features(r->s, i);

        of_table_features_put(&r->reply, r->c->version, &f);
        of_multipart_part_done(&parts);
    }
    of_multipart_end(&parts);
    return FLOW_OK;
}

/* Tables neither evict entries nor tell of vacancy, and what becomes of a miss
 * is not a table's to say. */
enum flow_error handle_table_mod(struct request *r)
{
    uint32_t cannot = TABLE_EVICTION | TABLE_VACANCY_EVENTS;
    struct table_desc mod;
    enum flow_error error = of_table_read_mod(r->c->version, &r->body, &mod);

    if (error)
        return error;
    if (mod.table != TABLE_ALL && mod.table >= r->s->identity.tables)
        return FLOW_BAD_MOD_TABLE;
    if (r->c->version < OF13)
        cannot |= TABLE_MISS_CONTINUE | TABLE_MISS_DROP;
    return mod.config & cannot ? FLOW_BAD_TABLE_CONFIG : FLOW_OK;
}

enum flow_error handle_table_desc(struct request *r)
{
    enum flow_error error = request_is_empty(r);
    struct of_multipart parts;

    if (error)
        return error;
    parts = of_multipart_of(&r->reply, request_begin(r, r->kind));
    for (unsigned int i = 0; i < r->s->identity.tables; i++) {
        struct table_desc d = {.table = (uint8_t)i};

        of_table_put_desc(&r->reply, &d);
        of_multipart_part_done(&parts);
    }
    of_multipart_end(&parts);
    return FLOW_OK;
}
