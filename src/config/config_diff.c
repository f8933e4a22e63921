/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <string.h>

#include "config/config.h"
#include "config/config_keys.h"

enum { SHOWN_SIZE = 200 }; /* of a value; a list of VLANs may be longer */

/* One comparison on its way. */
struct diff {
    void (*emit)(void *context, const char *line, bool needs_restart);
    void *context;
    size_t count;
};

static void emit_line(struct diff *d, const char *line, bool needs_restart)
{
    d->emit(d->context, line, needs_restart);
    d->count++;
}

/* The value as it is shown: not empty and not too long. */
static void shorten(const char *text, char shown[SHOWN_SIZE])
{
    if (!*text)
        text = "(none)";
    snprintf(shown, SHOWN_SIZE, "%.*s%s", SHOWN_SIZE - 4, text,
             strlen(text) > SHOWN_SIZE - 4 ? "..." : "");
}

/* The keys' offsets count from 'from' and 'to'. */
static void diff_keys(struct diff *d, enum config_section_id section,
                      const char *heading, const void *from, const void *to)
{
    static char old[CONFIG_TEXT_SIZE], new[CONFIG_TEXT_SIZE];

    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char shown[2][SHOWN_SIZE], line[3 * SHOWN_SIZE];

        if (key->section != section)
            continue;
        key->kind->print(&key->limits, (const char *)from + key->offset, old);
        key->kind->print(&key->limits, (const char *)to + key->offset, new);
        if (!strcmp(old, new))
            continue;
        shorten(old, shown[0]);
        shorten(new, shown[1]);
        snprintf(line, sizeof(line), "[%s] %s: %s -> %s%s", heading, key->name,
                 shown[0], shown[1],
                 key->needs_restart ? " (needs a restart)" : "");
        emit_line(d, line, key->needs_restart);
    }
}

/* The table of keys alone says which these are. */
void config_keep(struct config *to, const struct config *from)
{
    static char text[CONFIG_TEXT_SIZE];

    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char why[CONFIG_WHY_SIZE];
        bool is_read;

        if (!key->needs_restart || config_sections[key->section].array)
            continue;
        key->kind->print(&key->limits, (const char *)from + key->offset, text);
        is_read =
            key->kind->read(&key->limits, text, (char *)to + key->offset, why);
        assert(is_read); /* A kind reads its own output. */
        (void)is_read;
    }
}

static const char *item_at(const struct config_array *a, const struct config *c,
                           size_t index)
{
    return (const char *)config_array_items(a, c) + index * a->item_size;
}

/* The item with the same label; NULL: none. */
static const char *find_twin(const struct config_array *a,
                             const struct config *c, const char *item)
{
    for (size_t i = 0; i < config_array_count(a, c); i++)
        if (!strcmp(item_at(a, c, i) + a->label_offset, item + a->label_offset))
            return item_at(a, c, i);
    return NULL;
}

static void diff_array(struct diff *d, enum config_section_id section,
                       const struct config *from, const struct config *to)
{
    const struct config_section *s = &config_sections[section];
    const struct config_array *a = s->array;
    char heading[64], line[128];

    for (size_t i = 0; i < config_array_count(a, from); i++) {
        const char *item = item_at(a, from, i);

        if (find_twin(a, to, item))
            continue;
        snprintf(line, sizeof(line), "[%s %s]: removed", s->name,
                 item + a->label_offset);
        emit_line(d, line, false);
    }
    for (size_t i = 0; i < config_array_count(a, to); i++) {
        const char *item = item_at(a, to, i);
        const char *twin = find_twin(a, from, item);

        snprintf(heading, sizeof(heading), "%s %s", s->name,
                 item + a->label_offset);
        snprintf(line, sizeof(line), "[%s]: added", heading);
        if (twin)
            diff_keys(d, section, heading, twin, item);
        else
            emit_line(d, line, false);
    }
}

const struct config_port *config_find_port(const struct config *c,
                                           const char *name)
{
    for (size_t i = 0; i < c->port_count; i++)
        if (!strcmp(c->ports[i].name, name))
            return &c->ports[i];
    return NULL;
}

size_t config_diff(const struct config *from, const struct config *to,
                   void (*emit)(void *context, const char *line,
                                bool needs_restart),
                   void *context)
{
    struct diff d = {.emit = emit, .context = context};

    for (size_t i = 0; i < CONFIG_SECTIONS; i++) {
        enum config_section_id section = (enum config_section_id)i;

        if (config_sections[i].array)
            diff_array(&d, section, from, to);
        else
            diff_keys(&d, section, config_sections[i].name, from, to);
    }
    return d.count;
}
