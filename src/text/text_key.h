/* SPDX-License-Identifier: BSD-2-Clause */
/* What a frame's key says, as the text of a match that only it would meet. */
#ifndef TEXT_TEXT_KEY_H
#define TEXT_TEXT_KEY_H

#include "flow/key.h"
#include "text/text.h"

/* Fields that are zero, or that such a frame does not have, are left out. */
void text_key_write(FILE *out, const struct text_style *style,
                    const struct flow_key *key);

#endif
