/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashing of 64-bit words: a multiply folds two words at a time. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_two(uint64_t seed, uint64_t a, uint64_t b)
{
    return hash_fold(a ^ 0x9e3779b97f4a7c15u ^ seed, b ^ 0xe7037ed1a0b428dbu);
}

/* A word more, where words come one by one; the first meets a seed. */
static inline uint64_t hash_add(uint64_t hash, uint64_t word)
{
    return hash_fold(hash ^ word ^ 0x9e3779b97f4a7c15u, 0xe7037ed1a0b428dbu);
}

static inline uint64_t hash_words(const uint64_t *words, size_t count,
                                  uint64_t seed)
{
    uint64_t hash = seed ^ count;
    size_t i = 0;

    for (; i + 2 <= count; i += 2)
        hash = hash_two(hash, words[i], words[i + 1]);
    if (i < count)
        hash = hash_two(hash, words[i], 0);
    return hash;
}

#endif
