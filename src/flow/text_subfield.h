/*
 * A field, or some of its bits, as the target or source of an action:
 * "NXM_NX_REG0[0..15]", "eth_src", "OXM_OF_MPLS_LABEL[]".
 */
#ifndef FLOW_TEXT_SUBFIELD_H
#define FLOW_TEXT_SUBFIELD_H

#include "flow/text_match.h"

struct text_subfield {
    const struct field *field;
    unsigned start, bits; /* from the right */
};

/* Reads a field by any of its names, with or without bits in brackets.  'match'
 * tells which field a loose name like tp_src means.  Of vlan_tci and nw_tos,
 * which are parts of several fields, the bits must lie in one. */
bool text_subfield_read(const struct text_parse *parse,
                        const struct flow_match *match, struct text_span span,
                        struct text_subfield *s);

/* Writes the form that load and move have. */
void text_subfield_write(FILE *out, const struct text_subfield *s);

static inline bool text_subfield_is_whole(const struct text_subfield *s)
{
    return s->start == 0 && s->bits == s->field->bits;
}

/* The name that set_field has for it. */
const char *text_subfield_name(const struct field *f);

#endif
