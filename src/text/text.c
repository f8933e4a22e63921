/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "flow/port_no.h"

enum {
    NAME_SIZE = 64, /* of a number or a port's name */
};

struct text_span text_span_of(const char *text)
{
    return (struct text_span){text, strlen(text)};
}

bool text_is(struct text_span span, const char *word)
{
    return span.size && strlen(word) == span.size &&
           memcmp(span.at, word, span.size) == 0;
}

bool text_is_like(struct text_span span, const char *word)
{
    return span.size && strlen(word) == span.size &&
           strncasecmp(span.at, word, span.size) == 0;
}

static bool is_in(char c, const char *set)
{
    return c && strchr(set, c);
}

static size_t skip(struct text_span *rest, size_t size)
{
    rest->at += size;
    rest->size -= size;
    return size;
}

/* Where a key ends. */
static size_t key_size(struct text_span text)
{
    bool is_quoted = false;
    size_t i;

    for (i = 0; i < text.size; i++) {
        if (text.at[i] == '"')
            is_quoted = !is_quoted;
        if (!is_quoted && is_in(text.at[i], ":=(, \t\r\n"))
            break;
    }
    return i;
}

/* Where a value ends: at a delimiter that is in no parenthesis and no quotes;
 * one 'in_parentheses' after the one that closes them.  '*is_open' if the text
 * ends within one. */
static size_t value_size(struct text_span text, bool in_parentheses,
                         bool *is_open)
{
    size_t depth = in_parentheses;
    bool is_quoted = false;
    size_t i;

    for (i = 0; i < text.size; i++) {
        char c = text.at[i];

        if (c == '"')
            is_quoted = !is_quoted;
        if (is_quoted)
            continue;
        if (!depth && is_in(c, ", \t\r\n)"))
            break;
        if (c == '(')
            depth++;
        if (c == ')' && --depth == 0 && in_parentheses)
            return i + 1;
    }
    *is_open = depth || is_quoted;
    return i;
}

static void skip_blanks(struct text_span *rest)
{
    while (rest->size && is_in(*rest->at, " \t\r\n"))
        skip(rest, 1);
}

/* Takes what parts key and value; '=' may have blanks around it.  Returns 0,
 * and has taken nothing, if there is no value. */
static char take_delimiter(struct text_span *rest)
{
    struct text_span after = *rest;
    char delimiter;

    skip_blanks(&after);
    if (after.size && *after.at == '=') {
        skip(&after, 1);
        skip_blanks(&after);
        *rest = after;
        return '=';
    }
    if (!rest->size || !is_in(*rest->at, ":("))
        return 0;
    delimiter = *rest->at;
    skip(rest, 1);
    return delimiter;
}

bool text_next(struct text_span *rest, struct text_item *item)
{
    size_t size;
    char delimiter;
    bool in_parentheses;

    *item = (struct text_item){.has_value = false};
    while (rest->size && is_in(*rest->at, ", \t\r\n"))
        skip(rest, 1);
    if (!rest->size)
        return false;
    item->key.at = rest->at;
    item->key.size = skip(rest, key_size(*rest));
    delimiter = take_delimiter(rest);
    if (!delimiter)
        return true;
    item->has_value = true;
    in_parentheses = delimiter == '(';
    size = value_size(*rest, in_parentheses, &item->is_open);
    item->value.at = rest->at;
    item->value.size = size - (in_parentheses && !item->is_open);
    skip(rest, size);
    return true;
}

bool text_cut(struct text_span *span, const char *mark, struct text_span *after)
{
    size_t size = strlen(mark);
    const char *at = NULL;

    if (span->size)
        at = memmem(span->at, span->size, mark, size);
    if (!at)
        return false;
    *after = (struct text_span){at + size,
                                span->size - size - (size_t)(at - span->at)};
    span->size = (size_t)(at - span->at);
    return true;
}

bool text_copy(struct text_span span, char *copy, size_t size)
{
    if (span.size >= size)
        return false;
    if (span.size)
        memcpy(copy, span.at, span.size);
    copy[span.size] = '\0';
    return true;
}

bool text_fail(struct text_error *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(error->line, sizeof(error->line), format, args);
    va_end(args);
    return false;
}

bool text_number(struct text_span span, uint64_t max, uint64_t *number)
{
    char digits[NAME_SIZE], *end;
    unsigned long long value;

    bool is_negative = max == UINT64_MAX && span.size && *span.at == '-';

    if (is_negative)
        skip(&span, 1);
    if (!span.size || !isdigit((unsigned char)*span.at) ||
        !text_copy(span, digits, sizeof(digits)))
        return false;
    errno = 0;
    value = strtoull(digits, &end, 0);
    if (errno || *end || value > max)
        return false;
    *number = is_negative ? -value : value;
    return true;
}

