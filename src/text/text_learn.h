/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The learn action as text: "learn(table=1,hard_timeout=10,
 * NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])", the notation of
 * ovs-actions(7).
 */
#ifndef TEXT_TEXT_LEARN_H
#define TEXT_TEXT_LEARN_H

#include "flow/action.h"
#include "text/text_subfield.h"

/* 'match' tells what loose names like tp_src mean in the frames that the action
 * is done to. */
bool text_learn_read(const struct text_parse *parse,
                     const struct flow_match *match,
                     const struct text_item *item, struct action_list *l);

void text_learn_write(FILE *out, const struct text_style *style,
                      const struct flow_action *a);

#endif
