/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all of openflow/ shares: versions and kinds of messages (of_kinds.h),
 * their headers, and the buffer that they are written to.
 *
 * openflow/ turns bytes into the values of flow/ and back, for OpenFlow 1.0 to
 * 1.5 and for as much of Nicira's extensions as ovs-ofctl and POX speak.  It
 * keeps no state and knows no tables.  Readers take a cursor over the message
 * behind its header and return an enum flow_error; writers append to a
 * struct of_buffer.
 */
#ifndef OPENFLOW_OF_H
#define OPENFLOW_OF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openflow/of_kinds.h"

/* "1.3"; "none" of OF_NONE. */
const char *of_version_name(enum of_version version);
/* "OpenFlow13", the name that ovs-ofctl(8) has for it. */
const char *of_version_protocol(enum of_version version);

enum {
    OF_HEADER_SIZE = 8,
    OF_MESSAGE_MAX = 65535,
};

/* Reads the header; the reader then stands behind it. */
struct of_header of_read_header(struct reader *r);

/* True for a message of MULTIPART_REPLY's type, also if its kind is MP_*. */
bool of_is_multipart_reply(const struct of_header *h);

/*
 * Steps over what of_begin puts between the header and the body proper: the
 * multipart header, the experimenter header, both or nothing.  The readers of
 * all kinds start behind that.  Returns the multipart flags, 0 if there are
 * none; bit 0: more messages follow.
 */
uint16_t of_read_head(const struct of_header *h, enum of_kind kind,
                      struct reader *body);

/* Bytes that grow; start from zero.  Once memory has run out 'is_bad' is set
 * and writing does nothing. */
struct of_buffer {
    uint8_t *data;
    size_t size, room;
    bool is_bad;
    /* The first thing that was to be written and that the version has no way to
     * say, in the word that texts have for it; NULL: all was said. */
    const char *unsaid;
};

/* Notes what cannot be said, which is then left out. */
static inline void of_leave_out(struct of_buffer *b, const char *what)
{
    if (!b->unsaid)
        b->unsaid = what;
}

void of_buffer_clear(struct of_buffer *b);

/* Each appends in network order. */
void of_put(struct of_buffer *b, const void *bytes, size_t size);
void of_put_zeros(struct of_buffer *b, size_t size);
void of_put_u8(struct of_buffer *b, uint8_t value);
void of_put_u16(struct of_buffer *b, uint16_t value);
void of_put_u32(struct of_buffer *b, uint32_t value);
void of_put_u64(struct of_buffer *b, uint64_t value);
/* Zeros up to a multiple of 8 bytes from 'start'. */
void of_pad_to_8(struct of_buffer *b, size_t start);
/* Overwrites two bytes that were put before, typically a length. */
void of_set_u16(struct of_buffer *b, size_t at, uint16_t value);
/* Gives the message that begins at 'at' another xid. */
void of_set_xid(struct of_buffer *b, size_t at, uint32_t xid);

/*
 * Begins a message: puts a header with the length left open and returns where
 * it starts.  of_end fills the length in; a message that has grown too long
 * makes the buffer bad.  For multipart kinds the multipart header (flags 0) is
 * put too, for experimenter ones the experimenter header.  Of multipart kinds
 * of_begin makes a reply and of_begin_request a request; other kinds are the
 * same to both.  A kind that the version has no number for makes the buffer
 * bad.
 */
size_t of_begin(struct of_buffer *b, enum of_version version, enum of_kind kind,
                uint32_t xid);
size_t of_begin_request(struct of_buffer *b, enum of_version version,
                        enum of_kind kind, uint32_t xid);
void of_end(struct of_buffer *b, size_t start);

#endif
