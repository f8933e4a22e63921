/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames as hex text, as a capture prints them; blanks do not count. */
#ifndef TESTS_FRAME_HEX_H
#define TESTS_FRAME_HEX_H

#include "packet/frame.h"
#include "tests/unit/test.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_HEX_TAILROOM = 64 };

/* Returns how many bytes. */
uint32_t hex_to_bytes(const char *hex, uint8_t *bytes);

/* With a headroom of FRAME_HEADROOM; to be given to frame_hex_free. */
struct frame frame_from_hex(const char *hex);

void frame_hex_free(struct frame *f);

/* Fails with both in hex, so that they can be given to a dissector. */
void assert_frame_is(const struct frame *f, const char *hex, const char *name);

#endif
