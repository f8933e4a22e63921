/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/wire_parts.h"

#include "base/array.h"

enum {
    MULTIPART_REQUEST = 18,
    TABLE_FEATURES = 12,
    NAME_SIZE = 32,
};

/* Lists of what entries can do, all empty: what must be there and no more. */
static const uint16_t properties[] = {0, 2, 4, 6, 8, 10, 12, 14};

enum { PROPERTIES = ARRAY_SIZE(properties) };

static void put_table(struct wire *w, const struct wire_limit *l)
{
    size_t count = PROPERTIES - l->is_faulty;

    wire_put(w, 64 + 8 * count, 2);
    wire_put(w, l->table, 1);
    wire_put_zeros(w, 5 + NAME_SIZE);
    wire_put(w, UINT64_MAX, 8);
    wire_put(w, UINT64_MAX, 8);
    wire_put(w, 0, 4);
    wire_put(w, l->limit, 4);
    for (size_t i = 0; i < count; i++) {
        wire_put(w, properties[i], 2);
        wire_put(w, 4, 2);
        wire_put_zeros(w, 4);
    }
}

void wire_table_limits(struct wire *w, uint8_t version,
                       const struct wire_limit *limits, size_t count)
{
    wire_begin(w, version, MULTIPART_REQUEST);
    wire_put(w, TABLE_FEATURES, 2);
    wire_put_zeros(w, 6);
    for (size_t i = 0; i < count; i++)
        put_table(w, &limits[i]);
    wire_end(w);
}
