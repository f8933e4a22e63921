/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actions as text: "mod_dl_src:00:00:00:00:00:01,output:1", the notation of
 * ovs-actions(7).  Instructions, which only flow entries have, are those of
 * text_flow.
 */
#ifndef TEXT_TEXT_ACTION_H
#define TEXT_TEXT_ACTION_H

#include "text/text_set.h"

/* Reads one action.  'match' tells what loose names like mod_tp_src mean. */
bool text_action_read_item(const struct text_parse *parse,
                           const struct flow_match *match,
                           const struct text_item *item, struct action_list *l);

/* Reads a list of nothing but actions; an empty one or "drop" adds none. */
bool text_action_read(const struct text_parse *parse,
                      const struct flow_match *match, struct text_span text,
                      struct action_list *l);

/* Writes the actions of 'count' cells, parted by commas. */
void text_action_write(FILE *out, const struct text_style *style,
                       const struct flow_action *cells, size_t count);

#endif
