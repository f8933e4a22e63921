/*
 * Finds the word that a person probably meant: of all words tried, the one with
 * the fewest letters to change, if that is few enough to be a slip.
 *
 *     struct nearest n = nearest_to("shwo");
 *     for (...) nearest_try(&n, table[i].name);
 *     if (n.best) fprintf(stderr, "did you mean %s?", n.best);
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word; /* borrowed */
    const char *best; /* NULL: none is near; borrowed from nearest_try */
    size_t distance;  /* of 'best'; a word must be nearer than this */
};

/* A third of the word's letters may be wrong, and one in any case. */
struct nearest nearest_to(const char *word);
void nearest_try(struct nearest *n, const char *candidate);

#endif
