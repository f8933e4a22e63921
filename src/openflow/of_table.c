/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_table.h"

#include "openflow/of_capability.h"
#include "openflow/of_property.h"
#include "openflow/of_read.h"

enum {
    WILDCARDS_10 = 0x3fffff, /* all of them, OpenFlow 1.0 5.2.3 */
    FIELDS_11 = 0xffff,      /* OFPFMF_*, OpenFlow 1.1 A.3.5.3 */
    CONFIG_11 = TABLE_MISS_CONTINUE | TABLE_MISS_DROP,
    CONFIG_14 = TABLE_DEPRECATED | TABLE_EVICTION | TABLE_VACANCY_EVENTS,

    /* Properties of TABLE_MOD and MP_TABLE_DESC. */
    EVICTION = 2,
    VACANCY = 3,
};

static void put_name(struct of_buffer *b, const char *name)
{
    size_t length = strnlen(name, TABLE_NAME_SIZE - 1);

    of_put(b, name, length);
    of_put_zeros(b, TABLE_NAME_SIZE - length);
}

static void put_abilities11(struct of_buffer *b, uint32_t config)
{
    struct table_abilities a = table_abilities_full();

    of_put_u32(b, FIELDS_11); /* wildcards */
    of_put_u32(b, FIELDS_11); /* match */
    of_put_u32(b, a.instructions & ~(1u << TABLE_METER));
    of_put_u32(b, of_capability_actions(OF11, a.write_actions));
    of_put_u32(b, of_capability_actions(OF11, a.apply_actions));
    of_put_u32(b, config);
}

static void put_abilities12(struct of_buffer *b, uint32_t config)
{
    struct table_features f = table_features_full(0, 1);
    struct table_abilities a = table_abilities_full();

    of_put_u64(b, of_capability_fields(OF12, f.match));
    of_put_u64(b, of_capability_fields(OF12, f.wildcards));
    of_put_u32(b, of_capability_actions(OF12, a.write_actions));
    of_put_u32(b, of_capability_actions(OF12, a.apply_actions));
    of_put_u64(b, of_capability_fields(OF12, a.write_fields));
    of_put_u64(b, of_capability_fields(OF12, a.apply_fields));
    of_put_u64(b, f.metadata_match);
    of_put_u64(b, f.metadata_write);
    of_put_u32(b, a.instructions & ~(1u << TABLE_METER));
    of_put_u32(b, config);
}

void of_table_put_stats(struct of_buffer *b, enum of_version version,
                        const struct table_stats *s)
{
    of_put_u8(b, s->table);
    of_put_zeros(b, version == OF11 || version == OF12 ? 7 : 3);
    if (version < OF13)
        put_name(b, s->name);
    if (version == OF10)
        of_put_u32(b, WILDCARDS_10);
    if (version == OF11)
        put_abilities11(b, s->config);
    if (version == OF12)
        put_abilities12(b, s->config);
    if (version < OF13)
        of_put_u32(b, s->max_entries);
    of_put_u32(b, s->active_entries);
    of_put_u64(b, s->lookups);
    of_put_u64(b, s->matches);
}

enum flow_error of_table_read_stats(enum of_version version, struct reader *r,
                                    struct table_stats *s)
{
    static const uint8_t abilities_size[] = {
        [OF10] = 4, [OF11] = 20, [OF12] = 60};

    *s = (struct table_stats){.table = read_u8(r)};
    read_bytes(r, version == OF11 || version == OF12 ? 7 : 3);
    if (version < OF13) {
        of_read_text(r, s->name, sizeof(s->name));
        read_bytes(r, abilities_size[version]);
        s->config = version > OF10 ? read_u32(r) : 0;
        s->max_entries = read_u32(r);
    }
    s->active_entries = read_u32(r);
    s->lookups = read_u64(r);
    s->matches = read_u64(r);
    return r->bad ? FLOW_BAD_LENGTH : FLOW_OK;
}

static void put_properties(struct of_buffer *b, const struct table_desc *d)
{
    size_t start;

    if (d->has_eviction) {
        start = of_property_begin(b, EVICTION);
        of_put_u32(b, d->eviction);
        of_property_finish(b, start);
    }
    if (d->has_vacancy) {
        start = of_property_begin(b, VACANCY);
        of_put_u8(b, d->vacancy_down);
        of_put_u8(b, d->vacancy_up);
        of_put_u8(b, d->vacancy);
        of_put_zeros(b, 1);
        of_property_finish(b, start);
    }
}

