/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/of_hex.h"

#include "openflow/of.h"
#include "tests/unit/test.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct of_hex of_hex_read(const char *hex)
{
    struct of_hex h = {.bytes = malloc(strlen(hex) / 2 + 1)};
    unsigned int byte;

    assert_non_null(h.bytes);
    for (; *hex; hex++) {
        if (isspace((unsigned char)*hex))
            continue;
        assert_int_equal(sscanf(hex++, "%2x", &byte), 1);
        h.bytes[h.size++] = (uint8_t)byte;
    }
    h.bytes = realloc(h.bytes, h.size ? h.size : 1);
    return h;
}

struct reader of_hex_reader(const struct of_hex *h)
{
    return reader_over(h->bytes, h->size);
}

void of_hex_free(struct of_hex *h)
{
    free(h->bytes);
}

void assert_buffer_is(struct of_buffer *b, const char *hex)
{
    struct of_hex want = of_hex_read(hex);
    bool is_equal = !b->is_bad && want.size == b->size &&
                    memcmp(want.bytes, b->data, b->size) == 0;

    if (!is_equal) {
        print_error("got%s\n", b->is_bad ? " a bad buffer" : "");
        for (size_t i = 0; i < b->size; i++)
            print_error("%02x", b->data[i]);
        print_error("\nbut want\n%s\n", hex);
    }
    of_hex_free(&want);
    of_buffer_clear(b);
    assert_true(is_equal);
}
