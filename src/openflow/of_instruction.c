/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_instruction.h"

#include <endian.h>

#include "base/array.h"
#include "flow/meter_desc.h"
#include "flow/port_no.h"
#include "openflow/of.h"
#include "openflow/of_action.h"

/* OFPIT_* */
enum {
    GOTO_TABLE = 1,
    WRITE_METADATA = 2,
    WRITE_ACTIONS = 3,
    APPLY_ACTIONS = 4,
    CLEAR_ACTIONS = 5,
    METER = 6,
    STAT_TRIGGER = 7,
    EXPERIMENTER = 0xffff,

    INSTRUCTION_HEADER_SIZE = 4,
    TABLE_MAX = 0xfe,
};

/* What has been read so far. */
struct reading {
    enum of_version version;
    const struct flow_match *match;
    struct flow_instructions *i;
    struct action_list apply, write;
};

static enum flow_error read_goto(struct reading *to, struct reader *r)
{
    to->i->has_goto = true;
    to->i->goto_table = read_u8(r);
    return to->i->goto_table > TABLE_MAX ? FLOW_BAD_INSTRUCTION_TABLE : FLOW_OK;
}

static enum flow_error read_metadata(struct reading *to, struct reader *r)
{
    read_u32(r); /* padding */
    to->i->has_metadata = true;
    to->i->metadata = htobe64(read_u64(r));
    to->i->metadata_mask = htobe64(read_u64(r));
    return FLOW_OK;
}

static enum flow_error read_write(struct reading *to, struct reader *r)
{
    read_u32(r); /* padding */
    to->i->has_write = true;
    return of_actions_read(to->version, r, to->match, &to->write);
}

static enum flow_error read_apply(struct reading *to, struct reader *r)
{
    read_u32(r); /* padding */
    to->i->has_apply = true;
    return of_actions_read(to->version, r, to->match, &to->apply);
}

static enum flow_error read_clear(struct reading *to, struct reader *r)
{
    (void)r;
    to->i->has_clear = true;
    return FLOW_OK;
}

static enum flow_error read_meter(struct reading *to, struct reader *r)
{
    to->i->has_meter = true;
    to->i->meter = read_u32(r);
    return to->i->meter == 0 || to->i->meter > METER_MAX ? FLOW_INVALID_METER
                                                         : FLOW_OK;
}

static enum flow_error refuse_trigger(struct reading *to, struct reader *r)
{
    (void)to;
    (void)r;
    return FLOW_UNSUPPORTED_INSTRUCTION;
}

static enum flow_error refuse_experimenter(struct reading *to, struct reader *r)
{
    uint32_t id = read_u32(r);

    (void)to;
    return id == OF_VENDOR_NICIRA || id == OF_VENDOR_ONF
               ? FLOW_BAD_EXPERIMENTER_INSTRUCTION
               : FLOW_BAD_INSTRUCTION_EXPERIMENTER;
}

static const struct row {
    uint16_t type;
    uint8_t first, last; /* versions */
    uint16_t size;       /* of the whole instruction; 0: it varies */
    enum flow_error (*read)(struct reading *to, struct reader *r);
} rows[] = {
    /* clang-format off */
    {GOTO_TABLE,     OF11, OF15, 8,  read_goto          },
    {WRITE_METADATA, OF11, OF15, 24, read_metadata      },
    {WRITE_ACTIONS,  OF11, OF15, 0,  read_write         },
    {APPLY_ACTIONS,  OF11, OF15, 0,  read_apply         },
    {CLEAR_ACTIONS,  OF11, OF15, 8,  read_clear         },
    {METER,          OF13, OF14, 8,  read_meter         },
    {STAT_TRIGGER,   OF15, OF15, 0,  refuse_trigger     },
    {EXPERIMENTER,   OF11, OF15, 0,  refuse_experimenter},
    /* clang-format on */
};

enum { ROWS = ARRAY_SIZE(rows) };

/* Returns ROWS if the version has no such type. */
static size_t find_row(enum of_version version, uint16_t type)
{
    size_t i = 0;

    while (i < ROWS && (rows[i].type != type || rows[i].first > version ||
                        rows[i].last < version))
        i++;
    return i;
}

static enum flow_error read_one(struct reading *to, struct reader *r,
                                bool *were_there)
{
    uint16_t type = read_u16(r), size = read_u16(r);
    size_t row = find_row(to->version, type);
    struct reader body;

    if (size < 8 || size % 8 != 0)
        return FLOW_BAD_INSTRUCTION_LENGTH;
    body = read_slice(r, size - INSTRUCTION_HEADER_SIZE);
    if (r->bad)
        return FLOW_BAD_INSTRUCTION_LENGTH;
    if (row == ROWS)
        return FLOW_BAD_INSTRUCTION;
    if (rows[row].size && rows[row].size != size)
        return FLOW_BAD_INSTRUCTION_LENGTH;
    if (were_there[row])
        return FLOW_DUPLICATE_INSTRUCTION;
    were_there[row] = true;
    return rows[row].read(to, &body);
}

