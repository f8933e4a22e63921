/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message as it travels from its stream to what handles it: its headers are
 * read once, and what kind of message it is goes with it.
 */
#ifndef OPENFLOW_OF_MESSAGE_H
#define OPENFLOW_OF_MESSAGE_H

#include "openflow/of.h"

struct of_message {
    struct of_header header;
    enum of_kind kind;
    uint16_t flags;      /* of a multipart message; bit 0: more follow */
    struct reader whole; /* from the header on; borrows the bytes */
    struct reader body;  /* what follows the header, the multipart and the
                          * experimenter header; bad if these are cut short */
};

/* The message that 'whole' has all bytes of and whose header was read. */
struct of_message of_message_of(const struct of_header *header,
                                struct reader whole);

/* The same where the header has not been read yet. */
struct of_message of_message_read(struct reader whole);

#endif
