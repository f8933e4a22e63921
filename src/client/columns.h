/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of text that is as wide as its cells: numbers to the right, words to
 * the left, two spaces between.
 */
#ifndef CLIENT_COLUMNS_H
#define CLIENT_COLUMNS_H

#include <stdbool.h>
#include <stdio.h>

struct columns;

struct column {
    const char *title;
    bool is_number;
};

/* 'titles' has 'count' of them and is borrowed.  NULL if out of memory;
 * then, as when cells are lost, the shortage is noted (base/alloc_flag.h). */
struct columns *columns_create(const struct column *titles, size_t count);
void columns_free(struct columns *c);

/* Fills the next cell; rows follow from the count of the titles.  A table that
 * runs out of memory loses cells, and columns_print says so. */
void columns_add(struct columns *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void columns_print(const struct columns *c, FILE *out);

#endif
