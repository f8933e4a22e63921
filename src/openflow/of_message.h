/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message as it travels from the stream to its handler: its header is read
 * once, and what kind of message it is goes with it.
 */
#ifndef OPENFLOW_OF_MESSAGE_H
#define OPENFLOW_OF_MESSAGE_H

#include "openflow/of.h"

struct of_message {
    struct of_header header;
    enum of_kind kind;
    struct reader whole; /* from the header on; borrows the bytes */
    struct reader body;  /* what follows the header */
};

/* The message that 'whole' has all bytes of, whose header was read already. */
struct of_message of_message_of(const struct of_header *header,
                                struct reader whole);

/* The same where the header has not been read yet. */
struct of_message of_message_read(struct reader whole);

#endif
