/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/fdb.h"

#include "base/array.h"
#include "client/answer.h"
#include "client/columns.h"

void fdb_print(FILE *out, const cJSON *result)
{
    static const struct column titles[] = {
        /* clang-format off */
        {"PORT", false},
        {"VLAN", true },
        {"MAC",  false},
        {"AGE",  true },
        /* clang-format on */
    };
    struct columns *c = columns_create(titles, ARRAY_SIZE(titles));
    const cJSON *entries = answer_item(result, "entries"), *entry;

    if (!c)
        return;
    cJSON_ArrayForEach(entry, entries)
    {
        columns_add(c, "%s", answer_text(entry, "port"));
        columns_add(c, "%.0f", answer_number(entry, "vlan"));
        columns_add(c, "%s", answer_text(entry, "mac"));
        columns_add(c, "%.0fs", answer_number(entry, "age_s"));
    }
    columns_print(c, out);
    columns_free(c);
    fprintf(out, "\n%d of %.0f entries are in use\n",
            cJSON_GetArraySize(entries), answer_number(result, "capacity"));
}
