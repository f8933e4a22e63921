/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log_line.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/utf8.h"

enum {
    FORMAT_SIZE = 1024,
    ESCAPE_SIZE = 6, /* \u001b */
    TAIL_SIZE = 32,  /* room kept for the mark of a cut line and its end */
};

/* A part of a text, not terminated. */
struct span {
    const char *start;
    size_t size;
};

static void put(struct log_line *l, const char *bytes, size_t size)
{
    if (l->size + size > sizeof(l->text) - TAIL_SIZE) {
        l->is_cut = true;
        return;
    }
    memcpy(l->text + l->size, bytes, size);
    l->size += size;
}

static void put_char(struct log_line *l, char c)
{
    put(l, &c, 1);
}

/* What moves a terminal's cursor, ends a line or turns the direction of text
 * must not reach whoever reads the log. */
static bool is_hostile(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c < 0x2010) ||
           (c >= 0x2028 && c < 0x202f) || (c >= 0x2066 && c < 0x206a) ||
           c == 0xfeff || c == UTF8_REPLACEMENT;
}

static bool needs_quotes(struct span value)
{
    size_t taken;

    for (size_t i = 0; i < value.size; i += taken) {
        const uint8_t *at = (const uint8_t *)value.start + i;
        uint32_t c = utf8_read(at, value.size - i, &taken);

        if (c == ' ' || c == '"' || c == '=' || c == '\\' || is_hostile(c))
            return true;
    }
    return false;
}

static void put_escaped(struct log_line *l, uint32_t c)
{
    static const char letters[][2] = {
        /* clang-format off */
        {'\n', 'n' },
        {'\r', 'r' },
        {'\t', 't' },
        {'"',  '"' },
        {'\\', '\\'},
        /* clang-format on */
    };
    char text[ESCAPE_SIZE + 1];

    for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
        if (c == (uint8_t)letters[i][0]) {
            put(l, (char[]){'\\', letters[i][1]}, 2);
            return;
        }
    }
    snprintf(text, sizeof(text), "\\u%04x", (unsigned int)c & 0xffff);
    put(l, text, ESCAPE_SIZE);
}

static void put_quoted(struct log_line *l, struct span value)
{
    size_t taken;

    put_char(l, '"');
    for (size_t i = 0; i < value.size && !l->is_cut; i += taken) {
        const char *at = value.start + i;
        uint32_t c = utf8_read((const uint8_t *)at, value.size - i, &taken);

        if (c == '"' || c == '\\' || is_hostile(c))
            put_escaped(l, c);
        else
            put(l, at, taken);
    }
    /* Into the room kept for the tail: also a cut value ends well. */
    l->text[l->size++] = '"';
}

/* Keys come from the source, but a key made by %s must not break the line. */
static void put_key(struct log_line *l, struct span key)
{
    for (size_t i = 0; i < key.size; i++) {
        char c = key.start[i];
        bool is_safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || strchr("_.-", c);

        put_char(l, (char)(is_safe ? c : '_'));
    }
}

/* "inf" and a value padded with spaces are none. */
static bool is_number_text(struct span value)
{
    for (size_t i = 0; i < value.size; i++)
        if (!strchr("-.0123456789", value.start[i]))
            return false;
    return value.size > 0 && value.size < 32;
}

static void put_field(struct log_line *l, struct span key, struct span value,
                      bool is_number)
{
    bool is_first = l->size == (l->is_json ? 1 : 0);

    /* A key with no value would break JSON: all of it fits, or none. */
    if (l->is_cut || l->size + key.size + 8 > sizeof(l->text) - TAIL_SIZE) {
        l->is_cut = true;
        return;
    }
    if (!is_first)
        put_char(l, l->is_json ? ',' : ' ');
    if (l->is_json)
        put_char(l, '"');
    put_key(l, key);
    put(l, l->is_json ? "\":" : "=", l->is_json ? 2 : 1);
    if (l->is_json ? !(is_number && is_number_text(value))
                   : needs_quotes(value) ||
                         l->size + value.size > sizeof(l->text) - TAIL_SIZE)
        put_quoted(l, value);
    else
        put(l, value.start, value.size);
}

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

