/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/frame_hex.h"

#include "packet/frame.h"
#include "tests/unit/test.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t hex_to_bytes(const char *hex, uint8_t *bytes)
{
    uint32_t size = 0;
    unsigned int byte;

    for (; *hex; hex++) {
        if (isspace((unsigned char)*hex))
            continue;
        assert_int_equal(sscanf(hex++, "%2x", &byte), 1);
        bytes[size++] = (uint8_t)byte;
    }
    return size;
}

struct frame frame_from_hex(const char *hex)
{
    uint8_t *block =
        calloc(1, FRAME_HEADROOM + strlen(hex) / 2 + FRAME_HEX_TAILROOM);
    struct frame f = {
        .headroom = FRAME_HEADROOM,
        .tailroom = FRAME_HEX_TAILROOM,
        .l3 = FRAME_NO_OFFSET,
        .l4 = FRAME_NO_OFFSET,
    };

    assert_non_null(block);
    f.data = block + FRAME_HEADROOM;
    f.size = hex_to_bytes(hex, f.data);
    return f;
}

void frame_hex_free(struct frame *f)
{
    free(f->data - f->headroom);
}

void assert_frame_is(const struct frame *f, const char *hex, const char *name)
{
    struct frame want = frame_from_hex(hex);
    bool is_equal =
        want.size == f->size && memcmp(want.data, f->data, f->size) == 0;

    if (!is_equal) {
        print_error("%s: got\n", name);
        for (uint32_t i = 0; i < f->size; i++)
            print_error("%02x", f->data[i]);
        print_error("\nbut want\n");
        for (uint32_t i = 0; i < want.size; i++)
            print_error("%02x", want.data[i]);
        print_error("\n");
    }
    frame_hex_free(&want);
    assert_true(is_equal);
}
