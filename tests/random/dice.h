/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers that a seed repeats: SplitMix64. */
#ifndef RANDOM_DICE_H
#define RANDOM_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *d)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* Dice of their own for part 'n' of what a seed stands for. */
static inline struct dice dice_of(uint64_t seed, uint64_t n)
{
    struct dice d = {seed ^ (n + 1) * 0xd6e8feb86659fd93};

    dice_next(&d);
    return d;
}

/* A number below 'below'. */
static inline uint32_t dice_below(struct dice *d, uint32_t below)
{
    return (uint32_t)((dice_next(d) >> 32) * below >> 32);
}

static inline bool dice_percent(struct dice *d, uint32_t percent)
{
    return dice_below(d, 100) < percent;
}

#endif
