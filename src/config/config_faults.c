/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/config_faults.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { TEXT_SIZE = 8192 + 1024 }; /* a path, a place and the fault */

static void scrub(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

static void put_place(char *text, const struct config_place *at)
{
    char line[16] = "";
    bool has_dot = at->section || at->key;

    if (at->line > 0)
        snprintf(line, sizeof(line), ":%d", at->line);
    snprintf(text, TEXT_SIZE, "%s%s:%s%s%s%s%s%s%s ", at->path ? at->path : "-",
             line, has_dot ? " " : "", at->section ? "[" : "",
             at->section ? at->section : "", at->section ? "]" : "",
             at->section && at->key ? " " : "", at->key ? at->key : "",
             has_dot ? ":" : "");
}

static void fault_clear(struct config_fault *f)
{
    free(f->text);
    free(f->path);
    free(f->section);
    free(f->key);
}

static char *copy_of(const char *text)
{
    char *copy = strdup(text ? text : "");

    if (copy)
        scrub(copy);
    return copy;
}

/* Out of memory, the reader still knows that there was a fault: 'count' grows
 * only with 'list', but whoever adds faults counts them as well. */
static void append(struct config_fault **list, size_t *count,
                   const struct config_place *at, const char *text,
                   size_t what_at)
{
    struct config_fault *longer = realloc(*list, (*count + 1) * sizeof(**list));
    struct config_fault *f;

    if (!longer)
        return;
    *list = longer;
    f = &longer[*count];
    *f = (struct config_fault){
        .text = copy_of(text),
        .path = copy_of(at->path),
        .section = copy_of(at->section),
        .key = copy_of(at->key),
        .line = at->line,
    };
    if (f->text && f->path && f->section && f->key) {
        f->what = f->text + what_at;
        (*count)++;
    } else {
        fault_clear(f);
    }
}

/* The whole line; returns where 'format' begins in it. */
__attribute__((format(printf, 3, 0))) static size_t
put_text(char text[TEXT_SIZE], const struct config_place *at,
         const char *format, va_list args)
{
    size_t size;

    put_place(text, at);
    size = strlen(text);
    vsnprintf(text + size, TEXT_SIZE - size, format, args);
    return size;
}

void config_faults_add(struct config_faults *f, const struct config_place *at,
                       const char *format, ...)
{
    const struct config_place whole = {.path = at->path};
    char text[TEXT_SIZE];
    size_t what_at;
    va_list args;

    if (f->count > CONFIG_FAULTS_MAX)
        return;
    va_start(args, format);
    what_at = put_text(text, at, format, args);
    va_end(args);
    if (f->count < CONFIG_FAULTS_MAX) {
        append(&f->list, &f->count, at, text, what_at);
        return;
    }
    put_place(text, &whole);
    what_at = strlen(text);
    snprintf(text + what_at, sizeof(text) - what_at,
             "has more faults; only the first %d are listed",
             CONFIG_FAULTS_MAX);
    append(&f->list, &f->count, &whole, text, what_at);
}

void config_faults_note(struct config_faults *f, const struct config_place *at,
                        const char *format, ...)
{
    char text[TEXT_SIZE], noted[TEXT_SIZE];
    size_t what_at;
    va_list args;

    if (f->note_count >= CONFIG_FAULTS_MAX)
        return;
    snprintf(noted, sizeof(noted), "note: %s", format);
    va_start(args, format);
    what_at = put_text(text, at, noted, args);
    va_end(args);
    append(&f->notes, &f->note_count, at, text, what_at + strlen("note: "));
}

static void replace(char **text, const char *by)
{
    char *copy = copy_of(by);

    if (!copy)
        return;
    free(*text);
    *text = copy;
}

void config_faults_attribute(struct config_faults *f, size_t first,
                             const char *section, const char *key)
{
    for (size_t i = first; i < f->count; i++) {
        replace(&f->list[i].section, section);
        replace(&f->list[i].key, key);
    }
}

void config_faults_to_json(const struct config_fault *list, size_t count,
                           cJSON *array)
{
    for (size_t i = 0; array && i < count; i++) {
        const struct config_fault *f = &list[i];
        cJSON *item = cJSON_CreateObject();

        cJSON_AddStringToObject(item, "file", f->path);
        cJSON_AddNumberToObject(item, "line", f->line);
        cJSON_AddStringToObject(item, "section", f->section);
        cJSON_AddStringToObject(item, "key", f->key);
        cJSON_AddStringToObject(item, "what", f->what);
        cJSON_AddStringToObject(item, "text", f->text);
        json_append(array, item);
    }
}

static void list_clear(struct config_fault *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fault_clear(&list[i]);
    free(list);
}

void config_faults_clear(struct config_faults *f)
{
    list_clear(f->list, f->count);
    list_clear(f->notes, f->note_count);
    *f = (struct config_faults){0};
}
