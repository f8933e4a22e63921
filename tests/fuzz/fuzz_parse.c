/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parser stays inside any frame, and what it finds is inside the frame too.
 */
#include <stdlib.h>
#include <string.h>

#include "packet/parse.h"

enum { STALE = 0xa5 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(bool is_right)
{
    if (!is_right)
        abort();
}

static void check_untouched(const struct flow_key *key, unsigned int words)
{
    const uint8_t *bytes = (const uint8_t *)&key->word[words];

    for (size_t i = 0; i < (KEY_WORDS - words) * sizeof(key->word[0]); i++)
        expect(bytes[i] == STALE);
}

/* The switch cannot rely on parsing twice to see the same thing otherwise. */
static void check_same(const struct frame *f, const struct flow_key *key,
                       unsigned int words)
{
    struct frame again = *f;
    struct flow_key other;

    memset(&other, ~STALE, sizeof(other));
    expect(frame_parse(&again, 1, &other) == words);
    expect(memcmp(key, &other, words * sizeof(key->word[0])) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct frame f = {.size = (uint32_t)size};
    struct flow_key key;
    unsigned int words;

    if (size < FRAME_HEADER_SIZE || size > FRAME_MAX_SIZE)
        return 0;
    f.data = malloc(size);
    expect(f.data != NULL);
    memcpy(f.data, bytes, size);
    memset(&key, STALE, sizeof(key));
    words = frame_parse(&f, 1, &key);
    expect(words == KEY_PLAIN_WORDS || words == KEY_FRAME_WORDS);
    expect(f.l3 == FRAME_NO_OFFSET || f.l3 + 20u <= size);
    expect(f.l4 == FRAME_NO_OFFSET || (f.l3 < f.l4 && f.l4 <= size));
    check_untouched(&key, words);
    check_same(&f, &key, words);
    free(f.data);
    return 0;
}
