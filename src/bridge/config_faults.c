#include "bridge/config_faults.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 8192 }; /* a path, a place and what is wrong */

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

/* Out of memory, the reader still knows that there was a fault: 'count' grows
 * only with 'lines', but whoever adds faults counts them as well. */
static void add_line(struct config_faults *f, const char *text)
{
    char **lines = realloc(f->lines, (f->count + 1) * sizeof(*lines));

    if (!lines)
        return;
    f->lines = lines;
    f->lines[f->count] = strdup(text);
    if (f->lines[f->count])
        f->count++;
}

void config_faults_add(struct config_faults *f, const struct config_place *at,
                       const char *format, ...)
{
    char text[TEXT_SIZE];
    size_t size;
    va_list args;

    if (f->count > CONFIG_FAULTS_MAX)
        return;
    put_place(text, at);
    size = strlen(text);
    va_start(args, format);
    vsnprintf(text + size, sizeof(text) - size, format, args);
    va_end(args);
    scrub(text);
    if (f->count == CONFIG_FAULTS_MAX)
        snprintf(text, sizeof(text),
                 "%s: has more faults; these are the first %d", at->path,
                 CONFIG_FAULTS_MAX);
    add_line(f, text);
}

void config_faults_clear(struct config_faults *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->lines[i]);
    free(f->lines);
    *f = (struct config_faults){0};
}
