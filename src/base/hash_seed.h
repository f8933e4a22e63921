/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A number that nobody outside can guess, for hashes of what others choose: who
 * does not know it cannot make many keys that meet in one chain.
 *
 * Only for hashes whose order nobody sees.
 */
#ifndef BASE_HASH_SEED_H
#define BASE_HASH_SEED_H

#include <stdint.h>

/* Another one with each call. */
uint64_t hash_seed(void);

#endif
