/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "flow/mac_text.h"

enum { ADDRESS_SIZE = 64 /* of an address as text */ };

uint64_t text_value_number(const struct field *f, const uint8_t *bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < f->size; i++)
        number = number << 8 | bytes[i];
    return number;
}

void text_value_set_number(const struct field *f, uint8_t *bytes,
                           uint64_t number)
{
    for (size_t i = f->size; i; i--, number >>= 8)
        bytes[i - 1] = (uint8_t)number;
}

bool text_value_is_exact(const struct field *f, const uint8_t *mask)
{
    uint8_t full[16];

    field_fill(f, full);
    return memcmp(mask, full, f->size) == 0;
}

/* How many ones the mask starts with, or -1 if there are ones after them. */
static int prefix_of(const uint8_t *mask, size_t size)
{
    int bits = 0;
    size_t i = 0;

    for (; i < size && mask[i] == 0xff; i++)
        bits += 8;
    if (i < size) {
        uint8_t byte = mask[i++];

        for (; byte & 0x80; byte = (uint8_t)(byte << 1))
            bits++;
        if (byte)
            return -1;
    }
    for (; i < size; i++) {
        if (mask[i])
            return -1;
    }
    return bits;
}

static void put_prefix(uint8_t *mask, size_t size, uint64_t bits)
{
    memset(mask, 0, size);
    for (size_t i = 0; bits; i++) {
        unsigned here = bits < 8 ? (unsigned)bits : 8;

        mask[i] = (uint8_t)(0xff << (8 - here));
        bits -= here;
    }
}

static bool read_ethernet(struct text_span span, uint8_t *bytes)
{
    size_t at = 0;

    for (int i = 0; i < 6; i++) {
        size_t digits = 0;

        bytes[i] = 0;
        while (at < span.size && digits < 2 &&
               isxdigit((unsigned char)span.at[at])) {
            char digit[2] = {span.at[at++]};

            bytes[i] = (uint8_t)(bytes[i] << 4 | strtoul(digit, NULL, 16));
            digits++;
        }
        if (!digits || (i < 5 && (at >= span.size || span.at[at++] != ':')))
            return false;
    }
    return at == span.size;
}

static bool read_address(int family, struct text_span span, uint8_t *bytes)
{
    char text[ADDRESS_SIZE];

    return text_copy(span, text, sizeof(text)) &&
           inet_pton(family, text, bytes) == 1;
}

static bool read_address_mask(int family, struct text_span span, uint8_t *mask)
{
    size_t size = family == AF_INET ? 4 : 16;
    uint64_t bits;

    if (!text_number(span, 8 * size, &bits))
        return read_address(family, span, mask);
    put_prefix(mask, size, bits);
    return true;
}

static const struct {
    const char *word;
    uint8_t value, mask;
} frags[] = {
    /* clang-format off */
    {"no",        0,                     FRAG_ANY | FRAG_LATER},
    {"yes",       FRAG_ANY,              FRAG_ANY             },
    {"first",     FRAG_ANY,              FRAG_ANY | FRAG_LATER},
    {"later",     FRAG_ANY | FRAG_LATER, FRAG_ANY | FRAG_LATER},
    {"not_later", 0,                     FRAG_LATER           },
 /* What masks from the wire can ask beside these. */
    {"later",     FRAG_LATER,            FRAG_LATER           },
    {"no",        0,                     FRAG_ANY             },
    /* clang-format on */
};

static bool read_frag(struct text_span span, struct text_value *v)
{
    for (size_t i = 0; i < ARRAY_SIZE(frags); i++) {
        if (text_is(span, frags[i].word)) {
            v->value[0] = frags[i].value;
            v->mask[0] = frags[i].mask;
            return true;
        }
    }
    return false;
}

static const char *const tcp_flags[] = {
    "fin", "syn", "rst", "psh",   "ack",   "urg",
    "ece", "cwr", "ns",  "[200]", "[400]", "[800]",
};

enum { TCP_FLAG_COUNT = ARRAY_SIZE(tcp_flags) };

static bool is_flag_sign(char c)
{
    return c == '+' || c == '-' || c == '|';
}

/* "+syn-ack" sets and clears some; "syn|ack" says all. */
static bool read_tcp_flags(const struct field *f, struct text_span span,
                           struct text_value *v)
{
    uint64_t value = 0, mask = 0;
    bool is_all = span.size && span.at[0] != '+' && span.at[0] != '-';
    size_t at = 0;

    while (at < span.size) {
        char sign = '|';
        struct text_span word;
        int flag = 0;

        if (at || !is_all)
            sign = span.at[at++];
        if (is_all ? sign != '|' : sign != '+' && sign != '-')
            return false;
        word = (struct text_span){span.at + at, 0};
        for (; at < span.size && !is_flag_sign(span.at[at]); at++)
            word.size++;
        while (flag < TCP_FLAG_COUNT && !text_is(word, tcp_flags[flag]))
            flag++;
        if (flag == TCP_FLAG_COUNT)
            return false;
        mask |= 1u << flag;
        value |= sign == '-' ? 0 : 1u << flag;
    }
    text_value_set_number(f, v->value, value);
    if (!is_all)
        text_value_set_number(f, v->mask, mask);
    return at != 0;
}

