/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/columns.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc_flag.h"

enum { GAP = 2, COLUMNS_MAX = 32 };

struct columns {
    const struct column *titles;
    size_t count;
    char **cells;
    size_t cell_count, capacity;
    bool is_short; /* of memory: cells are missing */
};

struct columns *columns_create(const struct column *titles, size_t count)
{
    struct columns *c = calloc(1, sizeof(*c));

    assert(count > 0 && count <= COLUMNS_MAX);
    if (!c) {
        alloc_flag_raise();
        return NULL;
    }
    c->titles = titles;
    c->count = count;
    return c;
}

void columns_free(struct columns *c)
{
    for (size_t i = 0; c && i < c->cell_count; i++)
        free(c->cells[i]);
    if (c)
        free(c->cells);
    free(c);
}

static void fall_short(struct columns *c)
{
    c->is_short = true;
    alloc_flag_raise();
}

void columns_add(struct columns *c, const char *format, ...)
{
    va_list args;
    char *cell;
    int size;

    if (c->cell_count == c->capacity) {
        size_t capacity = c->capacity ? c->capacity * 2 : 64;
        char **cells = realloc(c->cells, capacity * sizeof(*cells));

        if (!cells) {
            fall_short(c);
            return;
        }
        c->cells = cells;
        c->capacity = capacity;
    }
    va_start(args, format);
    size = vasprintf(&cell, format, args);
    va_end(args);
    if (size < 0)
        fall_short(c);
    else
        c->cells[c->cell_count++] = cell;
}

static void print_cell(FILE *out, const char *text, int width, bool is_number)
{
    if (is_number)
        fprintf(out, "%*s", width, text);
    else
        fprintf(out, "%-*s", width, text);
}

static void print_row(const struct columns *c, FILE *out, const int *widths,
                      char *const *cells)
{
    for (size_t i = 0; i < c->count; i++) {
        bool is_number = c->titles[i].is_number;
        /* Nothing fills the end of a line. */
        int width = i + 1 == c->count && !is_number ? 0 : widths[i];

        print_cell(out, cells ? cells[i] : c->titles[i].title, width,
                   is_number);
        if (i + 1 < c->count)
            fprintf(out, "%*s", GAP, "");
    }
    putc('\n', out);
}

void columns_print(const struct columns *c, FILE *out)
{
    int widths[COLUMNS_MAX] = {0};

    for (size_t i = 0; i < c->count; i++)
        widths[i] = (int)strlen(c->titles[i].title);
    for (size_t i = 0; i < c->cell_count; i++)
        if ((int)strlen(c->cells[i]) > widths[i % c->count])
            widths[i % c->count] = (int)strlen(c->cells[i]);
    print_row(c, out, widths, NULL);
    for (size_t i = 0; i + c->count <= c->cell_count; i += c->count)
        print_row(c, out, widths, c->cells + i);
    if (c->is_short)
        fputs("(out of memory: rows are missing)\n", out);
}
