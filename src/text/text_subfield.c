/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_subfield.h"

#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "text/text_unknown.h"

enum { NAME_SIZE = 64, NXM_PORT_BITS = 16, TCI_BITS = 16, TOS_SHIFT = 2 };

/* Open vSwitch's names where they are not those of the specification; its NXM
 * names are the same in capitals. */
static const struct {
    enum field_id id;
    const char *name;
} names[] = {
    /* clang-format off */
    {FIELD_IPV4_SRC,       "ip_src"    },
    {FIELD_IPV4_DST,       "ip_dst"    },
    {FIELD_ICMPV4_TYPE,    "icmp_type" },
    {FIELD_ICMPV4_CODE,    "icmp_code" },
    {FIELD_IPV6_FLABEL,    "ipv6_label"},
    {FIELD_IPV6_ND_TARGET, "nd_target" },
    {FIELD_IPV6_ND_SLL,    "nd_sll"    },
    {FIELD_IPV6_ND_TLL,    "nd_tll"    },
    {FIELD_TUNNEL_ID,      "tun_id"    },
    /* clang-format on */
};

/* These differ from the NXM names as well. */
static const struct {
    enum field_id id;
    const char *name;
} set_field_names[] = {
    /* clang-format off */
    {FIELD_IP_PROTO, "nw_proto"},
    {FIELD_IP_ECN,   "nw_ecn"  },
    {FIELD_IP_TTL,   "nw_ttl"  },
    /* clang-format on */
};

/* Keys of whole bytes or words of the frame whose bits belong to several
 * fields, each from a bit of the key on. */
static const struct {
    const char *name;
    enum field_id id;
    unsigned start, bits;
} parts[] = {
    /* clang-format off */
    {"vlan_tci", FIELD_VLAN_VID, 0,  13           },
    {"vlan_tci", FIELD_VLAN_PCP, 13, 3            },
    {"nw_tos",   FIELD_IP_DSCP,  2,  6            },
    {"ip_tos",   FIELD_IP_DSCP,  2,  6            },
    {"nw_tos",   FIELD_IP_ECN,   0,  2            },
    {"ip_tos",   FIELD_IP_ECN,   0,  2            },
 /* The VLAN's number without the bit that says there is a tag. */
    {"dl_vlan",  FIELD_VLAN_VID, 0,  12           },
    {"vlan_vid", FIELD_VLAN_VID, 0,  12           },
 /* As wide as in OpenFlow 1.0; in_port_oxm is the whole. */
    {"in_port",  FIELD_IN_PORT,  0,  NXM_PORT_BITS},
    /* clang-format on */
};

enum { PART_COUNT = ARRAY_SIZE(parts) };

static const char *nxm_name(const struct field *f)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (names[i].id == f->id)
            return names[i].name;
    }
    return f->oxm_name;
}

const char *text_subfield_name(const struct field *f)
{
    size_t count = ARRAY_SIZE(set_field_names);

    for (size_t i = 0; i < count; i++) {
        if (set_field_names[i].id == f->id)
            return set_field_names[i].name;
    }
    return f->id >= FIELD_COUNT ? f->name : nxm_name(f);
}

/* NXM_OF_IN_PORT has 16 bits. */
static bool has_nxm_form(const struct text_subfield *s)
{
    if (s->field->id == FIELD_IN_PORT)
        return s->start + s->bits <= NXM_PORT_BITS;
    return s->field->nxm;
}

void text_subfield_write_bits(FILE *out, unsigned start, unsigned bits,
                              unsigned all)
{
    if (bits == all)
        fputs("[]", out);
    else if (bits == 1)
        fprintf(out, "[%u]", start);
    else
        fprintf(out, "[%u..%u]", start, start + bits - 1);
}

/* The parts of a VLAN tag are one field of NXM's. */
static bool write_vlan_tci(FILE *out, const struct text_subfield *s)
{
    unsigned start = s->start;

    if (!s->is_tci)
        return false;
    if (s->field->id == FIELD_VLAN_PCP)
        start += TEXT_TCI_PCP_START;
    fputs("NXM_OF_VLAN_TCI", out);
    text_subfield_write_bits(out, start, s->bits, TCI_BITS);
    return true;
}

void text_subfield_write(FILE *out, const struct text_subfield *s)
{
    const struct field *f = s->field;
    bool is_nxm = has_nxm_form(s);
    bool is_nicira = is_nxm && f->nxm >> 16 == 1;
    bool is_nxm_port = is_nxm && f->id == FIELD_IN_PORT;
    const char *name = is_nxm ? nxm_name(f) : f->oxm_name;

    if (write_vlan_tci(out, s))
        return;
    if (f->id == FIELD_IP_DSCP) {
        fputs("NXM_OF_IP_TOS", out);
        text_subfield_write_bits(out, s->start + TOS_SHIFT, s->bits, 8);
        return;
    }
    fputs(is_nicira ? "NXM_NX_" : is_nxm ? "NXM_OF_" : "OXM_OF_", out);
    for (; *name; name++)
        putc(toupper((unsigned char)*name), out);
    text_subfield_write_bits(out, s->start, s->bits,
                             is_nxm_port                 ? NXM_PORT_BITS
                             : text_subfield_is_whole(s) ? s->bits
                                                         : f->bits);
}