static enum flow_error read_list(struct reading *to, struct reader *r)
{
    bool were_there[ROWS] = {false};
    enum flow_error error = FLOW_OK;

    if (to->version == OF10) {
        to->i->has_apply = r->left > 0;
        return of_actions_read(OF10, r, to->match, &to->apply);
    }
    while (r->left > 0 && !error)
        error = read_one(to, r, were_there);
    return error;
}

enum flow_error of_instructions_read(enum of_version version, struct reader *r,
                                     const struct flow_match *match,
                                     struct flow_instructions *i)
{
    struct reading to = {.version = version, .match = match, .i = i};
    enum flow_error error;

    *i = (struct flow_instructions){0};
    error = read_list(&to, r);
    if (!error && r->bad)
        error = FLOW_BAD_INSTRUCTION_LENGTH;
    if (!error)
        error = flow_instructions_join(i, &to.apply, &to.write);
    action_list_clear(&to.apply);
    action_list_clear(&to.write);
    if (error)
        flow_instructions_clear(i);
    return error;
}

static size_t begin(struct of_buffer *b, uint16_t type)
{
    size_t start = b->size;

    of_put_u16(b, type);
    of_put_u16(b, 0); /* length */
    return start;
}

static void end(struct of_buffer *b, size_t start)
{
    of_pad_to_8(b, start);
    of_set_u16(b, start + 2, (uint16_t)(b->size - start));
}

/* In 1.3 and 1.4 a meter is an instruction, done before the actions; an action
 * that comes first is the same. */
static size_t leading_meter(enum of_version version,
                            const struct flow_instructions *i)
{
    return !i->has_meter && (version == OF13 || version == OF14) &&
           i->apply_count && instructions_apply(i)->type == ACTION_METER;
}

static void put_meter(enum of_version version, struct of_buffer *b,
                      const struct flow_instructions *i)
{
    size_t start;

    if (!leading_meter(version, i) &&
        (!i->has_meter || version < OF13 || version > OF14))
        return;
    start = begin(b, METER);
    of_put_u32(b, i->has_meter ? i->meter : instructions_apply(i)->meter);
    end(b, start);
}

static void put_apply(enum of_version version, struct of_buffer *b,
                      const struct flow_match *match,
                      const struct flow_instructions *i)
{
    bool has_meter = (version >= OF15 || version < OF13) && i->has_meter;
    struct flow_action meter = {.type = ACTION_METER, .meter = i->meter};
    size_t skipped = leading_meter(version, i), start;

    if (!has_meter && (!i->has_apply || (skipped && i->apply_count == 1)))
        return;
    start = begin(b, APPLY_ACTIONS);
    of_put_zeros(b, 4);
    if (has_meter)
        of_actions_write(version, b, NULL, &meter, 1);
    if (i->apply_count)
        of_actions_write(version, b, match, instructions_apply(i) + skipped,
                         i->apply_count - skipped);
    end(b, start);
}

static void put_write(enum of_version version, struct of_buffer *b,
                      const struct flow_instructions *i)
{
    size_t start;

    if (!i->has_write)
        return;
    start = begin(b, WRITE_ACTIONS);
    of_put_zeros(b, 4);
    of_actions_write(version, b, NULL, instructions_write(i), i->write_count);
    end(b, start);
}

static void put_metadata(struct of_buffer *b, const struct flow_instructions *i)
{
    size_t start = begin(b, WRITE_METADATA);

    of_put_zeros(b, 4);
    of_put_u64(b, be64toh(i->metadata));
    of_put_u64(b, be64toh(i->metadata_mask));
    end(b, start);
}

/* Actions alone: going on in another table is one of Nicira's. */
static void write_10(struct of_buffer *b, const struct flow_match *match,
                     const struct flow_instructions *i)
{
    const struct flow_action resubmit = {.type = ACTION_RESUBMIT,
                                         .port = PORT_NO_IN_PORT,
                                         .table = i->goto_table};

    if (i->has_meter)
        of_action_put_unsaid(b, "meter");
    of_actions_write(OF10, b, match, instructions_apply(i), i->apply_count);
    if (i->has_clear)
        of_action_put_unsaid(b, "clear_actions");
    if (i->has_write)
        of_action_put_unsaid(b, "write_actions");
    if (i->has_metadata)
        of_action_put_unsaid(b, "write_metadata");
    if (i->has_goto)
        of_actions_write(OF10, b, NULL, &resubmit, 1);
}

void of_instructions_write(enum of_version version, struct of_buffer *b,
                           const struct flow_match *match,
                           const struct flow_instructions *i)
{
    size_t start;

    if (version == OF10) {
        write_10(b, match, i);
        return;
    }
    put_meter(version, b, i);
    put_apply(version, b, match, i);
    if (i->has_clear)
        end(b, begin(b, CLEAR_ACTIONS));
    put_write(version, b, i);
    if (i->has_metadata)
        put_metadata(b, i);
    if (i->has_goto) {
        start = begin(b, GOTO_TABLE);
        of_put_u8(b, i->goto_table);
        end(b, start);
    }
}
