/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_table_features.h"

#include "base/array.h"
#include "openflow/of_capability.h"
#include "openflow/of_oxm.h"
#include "openflow/of_property.h"
#include "openflow/of_read.h"

/* What a property is a list of. */
enum form {
    INSTRUCTIONS, /* headers of them */
    TABLES,       /* a byte each */
    ACTIONS,      /* headers of them */
    FIELDS,       /* headers of OXM */
    MATCH_FIELDS, /* the same, with the bit of fields that can have a mask */
};

enum {
    ITEM_SIZE = 4, /* of an instruction and an action */
    ITEM_EXPERIMENTER = 0xffff,
    INSTRUCTION_MAX = 31,
};

#define ENTRIES(member) offsetof(struct table_features, entries.member)
#define MISS(member)    offsetof(struct table_features, miss.member)

/*
 * The properties, in the order of their numbers.  'of' is that of other entries
 * where the property is for the table-miss entry.
 */
static const struct row {
    uint16_t type;
    uint8_t first; /* version */
    enum form form;
    size_t offset; /* in struct table_features */
    int of;        /* -1: itself one of those */
    bool is_required;
} rows[] = {
    /* clang-format off */
    {0,      OF13, INSTRUCTIONS, ENTRIES(instructions),          -1,             true                                 },
    {1,      OF13, INSTRUCTIONS, MISS(instructions),             0,              false                                },
    {2,      OF13, TABLES,       ENTRIES(next_tables),           -1,             true                                 },
    {3,      OF13, TABLES,       MISS(next_tables),              2,              false                                },
    {4,      OF13, ACTIONS,      ENTRIES(write_actions),         -1,             true                                 },
    {5,      OF13, ACTIONS,      MISS(write_actions),            4,              false                                },
    {6,      OF13, ACTIONS,      ENTRIES(apply_actions),         -1,             true                                 },
    {7,      OF13, ACTIONS,      MISS(apply_actions),            6,              false                                },
    {8,      OF13, MATCH_FIELDS, offsetof(struct table_features, match),         -1,                                    true},
    {10,      OF13,         FIELDS,            offsetof(struct table_features,                            wildcards), -1, true},
    {12,  OF13,      FIELDS,                 ENTRIES(write_fields),                                          -1,                                             true                                            },
    {13,  OF13,      FIELDS,                 MISS(write_fields),                                          12, false},
    {14, OF13,     FIELDS,                ENTRIES(apply_fields),                                          -1,                                              true                                                                                       },
    {15,  OF13,      FIELDS,                 MISS(apply_fields),                                          14,false},
    {18, OF15,     FIELDS,                ENTRIES(write_copy),                                          -1,                                               false                                                                                                                                      },
    {19, OF15,     FIELDS,                MISS(write_copy),                                          18,false},
    {20, OF15,     FIELDS,                ENTRIES(apply_copy),                                          -1,                                               false                                                                                                                                                                                  },
    {21, OF15,     FIELDS,                MISS(apply_copy),                                          20,false},
    /* clang-format on */
};

enum { ROWS = ARRAY_SIZE(rows) };

static void *member_of(struct table_features *f, const struct row *row)
{
    return (uint8_t *)f + row->offset;
}

static const void *member_in(const struct table_features *f,
                             const struct row *row)
{
    return (const uint8_t *)f + row->offset;
}

static size_t size_of_member(const struct row *row)
{
    switch (row->form) {
    case INSTRUCTIONS:
        return sizeof(uint32_t);
    case TABLES:
        return sizeof(((struct table_abilities *)0)->next_tables);
    default:
        return sizeof(uint64_t);
    }
}

static void put_item(struct of_buffer *b, uint16_t number)
{
    of_put_u16(b, number);
    of_put_u16(b, ITEM_SIZE);
}

/* METER is an action since 1.5. */
static void put_instructions(struct of_buffer *b, enum of_version version,
                             uint32_t set)
{
    for (unsigned int i = 0; i <= INSTRUCTION_MAX; i++)
        if (set & 1u << i && (i != TABLE_METER || version < OF15))
            put_item(b, (uint16_t)i);
}

static void put_tables(struct of_buffer *b, const uint32_t *words)
{
    for (unsigned int i = 0; i < TABLE_ALL; i++)
        if (words[i / 32] & 1u << i % 32)
            of_put_u8(b, (uint8_t)i);
}

static void put_actions(struct of_buffer *b, enum of_version version,
                        uint64_t set)
{
    uint32_t numbers = of_capability_actions(version, set);

    for (uint16_t i = 0; i < 32; i++)
        if (numbers & 1u << i)
            put_item(b, i);
}

static void put_fields(struct of_buffer *b, enum of_version version,
                       uint64_t set, bool tells_masks)
{
    for (unsigned int i = 0; i < FIELD_COUNT; i++) {
        const struct field *f = field_by_id(i);

        if (set & UINT64_C(1) << i && of_capability_has_field(version, f))
            of_oxm_put_header(b, version, f, tells_masks && f->is_maskable);
    }
}

static void put_property(struct of_buffer *b, enum of_version version,
                         const struct row *row, const struct table_features *f)
{
    const void *member = member_in(f, row);
    size_t start = of_property_begin(b, row->type);

    switch (row->form) {
    case INSTRUCTIONS:
        put_instructions(b, version, *(const uint32_t *)member);
        break;
    case TABLES:
        put_tables(b, member);
        break;
    case ACTIONS:
        put_actions(b, version, *(const uint64_t *)member);
        break;
    case FIELDS:
    case MATCH_FIELDS:
        put_fields(b, version, *(const uint64_t *)member,
                   row->form == MATCH_FIELDS);
        break;
    }
    of_property_finish(b, start);
}