/* The part of '*rest' up to 'separator', and '*rest' is what follows. */
static struct span take_until(struct span *rest, char separator)
{
    const char *end = memchr(rest->start, separator, rest->size);
    struct span part = {rest->start,
                        end ? (size_t)(end - rest->start) : rest->size};
    size_t skipped = end ? part.size + 1 : part.size;

    rest->start += skipped;
    rest->size -= skipped;
    return part;
}

/* Is the field's place in the format "key=%u", "key=%.1f" or the like? */
static bool is_number_format(struct span place)
{
    const char *equals = memchr(place.start, '=', place.size);
    const char *end = place.start + place.size;

    if (!equals || end - equals < 3 || equals[1] != '%' ||
        !strchr("diuf", end[-1]))
        return false;
    for (const char *c = equals + 2; c < end - 1; c++)
        if (!strchr("0123456789.lhzjt", *c))
            return false;
    /* A padded number ("%05u") is none in JSON. */
    return equals[2] != '0';
}

/*
 * A byte that the formatted text does not contain, to stand for the spaces
 * between fields; 0 if it contains every control character, which only a value
 * made to do so does.
 */
static char find_separator(const char *text)
{
    for (char c = 31; c > 0; c--)
        if (!strchr(text, c))
            return c;
    return 0;
}

/* Puts the separator where a space of the format comes before a key.  Other
 * words of the format are a part of the value that they follow. */
static void part_fields(char *format, char separator)
{
    for (char *c = format; (c = strchr(c, ' ')); c++)
        if (c[1 + strcspn(c + 1, " =")] == '=')
            *c = separator;
}

static void put_event_field(struct log_line *l, struct span key,
                            struct span value, bool is_number)
{
    bool is_subject = !l->subject_end;

    if (is_subject)
        l->subject_start = l->size;
    put_field(l, key, value, is_number);
    if (is_subject)
        l->subject_end = l->size;
}

/* Splits 'text' in step with 'format', both parted by 'separator'. */
static void put_split(struct log_line *l, struct span format, struct span text,
                      char separator)
{
    while (text.size) {
        struct span place = take_until(&format, separator);
        struct span value = take_until(&text, separator);
        struct span key = take_until(&value, '=');

        if (!key.size)
            continue;
        put_event_field(l, key, value, is_number_format(place));
    }
}

void log_line_begin(struct log_line *l, bool is_json)
{
    l->size = 0;
    l->is_json = is_json;
    l->is_cut = false;
    l->subject_start = l->subject_end = 0;
    if (is_json)
        put_char(l, '{');
}

void log_line_add(struct log_line *l, const char *key, const char *value,
                  bool is_number)
{
    put_field(l, span_of(key), span_of(value), is_number);
}

void log_line_add_field(struct log_line *l, const char *key, const char *value,
                        bool is_number)
{
    put_event_field(l, span_of(key), span_of(value), is_number);
}

void log_line_add_fields(struct log_line *l, const char *format, va_list args)
{
    char text[LOG_LINE_FIELDS_SIZE];
    char split_format[FORMAT_SIZE];
    char separator;
    va_list again;
    int size;

    assert(strlen(format) < sizeof(split_format));
    va_copy(again, args);
    size = vsnprintf(text, sizeof(text), format, again);
    va_end(again);
    if (size < 0)
        return;
    separator = find_separator(text);
    if (!separator) {
        log_line_add(l, "fields", text, false);
        return;
    }
    strcpy(split_format, format);
    part_fields(split_format, separator);
    vsnprintf(text, sizeof(text), split_format, args);
    put_split(l, span_of(split_format), span_of(text), separator);
    l->is_cut |= (size_t)size >= sizeof(text);
}

void log_line_end(struct log_line *l)
{
    static const char *const tails[2][2] = {
        {"\n", "}\n"}, {" cut=yes\n", ",\"cut\":\"yes\"}\n"}};
    const char *tail = tails[l->is_cut][l->is_json];

    /* One byte of the tail's room may be a closing quote. */
    assert(l->size + strlen(tail) <= sizeof(l->text));
    memcpy(l->text + l->size, tail, strlen(tail));
    l->size += strlen(tail);
}
