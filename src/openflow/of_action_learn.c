/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_action_learn.h"

#include "flow/learn.h"
#include "openflow/of_oxm.h"

/* The word that a part begins with. */
enum {
    BITS = 0x3ff,
    TARGET_SHIFT = 11,
    TARGET_BITS = 3,
    HAS_VALUE = 1 << 13,
    UNUSED = 3 << 14,
};

enum {
    TABLE_NONE = 0xff,
    NXM_PORT_BITS = 16,
};

/* One part as it stands on the wire; its bits may be of several fields. */
struct wire_part {
    uint8_t target;
    bool has_value;
    unsigned bits;
    struct of_oxm source_oxm, target_oxm;
    unsigned source_bit, target_bit;
    uint8_t value[LEARN_VALUE_SIZE];
};

/* A number of so many bits, in as few 16-bit words as hold them. */
static enum flow_error read_value(struct wire_part *p, struct reader *r)
{
    size_t size = (p->bits + 15) / 16 * 2, spare = size * 8 - p->bits;
    const uint8_t *bytes = read_bytes(r, size);

    if (r->bad)
        return FLOW_BAD_ACTION_LENGTH;
    if (size > LEARN_VALUE_SIZE)
        return FLOW_BAD_SET_LENGTH;
    memcpy(p->value + LEARN_VALUE_SIZE - size, bytes, size);
    for (size_t i = 0; i < spare; i++)
        if (bytes[i / 8] >> (7 - i % 8) & 1)
            return FLOW_BAD_ARGUMENT;
    return FLOW_OK;
}

static enum flow_error read_part(struct wire_part *p, uint16_t word,
                                 struct reader *r)
{
    *p = (struct wire_part){
        .target = word >> TARGET_SHIFT & TARGET_BITS,
        .has_value = word & HAS_VALUE,
        .bits = word & BITS,
    };
    if (word & UNUSED || p->target > LEARN_OUTPUT ||
        (p->target == LEARN_OUTPUT && p->has_value))
        return FLOW_BAD_ARGUMENT;
    if (p->has_value) {
        enum flow_error error = read_value(p, r);

        if (error)
            return error;
    } else {
        p->source_oxm = of_oxm_read_header(r);
        p->source_bit = read_u16(r);
    }
    if (p->target != LEARN_OUTPUT) {
        p->target_oxm = of_oxm_read_header(r);
        p->target_bit = read_u16(r);
    }
    return r->bad ? FLOW_BAD_ACTION_LENGTH : FLOW_OK;
}

/* Moves the value so that what comes next is at its end. */
static void shift_value(uint8_t *value, unsigned bits)
{
    for (; bits > 0; bits--)
        for (size_t i = LEARN_VALUE_SIZE; i-- > 0;)
            value[i] =
                (uint8_t)(value[i] >> 1 | (i ? value[i - 1] << 7 & 0x80 : 0));
}

/* The longest run of bits from where 'p' stands on that is of one field. */
static enum flow_error next_run(const struct wire_part *p,
                                struct learn_part *part)
{
    struct of_oxm_bits source = {.count = p->bits}, target = source;
    bool has_target = p->target != LEARN_OUTPUT;

    if ((!p->has_value && (p->source_oxm.form == OXM_UNKNOWN ||
                           p->source_oxm.form == OXM_COOKIE)) ||
        (has_target && (p->target_oxm.form == OXM_UNKNOWN ||
                        p->target_oxm.form == OXM_COOKIE)))
        return FLOW_BAD_SET_TYPE;
    if ((!p->has_value &&
         !of_oxm_find_bits(&p->source_oxm, p->source_bit, p->bits, &source)) ||
        (has_target &&
         !of_oxm_find_bits(&p->target_oxm, p->target_bit, p->bits, &target)))
        return FLOW_BAD_SET_LENGTH;
    *part = (struct learn_part){
        .target = p->target,
        .bits = (uint16_t)(source.count < target.count ? source.count
                                                       : target.count),
    };
    if (!p->has_value) {
        part->source_field = (uint16_t)source.field->id;
        part->source_bit = (uint16_t)source.start;
    }
    if (has_target) {
        part->target_field = (uint16_t)target.field->id;
        part->target_bit = (uint16_t)target.start;
    }
    return FLOW_OK;
}

