/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/hash_seed.h"

#include <sys/random.h>

#include "base/clock.h"

/* Early in the life of a machine there may be none yet to be had: the time is
 * better than nothing. */
uint64_t hash_seed(void)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
        seed = (uint64_t)clock_monotonic_us();
    return seed;
}
