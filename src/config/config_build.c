/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/config_build.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "config/config_faults.h"
#include "config/config_lines.h"

static const char is_there_already[] =
    "duplicates the section on line %d; merge the two";

static enum config_section_id id_of(const struct config_section *section)
{
    return (enum config_section_id)(section - config_sections);
}

void config_build_fault(struct config_build *b, const char *key,
                        const char *format, ...)
{
    struct config_place at = {.path = b->config->path,
                              .line = b->line,
                              .section = *b->heading ? b->heading : NULL,
                              .key = key};
    char what[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    b->has_fault = true;
    config_faults_add(b->faults, &at, "%s", what);
}

static void read_initial(enum config_section_id section, void *base)
{
    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char why[CONFIG_WHY_SIZE];
        bool is_read = true;

        if (key->section == section && key->initial)
            is_read = key->kind->read(&key->limits, key->initial,
                                      (char *)base + key->offset, why);
        assert(is_read);
        (void)is_read;
    }
}

/* Sections. */

/* "[port INTERFACE]" */
static void put_heading(const struct config_section *s, char *text, size_t size)
{
    snprintf(text, size, "[%s%s%s]", s->name, s->label ? " " : "",
             s->label ? s->label : "");
}

static void fault_unknown_section(struct config_build *b, const char *name)
{
    struct suggestion nearest = suggest_for(name);
    char known[512] = "", heading[64];

    for (size_t i = 0; i < CONFIG_SECTIONS; i++) {
        size_t size = strlen(known);

        suggest_try(&nearest, config_sections[i].name);
        put_heading(&config_sections[i], heading, sizeof(heading));
        snprintf(known + size, sizeof(known) - size, " %s", heading);
    }
    if (nearest.best)
        config_build_fault(b, NULL, "unknown section; did you mean [%s]?",
                           nearest.best);
    else
        config_build_fault(
            b, NULL, "unknown section; remove it, the sections are%s", known);
}

/* The item with this label, '*index' is its place; NULL: none, '*index' is how
 * many there are. */
static void *find_item(const struct config_build *b, const char *label,
                       size_t *index)
{
    const struct config_array *a = b->section->array;
    char *item = config_array_items(a, b->config);
    size_t count = config_array_count(a, b->config);

    for (*index = 0; *index < count; (*index)++, item += a->item_size)
        if (!strcmp(item + a->label_offset, label))
            return item;
    return NULL;
}

/* Room for one more; NULL if there is no memory. */
static void *add_item(struct config_build *b, const char *label)
{
    const struct config_array *a = b->section->array;
    size_t count = config_array_count(a, b->config);
    char *items =
        realloc(config_array_items(a, b->config), (count + 1) * a->item_size);
    char *item;

    if (!items)
        return NULL;
    item = items + count * a->item_size;
    count++;
    memcpy((char *)b->config + a->items_offset, &items, sizeof(items));
    memcpy((char *)b->config + a->count_offset, &count, sizeof(count));
    memset(item, 0, a->item_size);
    strcpy(item + a->label_offset, label);
    memcpy(item + a->line_offset, &b->line, sizeof(b->line));
    return item;
}

/* The keys of a section that is a fault are looked at as well, but their values
 * must not take the place of others. */
static void use_spare(struct config_build *b)
{
    const struct config_array *a = b->section->array;

    assert(!a || a->item_size <= sizeof(b->spare));
    memset(&b->spare, 0, sizeof(b->spare));
    b->base = a ? (void *)&b->spare : b->config;
    b->item = SIZE_MAX - b->spare_items++;
}

static void begin_labelled(struct config_build *b, const char *label)
{
    const struct config_array *a = b->section->array;
    char why[CONFIG_WHY_SIZE];
    size_t index;

    use_spare(b);
    if (!*label) {
        config_build_fault(b, NULL, "needs a name; write [%s %s]",
                           b->section->name, b->section->label);
    } else if (!a->label_is_valid(label, why)) {
        config_build_fault(b, NULL, "%s", why);
    } else if (find_item(b, label, &index)) {
        config_build_fault(b, NULL, is_there_already,
                           config_lines_find(b->config->lines,
                                             id_of(b->section), index, NULL));
    } else if (index == a->count_max) {
        config_build_fault(b, NULL, "is one too many; the most is %zu",
                           a->count_max);
    } else {
        void *item = add_item(b, label);

        if (item) {
            b->item = index;
            b->base = item;
        } else {
            config_build_fault(b, NULL, "out of memory");
        }
    }
    read_initial(id_of(b->section), b->base);
}

static void begin_single(struct config_build *b, const char *label)
{
    int line = config_lines_find(b->config->lines, id_of(b->section), 0, NULL);

    if (*label || line)
        use_spare(b);
    if (*label)
        config_build_fault(b, NULL, "takes no name; write [%s]",
                           b->section->name);
    else if (line)
        config_build_fault(b, NULL, is_there_already, line);
}