static enum flow_error read_property(struct of_property *p,
                                     struct table_desc *d)
{
    switch (p->type) {
    case EVICTION:
        if (d->has_eviction)
            return FLOW_DUPLICATE_PROPERTY;
        d->has_eviction = true;
        d->eviction = read_u32(&p->value);
        break;
    case VACANCY:
        if (d->has_vacancy)
            return FLOW_DUPLICATE_PROPERTY;
        d->has_vacancy = true;
        d->vacancy_down = read_u8(&p->value);
        d->vacancy_up = read_u8(&p->value);
        d->vacancy = read_u8(&p->value);
        read_u8(&p->value); /* padding */
        break;
    default:
        return of_property_unknown(p);
    }
    if (of_property_end(p))
        return FLOW_BAD_PROPERTY_LENGTH;
    return d->vacancy_down <= d->vacancy_up && d->vacancy_up <= 100
               ? FLOW_OK
               : FLOW_BAD_PROPERTY_VALUE;
}

static enum flow_error read_properties(struct reader *list,
                                       struct table_desc *d)
{
    struct of_property p;

    while (of_property_next(list, &p)) {
        enum flow_error error = read_property(&p, d);

        if (error)
            return error;
    }
    return of_property_list_end(list);
}

void of_table_write_mod(struct of_buffer *b, enum of_version version,
                        uint32_t xid, const struct table_desc *mod)
{
    size_t start = of_begin(b, version, OF_TABLE_MOD, xid);

    of_put_u8(b, mod->table);
    of_put_zeros(b, 3);
    of_put_u32(b, mod->config);
    if (version >= OF14)
        put_properties(b, mod);
    of_end(b, start);
}

/* 1.1 and 1.2 have three ways of a miss in two bits. */
static bool is_config(enum of_version version, uint32_t config)
{
    if (version >= OF14)
        return !(config & ~(uint32_t)CONFIG_14);
    if (version == OF13)
        return !(config & ~(uint32_t)TABLE_DEPRECATED);
    return config < CONFIG_11;
}

enum flow_error of_table_read_mod(enum of_version version, struct reader *body,
                                  struct table_desc *mod)
{
    enum flow_error error;

    *mod = (struct table_desc){.table = read_u8(body)};
    read_bytes(body, 3);
    mod->config = read_u32(body);
    if (body->bad || (version < OF14 && body->left > 0))
        return FLOW_BAD_LENGTH;
    if (!is_config(version, mod->config))
        return FLOW_BAD_TABLE_CONFIG;
    if (version < OF14)
        return FLOW_OK;
    error = read_properties(body, mod);
    /* How full it is cannot be asked for. */
    return !error && mod->vacancy ? FLOW_BAD_PROPERTY_VALUE : error;
}

void of_table_put_desc(struct of_buffer *b, const struct table_desc *d)
{
    size_t start = b->size;

    of_put_u16(b, 0); /* length, see below */
    of_put_u8(b, d->table);
    of_put_zeros(b, 1);
    of_put_u32(b, d->config);
    put_properties(b, d);
    of_set_u16(b, start, (uint16_t)(b->size - start));
}

enum flow_error of_table_read_desc(struct reader *r, struct table_desc *d)
{
    struct reader head = *r, part = read_slice(r, read_u16(&head));

    read_u16(&part); /* length */
    *d = (struct table_desc){.table = read_u8(&part)};
    read_u8(&part); /* padding */
    d->config = read_u32(&part);
    if (!part.bad)
        return read_properties(&part, d);
    reader_fail(r);
    return FLOW_BAD_LENGTH;
}

void of_table_write_status(struct of_buffer *b, enum of_version version,
                           enum table_reason reason, const struct table_desc *d)
{
    size_t start = of_begin(b, version, OF_TABLE_STATUS, 0);

    of_put_u8(b, (uint8_t)reason);
    of_put_zeros(b, 7);
    of_table_put_desc(b, d);
    of_end(b, start);
}

enum flow_error of_table_read_status(struct reader *body, uint8_t *reason,
                                     struct table_desc *d)
{
    enum flow_error error;

    *reason = read_u8(body);
    read_bytes(body, 7);
    error = of_table_read_desc(body, d);
    return error ? error : of_read_end(body);
}
