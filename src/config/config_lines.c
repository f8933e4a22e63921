/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/config_lines.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    enum config_section_id section;
    size_t item;
    const char *key;
    int line;
};

struct config_lines {
    struct entry *entries;
    size_t count, room;
};

struct config_lines *config_lines_create(void)
{
    return calloc(1, sizeof(struct config_lines));
}

void config_lines_free(struct config_lines *l)
{
    if (!l)
        return;
    free(l->entries);
    free(l);
}

bool config_lines_add(struct config_lines *l, enum config_section_id section,
                      size_t item, const char *key, int line)
{
    if (l->count == l->room) {
        size_t room = l->room ? 2 * l->room : 64;
        struct entry *entries = realloc(l->entries, room * sizeof(*entries));

        if (!entries)
            return false;
        l->entries = entries;
        l->room = room;
    }
    l->entries[l->count++] = (struct entry){section, item, key, line};
    return true;
}

int config_lines_find(const struct config_lines *l,
                      enum config_section_id section, size_t item,
                      const char *key)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct entry *e = &l->entries[i];

        if (e->section != section || e->item != item || !e->key != !key)
            continue;
        if (!key || !strcmp(e->key, key))
            return e->line;
    }
    return 0;
}