static void note_line(struct config_build *b, const char *key)
{
    if (!config_lines_add(b->config->lines, id_of(b->section), b->item, key,
                          b->line))
        config_build_fault(b, key, "out of memory");
}

/* Keys. */

static void fault_unknown_key(struct config_build *b, const char *name)
{
    struct suggestion nearest = suggest_for(name);
    const struct config_section *elsewhere = NULL;
    char known[512] = "", heading[64];

    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        size_t size = strlen(known);

        if (!strcmp(key->name, name))
            elsewhere = &config_sections[key->section];
        if (&config_sections[key->section] != b->section)
            continue;
        suggest_try(&nearest, key->name);
        snprintf(known + size, sizeof(known) - size, " %s", key->name);
    }
    if (elsewhere) {
        put_heading(elsewhere, heading, sizeof(heading));
        config_build_fault(b, name, "belongs in %s; move it there", heading);
    } else if (nearest.best) {
        config_build_fault(b, name, "unknown key; did you mean %s?",
                           nearest.best);
    } else {
        config_build_fault(b, name, "unknown key; the keys are%s", known);
    }
}

/* The fault of a text that looks like another notation; NULL: it does not. */
static const char *notation_fault(const char *text)
{
    for (const char *c = text; (c = strchr(c, '#')); c++)
        if (c > text && isspace((unsigned char)c[-1]))
            return "contains #; start a comment behind a value with ; or put "
                   "it on a line of its own";
    if (*text == '"' || *text == '\'')
        return "is in quotes; write the value without them";
    return NULL;
}

static void read_value(struct config_build *b, const struct config_key *key,
                       const char *text)
{
    char why[CONFIG_WHY_SIZE] = "has no value; write one or remove the key";

    const char *fault = notation_fault(text);

    if (!*text && key->kind->may_be_empty)
        return;
    if (fault) {
        config_build_fault(b, key->name, "%s (%s)", fault, key->help);
        return;
    }
    if (*text &&
        key->kind->read(&key->limits, text, (char *)b->base + key->offset, why))
        return;
    config_build_fault(b, key->name, "%s (%s)", why, key->help);
}

void config_build_begin(struct config_build *b, struct config *config,
                        struct config_faults *faults)
{
    *b = (struct config_build){.config = config, .faults = faults};
    for (size_t i = 0; i < CONFIG_SECTIONS; i++)
        if (!config_sections[i].array)
            read_initial((enum config_section_id)i, config);
}

void config_build_section(struct config_build *b, char *text)
{
    char *name = config_build_trim(text);
    char *label = name + strcspn(name, " \t");

    if (*label)
        *label++ = '\0';
    label = config_build_trim(label);
    snprintf(b->heading, sizeof(b->heading), "%.30s%s%.31s", *name ? name : "?",
             *label ? " " : "", label);
    b->section = NULL;
    for (size_t i = 0; i < CONFIG_SECTIONS; i++)
        if (!strcmp(config_sections[i].name, name))
            b->section = &config_sections[i];
    if (!b->section) {
        fault_unknown_section(b, name);
        return;
    }
    b->item = 0;
    b->base = b->config;
    if (b->section->array)
        begin_labelled(b, label);
    else
        begin_single(b, label);
    note_line(b, NULL);
}

void config_build_skip_section(struct config_build *b)
{
    b->section = NULL;
    strcpy(b->heading, "?");
}

void config_build_pair(struct config_build *b, const char *name,
                       const char *value)
{
    const struct config_key *key;
    int line;

    if (!*b->heading) {
        config_build_fault(b, name,
                           "is before the first [section]; move it into one");
        return;
    }
    if (!b->section)
        return; /* the section's own fault is enough */
    if (!*name) {
        config_build_fault(b, NULL, "has no key; write key = value");
        return;
    }
    key = config_keys_find(id_of(b->section), name);
    if (!key) {
        fault_unknown_key(b, name);
        return;
    }
    line = config_lines_find(b->config->lines, id_of(b->section), b->item,
                             key->name);
    if (line && !key->kind->may_repeat) {
        config_build_fault(b, name, "duplicates line %d; remove one of them",
                           line);
        return;
    }
    note_line(b, key->name);
    read_value(b, key, value);
}

void config_build_nothing(struct config_build *b, const char *line)
{
    char name[64];
    size_t size = strcspn(line, " \t");
    const struct config_key *key = NULL;

    snprintf(name, sizeof(name), "%.*s", size < 63 ? (int)size : 63, line);
    if (b->section)
        key = config_keys_find(id_of(b->section), name);
    if (key)
        config_build_fault(b, key->name, "has no =; write %s = VALUE (%s)",
                           key->name, key->help);
    else
        config_build_fault(b, NULL,
                           "\"%.60s\" is neither [section] nor key = value; "
                           "write one of them, or ; before a comment",
                           line);
}

char *config_build_trim(char *text)
{
    char *end;

    while (isspace((unsigned char)*text))
        text++;
    end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return text;
}
