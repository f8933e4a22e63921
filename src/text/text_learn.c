/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_learn.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "flow/learn.h"
#include "text/text_set.h"

enum { TABLE_DEFAULT = 1, TABLE_MAX = 254, NXM_PORT_BITS = 16 };

/* What is said of the entry itself: a number, or just the word. */
static const struct {
    const char *word;
    uint64_t max; /* 0: no number */
    size_t offset;
    uint8_t size;
    uint16_t flag;
} keys[] = {
#define NUMBER(word, max, member)                                              \
    {                                                                          \
        word, max, offsetof(struct learn_head, member),                        \
            sizeof(((struct learn_head *)0)->member), 0                        \
    }
    NUMBER("table", TABLE_MAX, table),
    NUMBER("idle_timeout", UINT16_MAX, idle_timeout_s),
    NUMBER("hard_timeout", UINT16_MAX, hard_timeout_s),
    NUMBER("priority", UINT16_MAX, priority),
    NUMBER("cookie", UINT64_MAX, cookie),
    NUMBER("limit", UINT32_MAX, limit),
#undef NUMBER
    {"send_flow_rem", 0, 0, 0, LEARN_SEND_FLOW_REM},
    {"delete_learned", 0, 0, 0, LEARN_DELETE_LEARNED},
};

enum { KEY_COUNT = ARRAY_SIZE(keys) };

/* Words of ovs-ofctl that are not supported here. */
static const struct {
    const char *word, *why;
} refused[] = {
    {"fin_idle_timeout", "timeouts that begin with a FIN are not supported"},
    {"fin_hard_timeout", "timeouts that begin with a FIN are not supported"},
    {"result_dst", "what came of it is not known while a frame is on "
                   "its way"},
};

enum { REFUSED_COUNT = ARRAY_SIZE(refused) };

/* A text that is being read. */
struct reading {
    const struct text_parse *parse;
    const struct flow_match *match; /* of the frames that it is done to */
    struct learn_head head;
    struct action_list parts; /* an action of its own until the end */
};

static void set_number(struct learn_head *head, size_t i, uint64_t number)
{
    uint8_t *at = (uint8_t *)head + keys[i].offset;
    uint8_t u8 = (uint8_t)number;
    uint16_t u16 = (uint16_t)number;
    uint32_t u32 = (uint32_t)number;

    switch (keys[i].size) {
    case 1:
        memcpy(at, &u8, sizeof(u8));
        break;
    case 2:
        memcpy(at, &u16, sizeof(u16));
        break;
    case 4:
        memcpy(at, &u32, sizeof(u32));
        break;
    default:
        memcpy(at, &number, sizeof(number));
        break;
    }
}

static enum text_outcome read_key(struct reading *r,
                                  const struct text_item *item)
{
    uint64_t number;

    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (!text_is(item->key, keys[i].word))
            continue;
        if (keys[i].flag) {
            r->head.flags |= keys[i].flag;
            return TEXT_TAKEN;
        }
        if (!text_number(item->value, keys[i].max, &number)) {
            text_fail(r->parse->error,
                      "learn: %s takes a number from 0 to %" PRIu64,
                      keys[i].word, keys[i].max);
            return TEXT_REFUSED;
        }
        set_number(&r->head, i, number);
        return TEXT_TAKEN;
    }
    for (size_t i = 0; i < REFUSED_COUNT; i++)
        if (text_is(item->key, refused[i].word)) {
            text_fail_at(r->parse->error, item->key, refused[i].why);
            return TEXT_REFUSED;
        }
    return TEXT_NOT_MINE;
}

static bool add(struct reading *r, const struct learn_part *part,
                const uint8_t *value)
{
    return learn_add(&r->parts, 0, part, value) ||
           text_fail(r->parse->error, "learn: too many parts for one action");
}

static void set_target(struct learn_part *part, const struct text_subfield *to)
{
    part->target_field = (uint16_t)to->field->id;
    part->target_bit = (uint16_t)to->start;
    part->bits = (uint16_t)to->bits;
}

static void set_source(struct learn_part *part,
                       const struct text_subfield *from)
{
    part->source_field = (uint16_t)from->field->id;
    part->source_bit = (uint16_t)from->start;
    part->bits = (uint16_t)from->bits;
}

