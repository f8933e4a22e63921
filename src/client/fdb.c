#include "client/fdb.h"

#include "client/columns.h"
#include "client/text.h"

void fdb_print(FILE *out, const cJSON *result)
{
    static const struct column titles[] = {
        {"PORT", false},
        {"VLAN", true },
        {"MAC",  false},
        {"AGE",  true },
    };
    struct columns *c =
        columns_create(titles, sizeof(titles) / sizeof(titles[0]));
    const cJSON *entries = text_item(result, "entries"), *entry;

    if (!c)
        return;
    cJSON_ArrayForEach(entry, entries)
    {
        columns_add(c, "%s", text_of(entry, "port"));
        columns_add(c, "%.0f", text_number(entry, "vlan"));
        columns_add(c, "%s", text_of(entry, "mac"));
        columns_add(c, "%.0fs", text_number(entry, "age_s"));
    }
    columns_print(c, out);
    columns_free(c);
    fprintf(out, "\n%d of %.0f places are taken\n", cJSON_GetArraySize(entries),
            text_number(result, "capacity"));
}
