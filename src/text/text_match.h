/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A match as text: "tcp,in_port=1,nw_src=10.0.0.0/8,tp_dst=80".
 *
 * Reads every keyword of ovs-fields(7) that names a field of the registry, in
 * any order; writes in the order and the form of ovs-ofctl dump-flows.
 */
#ifndef TEXT_TEXT_MATCH_H
#define TEXT_TEXT_MATCH_H

#include "flow/match.h"
#include "text/text_value.h"

/* The items of a match as they come, before their order is known. */
struct text_match {
    struct {
        struct text_span key; /* as written, for errors */
        struct text_span value;
        bool is_there;
    } fields[FIELD_ALL_COUNT];
    struct text_span vlan_tci, dl_vlan; /* at is NULL: not there */
};

/* Keeps the item if it is one of a match; the last of two alike holds.
 * False if it is something else.  Borrows the item's text. */
bool text_match_take(struct text_match *t, const struct text_item *item);

/* Makes the match of all items kept, prerequisites before what needs them. */
bool text_match_finish(const struct text_parse *parse,
                       const struct text_match *t, struct flow_match *m);

/* Reads a text that is a match and nothing else; empty matches all. */
bool text_match_read(const struct text_parse *parse, const char *text,
                     struct flow_match *m);

/* The field that a loose name like tp_src means in this match: 'f', or another
 * that goes by the same name and that the match allows. */
const struct field *text_match_meaning(struct text_span name,
                                       const struct field *f,
                                       const struct flow_match *m);

/* Writes the match, with "priority=N" in front if that is not the usual one.
 * Returns false, and has written nothing, if there is nothing to say. */
bool text_match_write(FILE *out, const struct text_style *style,
                      const struct flow_match *m, uint16_t priority);

#endif