void of_table_features_put(struct of_buffer *b, enum of_version version,
                           const struct table_features *f)
{
    size_t start = b->size, name_size = strnlen(f->name, TABLE_NAME_SIZE - 1);

    of_put_u16(b, 0); /* length, see below */
    of_put_u8(b, f->table);
    of_put_u8(b, version >= OF15 ? f->command : 0);
    of_put_u32(b, version >= OF15 ? f->features : 0);
    of_put(b, f->name, name_size);
    of_put_zeros(b, TABLE_NAME_SIZE - name_size);
    of_put_u64(b, f->metadata_match);
    of_put_u64(b, f->metadata_write);
    of_put_u32(b, f->capabilities);
    of_put_u32(b, f->max_entries);
    for (size_t i = 0; i < ROWS; i++)
        if (version >= rows[i].first)
            put_property(b, version, &rows[i], f);
    of_set_u16(b, start, (uint16_t)(b->size - start));
}

static void set_fault(struct table_features *f, enum flow_error fault)
{
    if (!f->fault)
        f->fault = fault;
}

/* The number of the next instruction or action, which is all that of it is
 * here; false if it is none of the standard's. */
static bool read_item(struct reader *list, uint16_t *number)
{
    size_t size;

    *number = read_u16(list);
    size = read_u16(list);
    if (size < ITEM_SIZE)
        reader_fail(list);
    else
        read_bytes(list, size - ITEM_SIZE);
    return *number != ITEM_EXPERIMENTER;
}

static void read_instructions(struct reader *list, struct table_features *f,
                              uint32_t *set)
{
    while (list->left > 0) {
        uint16_t number;

        if (read_item(list, &number) && number >= TABLE_GOTO &&
            number <= TABLE_METER)
            *set |= 1u << number;
        else
            set_fault(f, FLOW_BAD_PROPERTY_VALUE);
    }
}

static void read_tables(struct reader *list, uint32_t *words)
{
    while (list->left > 0) {
        uint8_t table = read_u8(list);

        words[table / 32] |= 1u << table % 32;
    }
}

static void read_actions(enum of_version version, struct reader *list,
                         struct table_features *f, uint64_t *set)
{
    while (list->left > 0) {
        enum action_type type;
        uint16_t number;

        if (read_item(list, &number) &&
            of_capability_find_action(version, number, &type))
            *set |= UINT64_C(1) << type;
        else
            set_fault(f, FLOW_BAD_PROPERTY_VALUE);
    }
}

static void read_fields(struct reader *list, struct table_features *f,
                        uint64_t *set)
{
    while (list->left > 0) {
        struct of_oxm oxm = of_oxm_read_header(list);

        if (oxm.form == OXM_PLAIN && oxm.field->id < FIELD_COUNT)
            *set |= UINT64_C(1) << oxm.field->id;
        else
            set_fault(f, FLOW_BAD_PROPERTY_VALUE);
    }
}

static enum flow_error read_property(enum of_version version,
                                     struct of_property *p,
                                     const struct row *row,
                                     struct table_features *f)
{
    void *member = member_of(f, row);

    switch (row->form) {
    case INSTRUCTIONS:
        read_instructions(&p->value, f, member);
        break;
    case TABLES:
        read_tables(&p->value, member);
        break;
    case ACTIONS:
        read_actions(version, &p->value, f, member);
        break;
    case FIELDS:
    case MATCH_FIELDS:
        read_fields(&p->value, f, member);
        break;
    }
    return p->value.bad ? FLOW_BAD_PROPERTY_LENGTH : FLOW_OK;
}

static const struct row *find_row(enum of_version version, uint16_t type)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].type == type && version >= rows[i].first)
            return &rows[i];
    return NULL;
}

/* 'seen' has a bit for each property that was there. */
static void complete(enum of_version version, uint32_t seen,
                     struct table_features *f)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i], *of;

        if (seen & 1u << row->type)
            continue;
        if (row->is_required)
            set_fault(f, FLOW_BAD_TABLE_FEATURES);
        if (row->of < 0)
            continue;
        of = find_row(version, (uint16_t)row->of);
        if (of)
            memcpy(member_of(f, row), member_of(f, of), size_of_member(row));
    }
}

static enum flow_error read_properties(enum of_version version,
                                       struct reader *list,
                                       struct table_features *f)
{
    struct of_property p;
    uint32_t seen = 0;

    while (of_property_next(list, &p)) {
        const struct row *row = find_row(version, p.type);
        enum flow_error error;

        if (!row) {
            set_fault(f, FLOW_BAD_PROPERTY);
            continue;
        }
        if (seen & 1u << row->type)
            set_fault(f, FLOW_DUPLICATE_PROPERTY);
        seen |= 1u << row->type;
        error = read_property(version, &p, row, f);
        if (error)
            return error;
    }
    complete(version, seen, f);
    return of_property_list_end(list);
}

enum flow_error of_table_features_read(enum of_version version,
                                       struct reader *r,
                                       struct table_features *f)
{
    struct reader head = *r, part = read_slice(r, read_u16(&head));
    uint32_t features;

    read_u16(&part); /* length */
    *f = (struct table_features){.table = read_u8(&part)};
    f->command = read_u8(&part);
    features = read_u32(&part);
    f->features = version >= OF15 ? features : 0;
    of_read_text(&part, f->name, sizeof(f->name));
    f->metadata_match = read_u64(&part);
    f->metadata_write = read_u64(&part);
    f->capabilities = read_u32(&part);
    f->max_entries = read_u32(&part);
    if (!part.bad)
        return read_properties(version, &part, f);
    reader_fail(r);
    return FLOW_BAD_LENGTH;
}
