/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a SELECT group chooses, as ovs-ofctl(8) writes it in front of the
 * buckets: selection_method=M,selection_method_param=N,fields(F,F=MASK).
 */
#ifndef TEXT_TEXT_SELECTION_H
#define TEXT_TEXT_SELECTION_H

#include <stdio.h>

#include "flow/group_desc.h"
#include "text/text.h"

/* Whether 'key' is one of the three words. */
bool text_selection_is(struct text_span key);
bool text_selection_read(const struct text_parse *parse,
                         const struct text_item *item,
                         struct group_selection *s);
/* Whether what has been read makes sense for a group of this type. */
bool text_selection_check(const struct text_parse *parse, uint8_t type,
                          const struct group_selection *s);

/* Each word with a comma before it; nothing where the method is the switch's
 * own. */
void text_selection_write(FILE *out, const struct text_style *style,
                          const struct group_selection *s);

#endif