/* "3", "0..15" or nothing, which leaves 's' as it is. */
static bool read_bits(struct text_span span, struct text_subfield *s)
{
    struct text_span end = span;
    uint64_t from, to;

    if (!span.size)
        return true;
    text_cut(&span, "..", &end);
    if (!text_number(span, 1023, &from) || !text_number(end, 1023, &to) ||
        to < from)
        return false;
    s->start = (unsigned)from;
    s->bits = (unsigned)(to - from + 1);
    return true;
}

/* NXM_OF_ETH_SRC is eth_src. */
static struct text_span plain_name(struct text_span span, char *buffer)
{
    static const char *const prefixes[] = {"NXM_OF_", "NXM_NX_", "OXM_OF_",
                                           "ONFOXM_ET_"};
    size_t size = 0;

    if (text_is(span, "OXM_OF_IN_PORT"))
        return text_span_of("in_port_oxm");
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        size_t length = strlen(prefixes[i]);

        if (span.size > length && !memcmp(span.at, prefixes[i], length))
            size = length;
    }
    if (!size || span.size >= NAME_SIZE)
        return span;
    span.at += size;
    span.size -= size;
    for (size_t i = 0; i < span.size; i++)
        buffer[i] = (char)tolower((unsigned char)span.at[i]);
    return (struct text_span){buffer, span.size};
}

/* Finds the field that all the bits of a key like vlan_tci lie in. */
static bool find_part(struct text_span name, struct text_subfield *s)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        unsigned end = parts[i].start + parts[i].bits;

        if (text_is(name, parts[i].name) && s->start >= parts[i].start &&
            s->start + s->bits <= end) {
            s->field = field_by_id(parts[i].id);
            s->start -= parts[i].start;
            s->is_tci = text_is(name, "vlan_tci");
            return true;
        }
    }
    return false;
}

/* How many bits the key has if it is one of those; else 0. */
static unsigned part_bits(struct text_span name)
{
    unsigned bits = 0;

    for (size_t i = 0; i < PART_COUNT; i++) {
        if (text_is(name, parts[i].name) &&
            parts[i].start + parts[i].bits > bits)
            bits = parts[i].start + parts[i].bits;
    }
    return bits;
}

/* Parts a name from the bits in brackets. */
static bool cut_bits(struct text_span *name, struct text_span *bits)
{
    struct text_span after;

    *bits = (struct text_span){name->at, 0};
    return !text_cut(name, "[", bits) ||
           (text_cut(bits, "]", &after) && !after.size);
}

bool text_subfield_read_tci(struct text_span span, unsigned *start,
                            unsigned *bits)
{
    struct text_subfield s = {NULL, 0, TCI_BITS, true};
    struct text_span inside;
    char buffer[NAME_SIZE];

    if (!cut_bits(&span, &inside) ||
        !text_is(plain_name(span, buffer), "vlan_tci") ||
        !read_bits(inside, &s) || s.start + s.bits > TCI_BITS)
        return false;
    *start = s.start;
    *bits = s.bits;
    return true;
}

bool text_subfield_read(const struct text_parse *parse,
                        const struct flow_match *match, struct text_span span,
                        struct text_subfield *s)
{
    struct text_span name = span, bits;
    char buffer[NAME_SIZE];
    const struct field *f = NULL;
    unsigned part;

    if (!cut_bits(&name, &bits))
        return text_fail_at(parse->error, span, "the brackets do not close");
    name = plain_name(name, buffer);
    part = part_bits(name);
    if (!part)
        f = field_by_name(name.at, name.size);
    if (!part && !f)
        return !text_unknown_field(parse->error, name) &&
               text_fail_at(parse->error, name, "unknown field");
    /* Of the loose names only these are not the proper ones of a field. */
    if (text_is(name, "tp_src") || text_is(name, "tp_dst"))
        f = text_match_meaning(name, f, match);
    *s = (struct text_subfield){f, 0, part ? part : f->bits, false};
    if (!read_bits(bits, s))
        return text_fail_at(parse->error, span,
                            "bits are written [N] or [FIRST..LAST]");
    if (part && !find_part(name, s))
        return text_fail_at(parse->error, span,
                            "these bits are not in one field");
    if (s->start + s->bits > s->field->bits)
        return text_fail_at(parse->error, span,
                            "the field does not have these bits");
    return true;
}