/* A field to copy from, which must have the bits of the part; quiet, as what
 * is no field may be a value. */
static enum text_outcome read_source(struct reading *r, struct text_span span,
                                     struct learn_part *part)
{
    const struct text_parse quiet = {.names = r->parse->names,
                                     .error = &(struct text_error){""}};
    struct text_subfield from;

    if (!text_subfield_read(&quiet, r->match, span, &from))
        return TEXT_NOT_MINE;
    if (from.bits != part->bits) {
        text_fail_at(r->parse->error, span,
                     "source and target have not as many bits");
        return TEXT_REFUSED;
    }
    set_source(part, &from);
    return TEXT_TAKEN;
}

/* The whole of a field as ovs-ofctl has it. */
static bool is_whole(const struct text_subfield *s)
{
    return text_subfield_is_whole(s) ||
           (s->field->id == FIELD_IN_PORT && s->start == 0 &&
            s->bits == NXM_PORT_BITS);
}

/* A match on all of a field is in the field's own notation, all else is a
 * number. */
static bool read_value(struct reading *r, enum learn_target target,
                       const struct text_subfield *to, struct text_span span,
                       uint8_t *value)
{
    struct text_value v;

    if (target != LEARN_MATCH || !is_whole(to))
        return text_value_read_bits(span, to->bits, value) ||
               text_fail_at(r->parse->error, span,
                            "not a field, nor a number that these bits can "
                            "hold");
    if (!text_value_read(r->parse, to->field, span, &v))
        return false;
    memset(value, 0, LEARN_VALUE_SIZE);
    memcpy(value + LEARN_VALUE_SIZE - to->field->size, v.value,
           to->field->size);
    return true;
}

/* Adds the part with what it gets: "FIELD" or "VALUE". */
static bool add_from(struct reading *r, struct learn_part *part,
                     const struct text_subfield *to, struct text_span what)
{
    uint8_t value[LEARN_VALUE_SIZE];

    switch (read_source(r, what, part)) {
    case TEXT_TAKEN:
        return add(r, part, NULL);
    case TEXT_REFUSED:
        return false;
    case TEXT_NOT_MINE:
        break;
    }
    return read_value(r, (enum learn_target)part->target, to, what, value) &&
           add(r, part, value);
}

/* "FIELD=FIELD", "FIELD=VALUE", or a FIELD to be the same as in the frame. */
static bool read_match(struct reading *r, const struct text_item *item)
{
    struct learn_part part = {.target = LEARN_MATCH};
    struct text_subfield to;

    if (!text_subfield_read(r->parse, r->match, item->key, &to))
        return text_fail_under(r->parse->error, text_span_of("learn"));
    set_target(&part, &to);
    if (!item->has_value) {
        set_source(&part, &to);
        return add(r, &part, NULL);
    }
    return add_from(r, &part, &to, item->value);
}

/* "load:FIELD->FIELD" or "load:NUMBER->FIELD" */
static bool read_load(struct reading *r, const struct text_item *item)
{
    struct learn_part part = {.target = LEARN_LOAD};
    struct text_span what = item->value, name;
    struct text_subfield to;

    if (!text_cut(&what, "->", &name) || !what.size)
        return text_fail_at(r->parse->error, item->value,
                            "is written load:WHAT->FIELD");
    if (!text_subfield_read(r->parse, r->match, name, &to))
        return false;
    if (!to.field->is_settable)
        return text_fail_at(r->parse->error, name, "the field cannot be set");
    set_target(&part, &to);
    return add_from(r, &part, &to, what);
}

/* "output:FIELD" */
static bool read_output(struct reading *r, const struct text_item *item)
{
    struct learn_part part = {.target = LEARN_OUTPUT};
    struct text_subfield from;

    if (!text_subfield_read(r->parse, r->match, item->value, &from))
        return false;
    set_source(&part, &from);
    return add(r, &part, NULL);
}

static bool read_item(struct reading *r, const struct text_item *item)
{
    enum text_outcome outcome = read_key(r, item);

    if (outcome != TEXT_NOT_MINE)
        return outcome == TEXT_TAKEN;
    if (text_is(item->key, "load"))
        return read_load(r, item);
    if (text_is(item->key, "output"))
        return read_output(r, item);
    return read_match(r, item);
}