static enum flow_error add_part(struct wire_part *p, struct action_list *l,
                                size_t at)
{
    if (!p->bits)
        return FLOW_BAD_SET_LENGTH;
    while (p->bits > 0) {
        struct learn_part part;
        enum flow_error error = next_run(p, &part);

        if (!error && p->target == LEARN_OUTPUT && part.bits < p->bits)
            error = FLOW_BAD_SET_LENGTH; /* A port is in one field. */
        if (error)
            return error;
        if (!learn_add(l, at, &part, p->has_value ? p->value : NULL))
            return FLOW_TOO_MANY_ACTIONS;
        p->bits -= part.bits;
        p->source_bit += part.bits;
        p->target_bit += part.bits;
        shift_value(p->value, part.bits);
    }
    return FLOW_OK;
}

static enum flow_error read_parts(struct reader *r, struct action_list *l,
                                  size_t at)
{
    enum flow_error error = FLOW_OK;

    while (r->left > 0 && !error) {
        uint16_t word = read_u16(r);
        struct wire_part p;

        if (r->bad)
            return FLOW_BAD_ACTION_LENGTH;
        if (!word)
            break;
        error = read_part(&p, word, r);
        if (!error)
            error = add_part(&p, l, at);
    }
    while (r->left > 0 && !error)
        if (read_u8(r))
            error = FLOW_BAD_ARGUMENT; /* Only zeros may fill it up. */
    return error;
}

enum flow_error of_action_read_learn(const struct of_action_context *c,
                                     struct reader *r, struct action_list *l)
{
    struct learn_head head = {.is_second_form = c->row->number == OF_NX_LEARN2};
    bool is_bad;

    head.idle_timeout_s = read_u16(r);
    head.hard_timeout_s = read_u16(r);
    head.priority = read_u16(r);
    head.cookie = read_u64(r);
    head.flags = read_u16(r);
    head.table = read_u8(r);
    is_bad = read_u8(r) != 0;   /* padding */
    is_bad |= read_u32(r) != 0; /* timeouts after a FIN */
    if (head.is_second_form) {
        head.limit = read_u32(r);
        is_bad |= read_u32(r) != 0; /* where the result goes, and padding */
    }
    if (r->bad)
        return FLOW_BAD_ACTION_LENGTH;
    if (is_bad || head.table == TABLE_NONE ||
        head.flags & ~(LEARN_SEND_FLOW_REM | LEARN_DELETE_LEARNED))
        return FLOW_BAD_ARGUMENT;
    return read_parts(r, l, learn_begin(l, &head));
}

/* Nicira's actions have NXM fields whatever the version, but for ports that
 * NXM's are too small for. */
static void put_bits(struct of_buffer *b, enum field_id id, unsigned start,
                     unsigned bits)
{
    const struct field *f = field_by_id(id);
    bool is_wide = id == FIELD_IN_PORT && start + bits > NXM_PORT_BITS;
    enum of_version form = is_wide ? OF13 : OF10;

    of_oxm_put_header(b, form, f, false);
    of_put_u16(b, (uint16_t)(start + of_oxm_shift(form, f)));
}

static void put_part(struct of_buffer *b, const struct learn_part *p,
                     const uint8_t *value)
{
    size_t size = (p->bits + 15u) / 16 * 2;

    of_put_u16(b, (uint16_t)(p->bits | p->target << TARGET_SHIFT |
                             (value ? HAS_VALUE : 0)));
    if (value)
        of_put(b, value + LEARN_VALUE_SIZE - size, size);
    else
        put_bits(b, (enum field_id)p->source_field, p->source_bit, p->bits);
    if (p->target != LEARN_OUTPUT)
        put_bits(b, (enum field_id)p->target_field, p->target_bit, p->bits);
}

void of_action_put_learn(enum of_version version, struct of_buffer *b,
                         const struct flow_action *a)
{
    struct learn_head head;
    struct learn_part part;
    const struct flow_action *at = NULL;
    const uint8_t *value;
    size_t start;

    (void)version;
    learn_head_of(a, &head);
    start = of_action_wire_begin_nicira(
        b, head.is_second_form || head.limit ? OF_NX_LEARN2 : OF_NX_LEARN);
    of_put_u16(b, head.idle_timeout_s);
    of_put_u16(b, head.hard_timeout_s);
    of_put_u16(b, head.priority);
    of_put_u64(b, head.cookie);
    of_put_u16(b, head.flags);
    of_put_u8(b, head.table);
    of_put_zeros(b, 5); /* padding, and no timeouts after a FIN */
    if (head.is_second_form || head.limit) {
        of_put_u32(b, head.limit);
        of_put_zeros(b, 4);
    }
    while (learn_next(a, &at, &part, &value))
        put_part(b, &part, value);
    of_action_wire_end(b, start);
}
