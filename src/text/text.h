/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all parts of the text notation share: words, numbers, ports, errors.
 *
 * The notation is that of ovs-ofctl(8), ovs-fields(7) and ovs-actions(7):
 * "key=value", "key:value" and "key(value)" items that commas or white space
 * part.
 * text_match, text_action and text_flow build on it.
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How ports are named.  Either function may be NULL, then there are just
 * numbers and reserved names. */
struct text_names {
    /* False if there is no port of this name. */
    bool (*find_port)(void *context, const char *name, uint32_t *port_no);
    /* NULL: it has no name.  Borrowed until the next call. */
    const char *(*name_of_port)(void *context, uint32_t port_no);
    void *context;
};

enum { TEXT_QUOTED_MAX = 80 /* of a word at fault */ };

/* Why a text was refused: one line that names the word at fault. */
struct text_error {
    char line[200];
};

/* What a parser is given: where to ask for ports, where to say what is wrong.
 */
struct text_parse {
    const struct text_names *names; /* NULL: only numbers */
    struct text_error *error;
};

/* How a flow is written. */
struct text_style {
    /* As ovs-ofctl shows flows that it read by OpenFlow 1.0: mod_dl_src and
     * load in the place of set_field. */
    bool is_openflow10;
    const struct text_names *names; /* NULL: only numbers */
};

/* A part of a text, not terminated. */
struct text_span {
    const char *at;
    size_t size;
};

struct text_item {
    struct text_span key, value;
    bool has_value;
    bool is_open; /* a parenthesis or quote is never closed */
};

struct text_span text_span_of(const char *text);
bool text_is(struct text_span span, const char *word);
/* The same, whatever the case. */
bool text_is_like(struct text_span span, const char *word);

/* Takes the next item off the text; false at its end. */
bool text_next(struct text_span *rest, struct text_item *item);

/* Cuts 'span' at the first 'mark', which goes; what follows is '*after'.
 * False, and all is as it was, if there is none. */
bool text_cut(struct text_span *span, const char *mark,
              struct text_span *after);

/* Copies a span as a terminated string; false if it does not fit. */
bool text_copy(struct text_span span, char *copy, size_t size);

/* Says why and returns false. */
bool text_fail(struct text_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says that a span is wrong, quoting its begin, and returns false.  This and
 * the next are here so that compilers see what they return. */
static inline bool text_fail_at(struct text_error *error, struct text_span span,
                                const char *what)
{
    int size = span.size < TEXT_QUOTED_MAX ? (int)span.size : TEXT_QUOTED_MAX;

    text_fail(error, "%.*s: %s", size, span.at, what);
    return false;
}

/* Puts "key=" before what an error says already, and returns false. */
static inline bool text_fail_under(struct text_error *error,
                                   struct text_span key)
{
    struct text_error under = *error;

    text_fail(error, "%.*s=%s", (int)key.size, key.at, under.line);
    return false;
}

/* Decimal, 0x or octal, up to 'max'; does not say why it fails.  Where all of
 * 64 bits are allowed, a negative number stands for its two's complement. */
bool text_number(struct text_span span, uint64_t max, uint64_t *number);

/* The same of an item's value; says why it fails. */
bool text_read_number(const struct text_parse *parse,
                      const struct text_item *item, uint64_t max,
                      uint64_t *number);
bool text_read_u32(const struct text_parse *parse, const struct text_item *item,
                   uint32_t max, uint32_t *number);

/* Pairs of hex digits, as many as are written; false: they are not such, or
 * more than 'max'. */
bool text_read_bytes(struct text_span span, uint8_t *bytes, size_t max,
                     size_t *size);

/* Hex; zero has no 0x in front of it. */
void text_write_hex(FILE *out, uint64_t number);

/* "duration=1.5s": as many decimals as are not zero, by threes. */
void text_write_duration(FILE *out, uint32_t s, uint32_t ns);

/* A port: number, reserved name, or name known to 'names'. */
bool text_read_port(struct text_span span, const struct text_names *names,
                    uint32_t *port_no);
void text_write_port(FILE *out, uint32_t port_no,
                     const struct text_names *names);

#endif
