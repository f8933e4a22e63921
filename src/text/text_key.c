/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_key.h"

#include "flow/flow_mod.h"
#include "text/text_match.h"

static bool is_zero(const uint8_t *bytes, size_t size)
{
    while (size && !bytes[size - 1])
        size--;
    return size == 0;
}

void text_key_write(FILE *out, const struct text_style *style,
                    const struct flow_key *key)
{
    struct flow_match m = {.key = {.word = {0}}};

    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        const struct field *f = field_by_id(id);
        const uint8_t *value = field_get(f, key);

        if (is_zero(value, f->size) || !field_is_in(f, key))
            continue;
        memcpy(field_at(f, &m.key), value, f->size);
        field_fill(f, field_at(f, &m.mask));
    }
    text_match_write(out, style, &m, FLOW_MOD_PRIORITY);
}
