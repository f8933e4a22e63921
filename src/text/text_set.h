/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actions that change fields, as text: set_field, load, move, and the older
 * words that set one field, mod_dl_src and its like.
 */
#ifndef TEXT_TEXT_SET_H
#define TEXT_TEXT_SET_H

#include "base/suggest.h"
#include "flow/action.h"
#include "text/text_subfield.h"

/* The result of reading an item. */
enum text_outcome { TEXT_NOT_MINE, TEXT_TAKEN, TEXT_REFUSED };

/* 'match' tells what mod_tp_src and other loose names mean. */
enum text_outcome text_set_read(const struct text_parse *parse,
                                const struct flow_match *match,
                                const struct text_item *item,
                                struct action_list *l);

/* Tries all words that text_set_read knows. */
void text_set_try_words(struct suggestion *near);

/* Whether a SET_FIELD is written together with the one behind it. */
bool text_set_is_joined(const struct flow_action *action);

/* Writes a SET_FIELD or MOVE.  As OpenFlow 1.0 a masked set_field may become
 * several loads that commas part. */
void text_set_write(FILE *out, const struct text_style *style,
                    const struct flow_action *action);

#endif
