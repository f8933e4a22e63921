/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_selection.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "text/text_subfield.h"
#include "text/text_value.h"

static bool read_method(const struct text_parse *parse,
                        const struct text_item *item, struct group_selection *s)
{
    for (uint8_t i = SELECTION_HASH; i < SELECTION_METHODS; i++)
        if (text_is(item->value, selection_names[i])) {
            s->method = i;
            return true;
        }
    return text_fail_at(parse->error, item->value,
                        "unknown method; there are hash and dp_hash");
}

static bool read_param(const struct text_parse *parse,
                       const struct text_item *item, struct group_selection *s)
{
    return text_number(item->value, UINT64_MAX, &s->param) ||
           text_fail_at(parse->error, item->key, "takes a number");
}

/* "F" or "F=MASK". */
static bool read_field(const struct text_parse *parse,
                       const struct text_item *item, struct group_selection *s)
{
    const struct field *f = field_by_name(item->key.at, item->key.size);
    struct selection_field *to = &s->fields[s->field_count];
    struct text_value v;

    if (!f)
        return text_fail_at(parse->error, item->key, "unknown field");
    if (s->field_count == SELECTION_FIELDS_MAX)
        return text_fail_at(parse->error, item->key, "too many fields");
    *to = (struct selection_field){.id = (uint8_t)f->id};
    field_fill(f, to->mask);
    s->field_count++;
    if (!item->has_value)
        return true;
    if (!text_value_read(parse, f, item->value, &v))
        return text_fail_under(parse->error, item->key);
    memcpy(to->mask, v.value, f->size);
    return true;
}

static bool read_fields(const struct text_parse *parse,
                        const struct text_item *item, struct group_selection *s)
{
    struct text_span rest = item->value;
    struct text_item one;

    if (item->is_open)
        return text_fail_at(parse->error, item->key,
                            "a parenthesis does not close");
    while (text_next(&rest, &one))
        if (!read_field(parse, &one, s))
            return false;
    return true;
}

static const struct {
    const char *word;
    bool (*read)(const struct text_parse *, const struct text_item *,
                 struct group_selection *);
} words[] = {
    /* clang-format off */
    {"selection_method",       read_method},
    {"selection_method_param", read_param },
    {"fields",                 read_fields},
    /* clang-format on */
};

enum { WORDS = ARRAY_SIZE(words) };

static size_t find(struct text_span key)
{
    size_t i = 0;

    while (i < WORDS && !text_is(key, words[i].word))
        i++;
    return i;
}

bool text_selection_is(struct text_span key)
{
    return find(key) < WORDS;
}

bool text_selection_read(const struct text_parse *parse,
                         const struct text_item *item,
                         struct group_selection *s)
{
    return words[find(item->key)].read(parse, item, s);
}

bool text_selection_check(const struct text_parse *parse, uint8_t type,
                          const struct group_selection *s)
{
    if (s->method != SELECTION_OWN && type != GROUP_TYPE_SELECT)
        return text_fail(parse->error, "selection_method: says nothing to a "
                                       "group of another type than select");
    if (s->method == SELECTION_OWN && s->param)
        return text_fail(parse->error, "selection_method_param: lacks "
                                       "selection_method=M");
    if (s->method != SELECTION_HASH && s->field_count)
        return text_fail(parse->error, "fields: says nothing without "
                                       "selection_method=hash");
    return true;
}

static void write_field(FILE *out, const struct text_style *style,
                        const struct selection_field *from)
{
    const struct field *f = field_by_id((enum field_id)from->id);
    struct text_value v;

    fputs(text_subfield_name(f), out);
    if (text_value_is_exact(f, from->mask))
        return;
    field_fill(f, v.mask);
    memcpy(v.value, from->mask, f->size);
    putc('=', out);
    text_value_write(out, style, f, &v);
}

void text_selection_write(FILE *out, const struct text_style *style,
                          const struct group_selection *s)
{
    if (s->method == SELECTION_OWN)
        return;
    fprintf(out, ",selection_method=%s", selection_names[s->method]);
    if (s->param)
        fprintf(out, ",selection_method_param=%" PRIu64, s->param);
    for (size_t i = 0; i < s->field_count; i++) {
        fputs(i ? "," : ",fields(", out);
        write_field(out, style, &s->fields[i]);
    }
    if (s->field_count)
        putc(')', out);
}
