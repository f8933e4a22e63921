/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of messages as hex text; blanks do not count. */
#ifndef TESTS_OF_HEX_H
#define TESTS_OF_HEX_H

#include "openflow/of.h"
#include "tests/unit/test.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct of_hex {
    uint8_t *bytes; /* of their own size, for ASan; owned */
    size_t size;
};

struct of_hex of_hex_read(const char *hex);

struct reader of_hex_reader(const struct of_hex *h);

void of_hex_free(struct of_hex *h);

/* Fails with both in hex, so that they can be given to a dissector; clears the
 * buffer. */
void assert_buffer_is(struct of_buffer *b, const char *hex);

#endif
