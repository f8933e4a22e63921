/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_action_field.h"

#include <assert.h>

#include "openflow/of_oxm.h"

enum {
    LOAD_BITS = 64,      /* that one reg-load can set */
    BITS_FIELD_SIZE = 6, /* of ofs_nbits, for the count less 1 */
    FIELD_BYTES = 16,
};

static bool bit_of(const struct field *f, const uint8_t *bytes, unsigned bit)
{
    return bytes[f->size - 1 - bit / 8] >> bit % 8 & 1;
}

/* Sets the bits to those of the number, from the right. */
static void put_bits(uint8_t *bytes, const struct of_oxm_bits *bits,
                     uint64_t number)
{
    for (unsigned i = 0; i < bits->count; i++) {
        unsigned bit = bits->start + i;
        uint8_t *byte = bytes + bits->field->size - 1 - bit / 8;

        if (number >> i & 1)
            *byte |= (uint8_t)(1 << bit % 8);
    }
}

/* What some bits, at most 64, are set to, from the right, and which of them. */
struct load {
    uint64_t number, mask;
};

static void add_bits(struct action_list *l, const struct of_oxm_bits *bits,
                     struct load load, bool is_for_all)
{
    uint8_t value[FIELD_BYTES] = {0}, mask[FIELD_BYTES] = {0};

    put_bits(value, bits, load.number);
    put_bits(mask, bits, load.mask);
    action_list_set_field(l, bits->field, value, mask);
    if (!l->is_bad)
        action_list_last_set(l)->is_for_all = is_for_all;
}

enum flow_error of_action_set_number(const struct of_action_context *c,
                                     struct action_list *l, enum field_id id,
                                     uint64_t number)
{
    const struct field *f = field_by_id(id);

    if (f->bits < 64 && number >> f->bits)
        return FLOW_BAD_ARGUMENT;
    add_bits(l, &(struct of_oxm_bits){f, 0, f->bits},
             (struct load){number, UINT64_MAX}, c->version == OF10);
    return FLOW_OK;
}

bool of_action_is_number(const struct flow_action *a, uint64_t *number)
{
    const struct field *f = field_by_id((enum field_id)a->field);
    uint8_t exact[FIELD_BYTES];
    struct reader r = reader_over(action_value(a), f->size);

    field_fill(f, exact);
    *number = f->size <= 8 ? read_big_endian(&r, f->size) : 0;
    return f->size <= 8 && memcmp(action_mask(a), exact, f->size) == 0;
}

