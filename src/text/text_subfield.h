/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A field, or some of its bits, as the target or source of an action:
 * "NXM_NX_REG0[0..15]", "eth_src", "OXM_OF_MPLS_LABEL[]".
 */
#ifndef TEXT_TEXT_SUBFIELD_H
#define TEXT_TEXT_SUBFIELD_H

#include "text/text_match.h"

struct text_subfield {
    const struct field *field;
    unsigned start, bits; /* from the right */
    /* Of the VLAN's fields: as part of NXM's tag, which every frame has. */
    bool is_tci;
};

enum { TEXT_TCI_PCP_START = 13 };

/* For writing: what moves and learn actions name. */
static inline struct text_subfield
text_subfield_of(uint16_t field_id, unsigned start, unsigned bits)
{
    bool is_vlan = field_id == FIELD_VLAN_VID || field_id == FIELD_VLAN_PCP;

    return (struct text_subfield){field_by_id((enum field_id)field_id), start,
                                  bits, is_vlan};
}

/* Reads a field by any of its names, with or without bits in brackets.  'match'
 * tells which field a loose name like tp_src means.  Of vlan_tci and nw_tos,
 * which are parts of several fields, the bits must lie in one. */
bool text_subfield_read(const struct text_parse *parse,
                        const struct flow_match *match, struct text_span span,
                        struct text_subfield *s);

/* Reads bits of vlan_tci, counted in the whole of it.  False, and nothing is
 * said, if it is another field. */
bool text_subfield_read_tci(struct text_span span, unsigned *start,
                            unsigned *bits);

/* Writes the bits in brackets of a name that has 'all' of them. */
void text_subfield_write_bits(FILE *out, unsigned start, unsigned bits,
                              unsigned all);

/* Writes the form that load and move have. */
void text_subfield_write(FILE *out, const struct text_subfield *s);

static inline bool text_subfield_is_whole(const struct text_subfield *s)
{
    /* OpenFlow counts the bit that says that there is a tag to the VLAN. */
    unsigned all =
        s->field->id == FIELD_VLAN_VID ? s->field->bits - 1u : s->field->bits;

    return s->start == 0 && s->bits == all;
}

/* The name that set_field has for it. */
const char *text_subfield_name(const struct field *f);

#endif