bool text_learn_read(const struct text_parse *parse,
                     const struct flow_match *match,
                     const struct text_item *item, struct action_list *l)
{
    struct reading r = {
        .parse = parse,
        .match = match,
        .head = {.table = TABLE_DEFAULT, .priority = FLOW_MOD_PRIORITY},
    };
    struct text_span rest = item->value;
    struct text_item part;
    bool is_good = true;

    learn_begin(&r.parts, &r.head);
    while (is_good && text_next(&rest, &part))
        is_good = read_item(&r, &part);
    /* Its words about the entry may stand anywhere. */
    if (is_good && !r.parts.is_bad)
        memcpy(&r.parts.cells[1], &r.head, sizeof(r.head));
    for (size_t i = 0; is_good && i < r.parts.count; i++)
        action_list_add(l, r.parts.cells[i]);
    l->is_bad |= r.parts.is_bad;
    action_list_clear(&r.parts);
    return is_good;
}

static void write_source_field(FILE *out, const struct learn_part *part)
{
    const struct text_subfield from =
        text_subfield_of(part->source_field, part->source_bit, part->bits);

    text_subfield_write(out, &from);
}

static void write_match(FILE *out, const struct text_style *style,
                        const struct learn_part *part, const uint8_t *value)
{
    const struct field *f = field_by_id((enum field_id)part->target_field);
    struct text_subfield to =
        text_subfield_of(part->target_field, part->target_bit, part->bits);
    struct text_value v = {.value = {0}};

    if (value && is_whole(&to)) {
        memcpy(v.value, value + LEARN_VALUE_SIZE - f->size, f->size);
        field_fill(f, v.mask);
        fprintf(out, "%s=",
                part->bits == f->bits && f->id == FIELD_IN_PORT
                    ? "in_port_oxm"
                    : text_subfield_name(f));
        text_value_write(out, style, f, &v);
        return;
    }
    text_subfield_write(out, &to);
    if (value) {
        putc('=', out);
        text_value_write_bits(out, value);
    } else if (part->source_field != part->target_field ||
               part->source_bit != part->target_bit) {
        putc('=', out);
        write_source_field(out, part);
    }
}

static void write_source(FILE *out, const struct learn_part *part,
                         const uint8_t *value)
{
    if (value)
        text_value_write_bits(out, value);
    else
        write_source_field(out, part);
}

static void write_part(FILE *out, const struct text_style *style,
                       const struct learn_part *part, const uint8_t *value)
{
    const struct text_subfield to =
        text_subfield_of(part->target_field, part->target_bit, part->bits);

    putc(',', out);
    switch ((enum learn_target)part->target) {
    case LEARN_MATCH:
        write_match(out, style, part, value);
        break;
    case LEARN_LOAD:
        fputs("load:", out);
        write_source(out, part, value);
        fputs("->", out);
        text_subfield_write(out, &to);
        break;
    case LEARN_OUTPUT:
        fputs("output:", out);
        write_source(out, part, value);
        break;
    }
}

static void write_head(FILE *out, const struct learn_head *head)
{
    fprintf(out, "table=%u", head->table);
    if (head->idle_timeout_s)
        fprintf(out, ",idle_timeout=%u", head->idle_timeout_s);
    if (head->hard_timeout_s)
        fprintf(out, ",hard_timeout=%u", head->hard_timeout_s);
    if (head->priority != FLOW_MOD_PRIORITY)
        fprintf(out, ",priority=%u", head->priority);
    if (head->flags & LEARN_SEND_FLOW_REM)
        fputs(",send_flow_rem", out);
    if (head->flags & LEARN_DELETE_LEARNED)
        fputs(",delete_learned", out);
    if (head->cookie)
        fprintf(out, ",cookie=0x%" PRIx64, head->cookie);
    if (head->limit)
        fprintf(out, ",limit=%u", head->limit);
}

void text_learn_write(FILE *out, const struct text_style *style,
                      const struct flow_action *a)
{
    struct learn_head head;
    struct learn_part part;
    const struct flow_action *at = NULL;
    const uint8_t *value;

    learn_head_of(a, &head);
    fputs("learn(", out);
    write_head(out, &head);
    while (learn_next(a, &at, &part, &value))
        write_part(out, style, &part, value);
    putc(')', out);
}