bool text_read_number(const struct text_parse *parse,
                      const struct text_item *item, uint64_t max,
                      uint64_t *number)
{
    return text_number(item->value, max, number) ||
           text_fail(parse->error, "%.*s: takes a number from 0 to %" PRIu64,
                     (int)item->key.size, item->key.at, max);
}

bool text_read_u32(const struct text_parse *parse, const struct text_item *item,
                   uint32_t max, uint32_t *number)
{
    uint64_t wide;

    if (!text_read_number(parse, item, max, &wide))
        return false;
    *number = (uint32_t)wide;
    return true;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

    return at ? (int)(at - digits) : -1;
}

bool text_read_bytes(struct text_span span, uint8_t *bytes, size_t max,
                     size_t *size)
{
    if (span.size % 2 || span.size / 2 > max)
        return false;
    for (size_t i = 0; i < span.size / 2; i++) {
        int high = digit_of(span.at[2 * i]), low = digit_of(span.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    *size = span.size / 2;
    return true;
}

void text_write_hex(FILE *out, uint64_t number)
{
    fprintf(out, number ? "0x%" PRIx64 : "0", number);
}

void text_write_duration(FILE *out, uint32_t s, uint32_t ns)
{
    fprintf(out, "duration=%u", s);
    if (ns % 1000)
        fprintf(out, ".%09u", ns);
    else if (ns % 1000000)
        fprintf(out, ".%06u", ns / 1000);
    else if (ns)
        fprintf(out, ".%03u", ns / 1000000);
    putc('s', out);
}

static const struct {
    const char *name;
    uint32_t port_no;
} reserved[] = {
    /* clang-format off */
    {"IN_PORT",    PORT_NO_IN_PORT   },
    {"TABLE",      PORT_NO_TABLE     },
    {"NORMAL",     PORT_NO_NORMAL    },
    {"FLOOD",      PORT_NO_FLOOD     },
    {"ALL",        PORT_NO_ALL       },
    {"CONTROLLER", PORT_NO_CONTROLLER},
    {"LOCAL",      PORT_NO_LOCAL     },
    {"ANY",        PORT_NO_ANY       },
    {"NONE",       PORT_NO_ANY       },
    /* clang-format on */
};

enum { RESERVED_COUNT = ARRAY_SIZE(reserved) };

/* Open vSwitch quotes names that are not words and escapes as JSON does. */
static bool unquote(struct text_span span, char *name, size_t size)
{
    size_t used = 0;

    if (span.size < 2 || span.at[0] != '"' || span.at[span.size - 1] != '"')
        return text_copy(span, name, size);
    for (size_t i = 1; i + 1 < span.size; i++) {
        if (span.at[i] == '\\' && i + 2 < span.size)
            i++;
        if (used + 1 >= size)
            return false;
        name[used++] = span.at[i];
    }
    name[used] = '\0';
    return true;
}

bool text_read_port(struct text_span span, const struct text_names *names,
                    uint32_t *port_no)
{
    char name[NAME_SIZE];
    uint64_t number;

    if (text_number(span, UINT32_MAX, &number)) {
        /* Reserved ports of OpenFlow 1.0 are the same, 16 bits wide. */
        if (number >= 0xfff8 && number <= 0xffff)
            number |= 0xffff0000u;
        if (number > PORT_NO_MAX && number < PORT_NO_IN_PORT)
            return false;
        *port_no = (uint32_t)number;
        return true;
    }
    for (size_t i = 0; i < RESERVED_COUNT; i++) {
        if (text_is_like(span, reserved[i].name)) {
            *port_no = reserved[i].port_no;
            return true;
        }
    }
    return names && names->find_port && unquote(span, name, sizeof(name)) &&
           names->find_port(names->context, name, port_no);
}

static bool is_word(const char *name)
{
    if (!isalpha((unsigned char)*name))
        return false;
    while (isalnum((unsigned char)*name) || *name == '_')
        name++;
    return *name == '\0';
}

/* A port that is called like a reserved one must not be taken for it. */
static bool is_reserved_name(const char *name)
{
    for (size_t i = 0; i < RESERVED_COUNT; i++) {
        if (strcasecmp(name, reserved[i].name) == 0)
            return true;
    }
    return false;
}

void text_write_port(FILE *out, uint32_t port_no,
                     const struct text_names *names)
{
    const char *name;

    for (size_t i = 0; i < RESERVED_COUNT; i++) {
        if (port_no == reserved[i].port_no) {
            fputs(reserved[i].name, out);
            return;
        }
    }
    name = names && names->name_of_port
               ? names->name_of_port(names->context, port_no)
               : NULL;
    if (!name || is_reserved_name(name)) {
        fprintf(out, "%u", port_no);
    } else if (is_word(name)) {
        fputs(name, out);
    } else {
        putc('"', out);
        for (; *name; name++)
            fprintf(out, is_in(*name, "\"\\") ? "\\%c" : "%c", *name);
        putc('"', out);
    }
}