/* "(namespace,type)" */
static bool read_packet_type(const struct field *f, struct text_span span,
                             uint8_t *bytes)
{
    struct text_span type;
    uint64_t name_space, number;

    if (span.size < 2 || span.at[0] != '(' || span.at[span.size - 1] != ')')
        return false;
    span = (struct text_span){span.at + 1, span.size - 2};
    if (!text_cut(&span, ",", &type) ||
        !text_number(span, UINT16_MAX, &name_space) ||
        !text_number(type, UINT16_MAX, &number))
        return false;
    text_value_set_number(f, bytes, name_space << 16 | number);
    return true;
}

bool text_value_read_bits(struct text_span span, unsigned bits, uint8_t *value)
{
    uint64_t max = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
    unsigned have = 0;
    uint64_t number;

    memset(value, 0, TEXT_VALUE_SIZE);
    if (text_number(span, max, &number)) {
        for (size_t i = TEXT_VALUE_SIZE; number; number >>= 8)
            value[--i] = (uint8_t)number;
        return true;
    }
    if (span.size < 3 || memcmp(span.at, "0x", 2) != 0)
        return false;
    for (size_t i = 2; i < span.size; i++) {
        char c = (char)tolower((unsigned char)span.at[i]);

        if (!isxdigit((unsigned char)c) ||
            (have += have || c != '0' ? 4 : 0) > 8u * TEXT_VALUE_SIZE)
            return false;
        for (size_t n = 0; n < TEXT_VALUE_SIZE; n++)
            value[n] =
                (uint8_t)(value[n] << 4 |
                          (n + 1 < TEXT_VALUE_SIZE ? value[n + 1] >> 4 : 0));
        value[TEXT_VALUE_SIZE - 1] |=
            (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    for (unsigned bit = bits; bit < 8u * TEXT_VALUE_SIZE; bit++)
        if (value[TEXT_VALUE_SIZE - 1 - bit / 8] >> bit % 8 & 1)
            return false;
    return true;
}

void text_value_write_bits(FILE *out, const uint8_t *value)
{
    size_t i = 0;

    while (i < TEXT_VALUE_SIZE - 1 && !value[i])
        i++;
    fprintf(out, "0x%x", value[i]);
    while (++i < TEXT_VALUE_SIZE)
        fprintf(out, "%02x", value[i]);
}

static bool read_number(const struct field *f, struct text_span span,
                        uint8_t *bytes)
{
    uint64_t number;

    if (f->size == TEXT_VALUE_SIZE)
        return text_value_read_bits(span, f->bits, bytes);
    if (!text_number(span, UINT64_MAX >> (64 - f->bits), &number))
        return false;
    text_value_set_number(f, bytes, number);
    return true;
}

/* The value by itself.  Formats that say the mask as well set it, too. */
static bool read_value(const struct text_parse *parse, const struct field *f,
                       struct text_span span, struct text_value *v)
{
    uint32_t port_no;

    switch (f->format) {
    case FORMAT_DECIMAL:
    case FORMAT_HEX:
        return read_number(f, span, v->value);
    case FORMAT_ETHERNET:
        return read_ethernet(span, v->value);
    case FORMAT_IPV4:
        return read_address(AF_INET, span, v->value);
    case FORMAT_IPV6:
        return read_address(AF_INET6, span, v->value);
    case FORMAT_PORT:
        if (!text_read_port(span, parse->names, &port_no))
            return false;
        text_value_set_number(f, v->value, port_no);
        return true;
    case FORMAT_FRAG:
        return read_frag(span, v);
    case FORMAT_TCP_FLAGS:
        return read_number(f, span, v->value) || read_tcp_flags(f, span, v);
    case FORMAT_PACKET_TYPE:
        return read_packet_type(f, span, v->value);
    }
    return false;
}

static bool read_mask(const struct field *f, struct text_span span,
                      uint8_t *mask)
{
    switch (f->format) {
    case FORMAT_DECIMAL:
    case FORMAT_HEX:
    case FORMAT_TCP_FLAGS:
        return read_number(f, span, mask);
    case FORMAT_ETHERNET:
        return read_ethernet(span, mask);
    case FORMAT_IPV4:
        return read_address_mask(AF_INET, span, mask);
    case FORMAT_IPV6:
        return read_address_mask(AF_INET6, span, mask);
    case FORMAT_PORT:
    case FORMAT_FRAG:
    case FORMAT_PACKET_TYPE:
        break;
    }
    return false;
}

static const char *const shapes[] = {
    [FORMAT_DECIMAL] = "not a number that the field can hold",
    [FORMAT_HEX] = "not a number that the field can hold",
    [FORMAT_ETHERNET] = "not an Ethernet address (xx:xx:xx:xx:xx:xx)",
    [FORMAT_IPV4] = "not an IPv4 address",
    [FORMAT_IPV6] = "not an IPv6 address",
    [FORMAT_PORT] = "no port of this name or number",
    [FORMAT_FRAG] = "not one of no, yes, first, later, not_later",
    [FORMAT_TCP_FLAGS] = "not TCP flags (+syn-ack, syn|ack or a number)",
    [FORMAT_PACKET_TYPE] = "not a packet type \"(namespace,type)\"",
};

bool text_value_read(const struct text_parse *parse, const struct field *f,
                     struct text_span span, struct text_value *v)
{
    struct text_span mask;
    bool is_masked = text_cut(&span, "/", &mask);

    *v = (struct text_value){.value = {0}};
    field_fill(f, v->mask);
    if (!read_value(parse, f, span, v))
        return text_fail_at(parse->error, span, shapes[f->format]);
    if (is_masked && !read_mask(f, mask, v->mask))
        return text_fail_at(parse->error, mask, "not a mask of the field");
    for (size_t i = 0; i < f->size; i++)
        v->value[i] &= v->mask[i];
    return true;
}

static void write_address(FILE *out, const struct field *f,
                          const struct text_value *v)
{
    int family = f->format == FORMAT_IPV4 ? AF_INET : AF_INET6;
    int prefix = prefix_of(v->mask, f->size);
    char text[ADDRESS_SIZE];

    fputs(inet_ntop(family, v->value, text, sizeof(text)), out);
    if (prefix < 0)
        fprintf(out, "/%s", inet_ntop(family, v->mask, text, sizeof(text)));
    else if (prefix < f->size * 8)
        fprintf(out, "/%d", prefix);
}

static void write_frag(FILE *out, const struct text_value *v)
{
    for (size_t i = 0; i < ARRAY_SIZE(frags); i++) {
        if (frags[i].value == v->value[0] && frags[i].mask == v->mask[0]) {
            fputs(frags[i].word, out);
            return;
        }
    }
    /* A later fragment that is no fragment. */
    fprintf(out, "<error>");
}

static void write_tcp_flags(FILE *out, const struct field *f,
                            const struct text_value *v)
{
    uint64_t value = text_value_number(f, v->value);
    uint64_t mask = text_value_number(f, v->mask);
    bool is_all = text_value_is_exact(f, v->mask);
    const char *before = "";

    if (is_all && !value)
        putc('0', out);
    for (unsigned i = 0; i < TCP_FLAG_COUNT; i++) {
        bool is_set = value >> i & 1;

        if (is_all && is_set) {
            fprintf(out, "%s%s", before, tcp_flags[i]);
            before = "|";
        } else if (!is_all && mask >> i & 1) {
            fprintf(out, "%c%s", is_set ? '+' : '-', tcp_flags[i]);
        }
    }
}

static void write_number(FILE *out, const struct field *f,
                         const struct text_value *v)
{
    uint64_t value = text_value_number(f, v->value);
    bool is_exact = text_value_is_exact(f, v->mask);

    if (f->size == TEXT_VALUE_SIZE) {
        text_value_write_bits(out, v->value);
        if (!is_exact) {
            putc('/', out);
            text_value_write_bits(out, v->mask);
        }
        return;
    }
    if (f->format == FORMAT_HEX)
        text_write_hex(out, value);
    else
        fprintf(out, is_exact ? "%" PRIu64 : "0x%" PRIx64, value);
    if (!is_exact)
        fprintf(out, "/0x%" PRIx64, text_value_number(f, v->mask));
}

void text_value_write(FILE *out, const struct text_style *style,
                      const struct field *f, const struct text_value *v)
{
    uint32_t type;

    switch (f->format) {
    case FORMAT_DECIMAL:
    case FORMAT_HEX:
        write_number(out, f, v);
        break;
    case FORMAT_ETHERNET:
        fputs(mac_text(v->value).text, out);
        if (!text_value_is_exact(f, v->mask)) {
            putc('/', out);
            fputs(mac_text(v->mask).text, out);
        }
        break;
    case FORMAT_IPV4:
    case FORMAT_IPV6:
        write_address(out, f, v);
        break;
    case FORMAT_PORT:
        text_write_port(out, (uint32_t)text_value_number(f, v->value),
                        style->names);
        break;
    case FORMAT_FRAG:
        write_frag(out, v);
        break;
    case FORMAT_TCP_FLAGS:
        write_tcp_flags(out, f, v);
        break;
    case FORMAT_PACKET_TYPE:
        type = (uint32_t)text_value_number(f, v->value);
        fprintf(out, "(%u,0x%x)", type >> 16, type & 0xffff);
        break;
    }
}
