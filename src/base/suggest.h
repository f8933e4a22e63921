/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the word that a person probably meant: of all words tried, the one with
 * the fewest letters to change, if that is few enough to be a slip.
 *
 *     struct suggestion n = suggest_for("shwo");
 *     for (...) suggest_try(&n, table[i].name);
 *     if (n.best) fprintf(stderr, "did you mean %s?", n.best);
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word; /* borrowed */
    const char *best; /* NULL: none is near; borrowed from suggest_try */
    size_t distance;  /* of 'best'; a word must be nearer than this */
};

/* A third of the word's letters may be wrong, and one in any case. */
struct suggestion suggest_for(const char *word);
void suggest_try(struct suggestion *n, const char *candidate);

#endif
