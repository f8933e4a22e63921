/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/suggest.h"

#include <string.h>

enum { LETTERS_MAX = 64 }; /* longer words are compared by their start */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/*
 * Letters to insert, remove, replace or swap with their neighbour to get from
 * 'a' to 'b': the restricted Damerau-Levenshtein distance, three rows at a
 * time.
 */
static size_t distance_between(const char *a, const char *b)
{
    size_t rows[3][LETTERS_MAX + 1];
    size_t *above_last = rows[0], *last = rows[1], *row = rows[2];
    size_t a_size = strnlen(a, LETTERS_MAX), b_size = strnlen(b, LETTERS_MAX);

    for (size_t j = 0; j <= b_size; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *spare = above_last;

        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            row[j] = least(last[j] + 1, row[j - 1] + 1,
                           last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && above_last[j - 2] + 1 < row[j])
                row[j] = above_last[j - 2] + 1;
        }
        above_last = last;
        last = row;
        row = spare;
    }
    return last[b_size];
}

struct suggestion suggest_for(const char *word)
{
    return (struct suggestion){.word = word,
                               .distance = strnlen(word, LETTERS_MAX) / 3 + 2};
}

void suggest_try(struct suggestion *n, const char *candidate)
{
    size_t distance = distance_between(n->word, candidate);
    size_t word = strlen(n->word), other = strlen(candidate);

    /* Less than half of it: "on" is not "no". */
    if (distance < n->distance &&
        2 * distance < (word > other ? word : other)) {
        n->distance = distance;
        n->best = candidate;
    }
}
