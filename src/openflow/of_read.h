/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small things that readers of many messages do.
 */
#ifndef OPENFLOW_OF_READ_H
#define OPENFLOW_OF_READ_H

#include "base/bytes.h"
#include "flow/error.h"

/* The length of a message that has been read to its end is right if it neither
 * ended too early nor goes on. */
static inline enum flow_error of_read_end(const struct reader *body)
{
    return body->bad || body->left > 0 ? FLOW_BAD_LENGTH : FLOW_OK;
}

/* Copies 'size' bytes; zeros if there are fewer. */
static inline void of_read_into(struct reader *r, void *copy, size_t size)
{
    const uint8_t *bytes = read_bytes(r, size);

    if (bytes)
        memcpy(copy, bytes, size);
    else
        memset(copy, 0, size);
}

/* Copies a text of a fixed size, which may fill its room to the last byte, and
 * terminates it: the last byte is then lost. */
static inline void of_read_text(struct reader *r, char *copy, size_t size)
{
    of_read_into(r, copy, size);
    copy[size - 1] = '\0';
}

#endif
