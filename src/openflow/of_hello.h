/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HELLO, and which version two sides speak after it.  OpenFlow 1.0 5.5.1, 1.3.5
 * 6.3.1 and 7.5.1.
 */
#ifndef OPENFLOW_OF_HELLO_H
#define OPENFLOW_OF_HELLO_H

#include <stdint.h>

#include "openflow/of.h"

/*
 * The versions that a HELLO offers: its bitmap, or all up to the header's
 * version if it has none.  Reads every HELLO, as the specification wants it:
 * elements that make no sense are passed over.
 */
uint32_t of_hello_read(const struct of_header *h, struct reader *body);

/* The highest version in both sets, or OF_NONE. */
enum of_version of_hello_negotiate(uint32_t offered, uint32_t by_peer);

/* A set in words: "1.0, 1.3", "0x07" for one that there is no codec for; of
 * many the lowest. */
enum { OF_HELLO_TEXT_SIZE = 80 };
void of_hello_text(uint32_t versions, char text[OF_HELLO_TEXT_SIZE]);

/* Appends a HELLO that offers these versions, at least one: with a bitmap,
 * unless they are all up to one that knows no bitmaps. */
void of_hello_write(struct of_buffer *b, uint32_t versions, uint32_t xid);

#endif