/* The lowest bits that are set. */
static uint64_t low_bits(unsigned count)
{
    return count < LOAD_BITS ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

/* Sets 'count' bits of the value on the wire from 'start' on; they may be of
 * more than one field.  A frame without a tag has a TCI, too: it is 0. */
static enum flow_error set_bits(struct action_list *l, const struct of_oxm *o,
                                unsigned start, unsigned count,
                                struct load load)
{
    size_t before = l->count;
    struct of_oxm_bits bits;

    if (o->form == OXM_TCI && start + count <= 16 &&
        action_list_set_tag(l, (uint16_t)((load.number & load.mask) << start),
                            (uint16_t)((load.mask & low_bits(count)) << start)))
        return FLOW_OK;
    while (count > 0) {
        if (!of_oxm_find_bits(o, start, count, &bits))
            return FLOW_BAD_SET_LENGTH;
        if (!bits.field->is_settable)
            return FLOW_BAD_SET_ARGUMENT;
        if (load.mask & low_bits(bits.count)) {
            if (l->count > before && !l->is_bad)
                action_list_last_set(l)->form = ACTION_FORM_JOINED;
            add_bits(l, &bits, load, o->form == OXM_TCI);
        }
        start += bits.count;
        count -= bits.count;
        if (count > 0) {
            load.number >>= bits.count;
            load.mask >>= bits.count;
        }
    }
    return FLOW_OK;
}

enum flow_error of_action_read_reg_load(const struct of_action_context *c,
                                        struct reader *r, struct action_list *l)
{
    uint16_t place = read_u16(r);
    unsigned count = (place & ((1u << BITS_FIELD_SIZE) - 1)) + 1;
    struct of_oxm o = of_oxm_read_header(r);
    uint64_t number = read_u64(r);
    enum flow_error error;
    size_t before;

    (void)c;
    if (r->bad || r->left)
        return FLOW_BAD_ACTION_LENGTH;
    if (o.form == OXM_UNKNOWN || o.form == OXM_COOKIE)
        return FLOW_BAD_SET_TYPE;
    if (o.has_mask || number & ~low_bits(count))
        return FLOW_BAD_ARGUMENT;
    before = l->count;
    error = set_bits(l, &o, place >> BITS_FIELD_SIZE, count,
                     (struct load){number, UINT64_MAX});
    if (!error && !l->is_bad)
        l->cells[before].form |= ACTION_FORM_LOAD;
    return error;
}

/* A value of a field as it is: checks that it can be set so. */
static enum flow_error set_plain(struct action_list *l, const struct field *f,
                                 const uint8_t *value, const uint8_t *mask)
{
    uint8_t exact[FIELD_BYTES];
    bool is_exact = true;

    assert(f);
    field_fill(f, exact);
    if (!mask)
        mask = exact;
    for (size_t i = 0; i < f->size; i++) {
        if (value[i] & ~(mask[i] & exact[i]))
            return FLOW_BAD_SET_ARGUMENT;
        is_exact = is_exact && (mask[i] & exact[i]) == exact[i];
    }
    action_list_set_field(l, f, value, is_exact ? NULL : mask);
    return FLOW_OK;
}

/* NXM_OF_VLAN_TCI and the like: the value is a number that is parted. */
static enum flow_error set_parts(struct action_list *l, const struct of_oxm *o,
                                 const uint8_t *value, const uint8_t *mask)
{
    struct reader v = reader_over(value, o->size);
    struct reader k = reader_over(mask, o->size);
    unsigned start = o->form == OXM_TOS ? 2 : 0;
    struct load load = {read_big_endian(&v, o->size), UINT64_MAX};

    if (mask)
        load.mask = read_big_endian(&k, o->size);
    if (load.number & ~load.mask || (o->form == OXM_TOS && load.number & 3))
        return FLOW_BAD_SET_ARGUMENT;
    load.number >>= start;
    load.mask >>= start;
    return set_bits(l, o, start, 8u * o->size - start, load);
}

/* OpenFlow 1.3.5 7.2.5: "the OFPVID_PRESENT bit must be set". */
static bool is_vid_without_tag(const struct field *f, const uint8_t *value)
{
    return f->id == FIELD_VLAN_VID && !(value[0] & VLAN_PRESENT >> 8);
}

static enum flow_error read_set(struct reader *r, bool is_set_field,
                                bool can_mask, struct action_list *l)
{
    struct of_oxm o = of_oxm_read_header(r);
    const uint8_t *value, *mask = NULL;

    if (r->bad)
        return FLOW_BAD_ACTION_LENGTH;
    if (o.form == OXM_UNKNOWN || o.form == OXM_COOKIE ||
        (o.field && !o.field->is_settable))
        return FLOW_BAD_SET_TYPE;
    if (o.has_mask && !can_mask)
        return FLOW_BAD_SET_MASK;
    if (!of_oxm_fits(&o))
        return FLOW_BAD_SET_LENGTH;
    value = read_bytes(r, o.size);
    if (o.has_mask)
        mask = read_bytes(r, o.size);
    /* The action's length is the next multiple of 8. */
    if (r->bad || r->left >= 8)
        return FLOW_BAD_ACTION_LENGTH;
    if (o.form != OXM_PLAIN)
        return set_parts(l, &o, value, mask);
    if (is_set_field && is_vid_without_tag(o.field, value))
        return FLOW_BAD_SET_ARGUMENT;
    return set_plain(l, o.field, value, mask);
}

enum flow_error of_action_read_set_field(const struct of_action_context *c,
                                         struct reader *r,
                                         struct action_list *l)
{
    return read_set(r, true, c->version >= OF15, l);
}

enum flow_error of_action_read_reg_load2(const struct of_action_context *c,
                                         struct reader *r,
                                         struct action_list *l)
{
    (void)c;
    return read_set(r, false, true, l);
}

struct move {
    uint16_t count, source_start, target_start;
    struct of_oxm source, target;
};

static enum flow_error add_move(struct action_list *l, const struct move *m)
{
    struct of_oxm_bits source, target;
    struct action_move move = {.bits = m->count};

    if (m->source.form == OXM_UNKNOWN || m->target.form == OXM_UNKNOWN ||
        m->source.form == OXM_COOKIE || m->target.form == OXM_COOKIE)
        return FLOW_BAD_SET_TYPE;
    if (!of_oxm_find_bits(&m->source, m->source_start, m->count, &source) ||
        !of_oxm_find_bits(&m->target, m->target_start, m->count, &target) ||
        source.count < m->count || target.count < m->count)
        return FLOW_BAD_SET_LENGTH;
    if (!target.field->is_settable)
        return FLOW_BAD_SET_ARGUMENT;
    move.source_field = (uint16_t)source.field->id;
    move.target_field = (uint16_t)target.field->id;
    move.source_bit = (uint16_t)source.start;
    move.target_bit = (uint16_t)target.start;
    action_list_add_move(l, (struct flow_action){.type = ACTION_MOVE}, &move);
    return FLOW_OK;
}

static enum flow_error read_move(struct reader *r, size_t padding,
                                 struct action_list *l)
{
    struct move m;

    m.count = read_u16(r);
    m.source_start = read_u16(r);
    m.target_start = read_u16(r);
    read_bytes(r, padding);
    m.source = of_oxm_read_header(r);
    m.target = of_oxm_read_header(r);
    if (r->bad || r->left >= 8)
        return FLOW_BAD_ACTION_LENGTH;
    return add_move(l, &m);
}

enum flow_error of_action_read_reg_move(const struct of_action_context *c,
                                        struct reader *r, struct action_list *l)
{
    (void)c;
    return read_move(r, 0, l);
}

enum flow_error of_action_read_copy_field(const struct of_action_context *c,
                                          struct reader *r,
                                          struct action_list *l)
{
    (void)c;
    return read_move(r, 2, l);
}

/* Nicira's actions have NXM fields whatever the version, but for the number of
 * a VLAN that is there. */
static void put_reg_load(struct of_buffer *b, enum of_version form,
                         const struct of_oxm_bits *run, uint64_t number)
{
    size_t start = of_action_wire_begin_nicira(b, OF_NX_REG_LOAD);
    unsigned bit = run->start + of_oxm_shift(form, run->field);

    of_put_u16(b, (uint16_t)(bit << BITS_FIELD_SIZE | (run->count - 1)));
    of_oxm_put_header(b, form, run->field, false);
    of_put_u64(b, number);
    of_action_wire_end(b, start);
}

/* One for each run of ones in the mask, at most 64 bits in each. */
static void put_reg_loads(struct of_buffer *b, const struct flow_action *a)
{
    const struct field *f = field_by_id((enum field_id)a->field);
    bool is_vid = a->field == FIELD_VLAN_VID && !a->is_for_all;
    unsigned bit = 0;

    while (bit < f->bits) {
        struct of_oxm_bits run = {f, bit, 0};
        uint64_t number = 0;

        for (; bit < f->bits && run.count < LOAD_BITS &&
               bit_of(f, action_mask(a), bit);
             bit++, run.count++)
            number |= (uint64_t)bit_of(f, action_value(a), bit) << run.count;
        if (run.count)
            put_reg_load(b, is_vid && bit < f->bits ? OF13 : OF10, &run,
                         number);
        else
            bit++;
    }
}

void of_action_put_set_field(enum of_version version, struct of_buffer *b,
                             const struct flow_action *a)
{
    const struct field *f = field_by_id((enum field_id)a->field);
    uint8_t exact[FIELD_BYTES];
    /* What may leave a frame without a tag is told of NXM's tag. */
    bool is_tci = is_vid_without_tag(f, action_value(a));
    enum of_version form = is_tci ? OF10 : version;
    bool has_mask;
    size_t start;

    field_fill(f, exact);
    has_mask = is_tci || memcmp(action_mask(a), exact, f->size) != 0;
    if (version < OF12 ||
        ((has_mask || a->form & ACTION_FORM_LOAD) && version < OF15)) {
        put_reg_loads(b, a);
        return;
    }
    start = of_action_wire_begin(b, OF_ACTION_SET_FIELD);
    of_oxm_put_header(b, form, f, has_mask);
    of_oxm_put_value(b, form, f, action_value(a));
    if (has_mask)
        of_oxm_put_value(b, form, f, action_mask(a));
    of_action_wire_end(b, start);
}

/* The form of a field whose bits up to 'end' are copied: since 1.5 OXM's, but
 * that has no bit that says that there is a tag. */
static enum of_version move_form(enum of_version version, const struct field *f,
                                 unsigned end)
{
    bool has_tag_bit = f->id == FIELD_VLAN_VID && end == f->bits;

    return version < OF15 || has_tag_bit ? OF10 : version;
}

/* One for each run of ones in the mask. */
static void put_tci_loads(struct of_buffer *b, uint16_t value, uint16_t mask)
{
    const struct field *f = field_by_id(FIELD_VLAN_VID);
    unsigned bit = 0;

    while (mask >> bit) {
        struct of_oxm_bits run = {f, bit, 0};

        for (; mask >> bit & 1; bit++)
            run.count++;
        if (run.count)
            put_reg_load(b, OF10, &run,
                         value >> run.start & low_bits(run.count));
        else
            bit++;
    }
}

void of_action_put_tci(enum of_version version, struct of_buffer *b,
                       uint16_t value, uint16_t mask, bool is_load)
{
    bool has_mask = mask != UINT16_MAX;
    size_t start;

    if (version < OF12 || (version < OF15 && (is_load || has_mask))) {
        put_tci_loads(b, value, mask);
        return;
    }
    start = of_action_wire_begin(b, OF_ACTION_SET_FIELD);
    of_oxm_put_header(b, OF10, field_by_id(FIELD_VLAN_VID), has_mask);
    of_put_u16(b, value);
    if (has_mask)
        of_put_u16(b, mask);
    of_action_wire_end(b, start);
}

void of_action_put_move(enum of_version version, struct of_buffer *b,
                        const struct flow_action *a)
{
    const struct action_move m = action_move_of(a);
    const struct field *source = field_by_id((enum field_id)m.source_field);
    const struct field *target = field_by_id((enum field_id)m.target_field);
    bool is_standard = version >= OF15;
    enum of_version from = move_form(version, source, m.source_bit + m.bits);
    enum of_version to = move_form(version, target, m.target_bit + m.bits);
    size_t start = is_standard ? of_action_wire_begin(b, OF_ACTION_COPY_FIELD)
                               : of_action_wire_begin_nicira(b, OF_NX_REG_MOVE);

    of_put_u16(b, m.bits);
    of_put_u16(b, (uint16_t)(m.source_bit + of_oxm_shift(from, source)));
    of_put_u16(b, (uint16_t)(m.target_bit + of_oxm_shift(to, target)));
    of_put_zeros(b, is_standard ? 2 : 0);
    of_oxm_put_header(b, from, source, false);
    of_oxm_put_header(b, to, target, false);
    of_action_wire_end(b, start);
}

enum flow_error of_action_read_output_reg(const struct of_action_context *c,
                                          struct reader *r,
                                          struct action_list *l)
{
    bool is_second = c->row->number == OF_NX_OUTPUT_REG2;
    uint16_t place = read_u16(r);
    uint16_t max_len = is_second ? read_u16(r) : 0;
    struct of_oxm o = of_oxm_read_header(r);
    unsigned count = (place & ((1u << BITS_FIELD_SIZE) - 1)) + 1;
    struct action_move source = {.bits = (uint16_t)count};
    struct of_oxm_bits bits;

    if (!is_second)
        max_len = read_u16(r);
    if (r->bad)
        return FLOW_BAD_ACTION_LENGTH;
    while (r->left > 0)
        if (read_u8(r))
            return FLOW_BAD_ARGUMENT;
    if (o.form == OXM_UNKNOWN || o.form == OXM_COOKIE)
        return FLOW_BAD_SET_TYPE;
    if (!of_oxm_find_bits(&o, place >> BITS_FIELD_SIZE, count, &bits) ||
        bits.count < count)
        return FLOW_BAD_SET_LENGTH;
    source.source_field = (uint16_t)bits.field->id;
    source.source_bit = (uint16_t)bits.start;
    action_list_add_move(
        l, (struct flow_action){.type = ACTION_OUTPUT_REG, .max_len = max_len},
        &source);
    return FLOW_OK;
}

void of_action_put_output_reg(enum of_version version, struct of_buffer *b,
                              const struct flow_action *a)
{
    const struct action_move m = action_move_of(a);
    const struct field *f = field_by_id((enum field_id)m.source_field);
    bool is_wide = f->id == FIELD_IN_PORT && m.source_bit + m.bits > 16;
    enum of_version form = is_wide ? OF13 : OF10;
    size_t start = of_action_wire_begin_nicira(b, OF_NX_OUTPUT_REG);

    (void)version;
    of_put_u16(b, (uint16_t)((m.source_bit + of_oxm_shift(form, f))
                                 << BITS_FIELD_SIZE |
                             (m.bits - 1)));
    of_oxm_put_header(b, form, f, false);
    of_put_u16(b, a->max_len);
    of_put_zeros(b, 6);
    of_action_wire_end(b, start);
}
