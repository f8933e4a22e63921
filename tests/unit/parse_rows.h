/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames and the fields that are in them, besides the two Ethernet addresses,
 * which are the same in all; every other field is zero.
 */
#ifndef TESTS_PARSE_ROWS_H
#define TESTS_PARSE_ROWS_H

#include <stdint.h>

struct parse_row {
    const char *name, *frame, *fields;
    uint16_t l3, l4;
    unsigned int words;
};

/* Ends with a row without a name. */
extern const struct parse_row parse_rows[];

#endif
