/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many entries of a cookie a table has, for learn actions that have a
 * limit: frames bring learn requests fast, and each would be a look at all
 * entries.
 *
 * A tally stays right as long as the tables change by nothing but learn
 * requests; after any other change it is counted again.
 */
#ifndef TABLE_LEARN_TALLY_H
#define TABLE_LEARN_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEARN_TALLIES = 64 };

/* Start from zero. */
struct learn_tallies {
    uint32_t requests; /* changes to the tables that were new entries' */
    struct learn_tally {
        bool is_known;
        uint8_t table;
        uint32_t others; /* changes to the tables that were not, till then */
        uint64_t cookie;
        size_t count;
    } rows[LEARN_TALLIES];
};

#endif
