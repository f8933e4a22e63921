/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all of openflow/ shares: versions, the kinds of messages whatever number
 * a version gives them, and the header.
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

#include "base/bytes.h"
#include "flow/error.h"

enum of_version {
    OF_NONE = 0,
    OF10 = 1,
    OF11 = 2,
    OF12 = 3,
    OF13 = 4,
    OF14 = 5,
    OF15 = 6,
};

/* Sets of versions have bit OF_VERSION_BIT(v) for each. */
#define OF_VERSION_BIT(version) (UINT32_C(1) << (version))
/* Those that there is a codec for: OF10 to OF15. */
#define OF_VERSIONS_ALL (2 * OF_VERSION_BIT(OF15) - OF_VERSION_BIT(OF10))

/* "1.3"; "none" of OF_NONE. */
const char *of_version_name(enum of_version version);
/* "OpenFlow13", the name that ovs-ofctl(8) has for it. */
const char *of_version_protocol(enum of_version version);

enum {
    OF_HEADER_SIZE = 8,
    OF_MESSAGE_MAX = 65535,
};

/*
 * Kinds of messages; of_kinds.c has each version's numbers, the multipart (1.0:
 * statistics) types and the experimenter ones in one table.  A multipart
 * request and its reply are of one kind, MP_*.  MP_FLOW tells of entries with
 * their instructions (1.5's FLOW_DESC), MP_FLOW_STATS is 1.5's without them.
 * EXPERIMENTER, MP_EXPERIMENTER, MULTIPART_REQUEST and MULTIPART_REPLY are
 * those that none of the other kinds are.
 */
/* It would stagger the list. */
/* clang-format off */
#define OF_KINDS(X)                                                            \
    X(UNKNOWN) X(HELLO) X(ERROR) X(ECHO_REQUEST) X(ECHO_REPLY) X(EXPERIMENTER) \
    X(FEATURES_REQUEST) X(FEATURES_REPLY) X(GET_CONFIG_REQUEST)                \
    X(GET_CONFIG_REPLY) X(SET_CONFIG) X(PACKET_IN) X(FLOW_REMOVED)             \
    X(PORT_STATUS) X(PACKET_OUT) X(FLOW_MOD) X(GROUP_MOD) X(PORT_MOD)          \
    X(TABLE_MOD) X(MULTIPART_REQUEST) X(MULTIPART_REPLY) X(BARRIER_REQUEST)    \
    X(BARRIER_REPLY) X(QUEUE_GET_CONFIG_REQUEST) X(QUEUE_GET_CONFIG_REPLY)     \
    X(ROLE_REQUEST) X(ROLE_REPLY) X(GET_ASYNC_REQUEST) X(GET_ASYNC_REPLY)      \
    X(SET_ASYNC) X(METER_MOD) X(ROLE_STATUS) X(TABLE_STATUS) X(REQUESTFORWARD) \
    X(BUNDLE_CONTROL) X(BUNDLE_ADD) X(CONTROLLER_STATUS) X(NX_ROLE_REQUEST)    \
    X(NX_ROLE_REPLY) X(NX_SET_FLOW_FORMAT) X(NX_FLOW_MOD_TABLE_ID)             \
    X(NX_FLOW_AGE) X(NX_FLOW_MOD) X(NX_FLOW_REMOVED)                           \
    X(NX_SET_PACKET_IN_FORMAT)                                                 \
    X(NX_PACKET_IN) X(NX_PACKET_IN2) X(NX_SET_ASYNC) X(NX_SET_CONTROLLER_ID)   \
    X(NX_GROUP_MOD) X(MP_DESC) X(MP_FLOW) X(MP_AGGREGATE) X(MP_TABLE)          \
    X(MP_PORT) X(MP_QUEUE) X(MP_GROUP) X(MP_GROUP_DESC) X(MP_GROUP_FEATURES)   \
    X(MP_METER) X(MP_METER_CONFIG) X(MP_METER_FEATURES) X(MP_TABLE_FEATURES)   \
    X(MP_PORT_DESC) X(MP_TABLE_DESC) X(MP_QUEUE_DESC) X(MP_FLOW_MONITOR)       \
    X(MP_FLOW_STATS) X(MP_CONTROLLER_STATUS) X(MP_BUNDLE_FEATURES)             \
    X(MP_EXPERIMENTER) X(MP_NX_FLOW) X(MP_NX_AGGREGATE)
/* clang-format on */

#define X(name) OF_##name,
enum of_kind { OF_KINDS(X) OF_KIND_COUNT };
#undef X

struct of_header {
    uint8_t version; /* as sent; may be none of enum of_version */
    uint8_t type;
    uint16_t size; /* of the whole message */
    uint32_t xid;  /* host order */
};

/* Reads the header; the reader then stands behind it. */
struct of_header of_read_header(struct reader *r);

/*
 * What kind of message this is: looks as far into the body as it must
 * (multipart type, experimenter id) without moving '*body'.  OF_UNKNOWN: none
 * we know.
 */
enum of_kind of_kind_of(const struct of_header *h, const struct reader *body);
const char *of_kind_name(enum of_kind kind);

/* True for a message of MULTIPART_REPLY's type, also if its kind is MP_*. */
bool of_is_multipart_reply(const struct of_header *h);

/*
 * Why of_kind_of found just UNKNOWN, EXPERIMENTER, MP_EXPERIMENTER,
 * MULTIPART_REQUEST or MULTIPART_REPLY: FLOW_BAD_LENGTH, FLOW_BAD_VERSION,
 * FLOW_BAD_TYPE, FLOW_BAD_MULTIPART, FLOW_BAD_EXPERIMENTER or
 * FLOW_BAD_EXPERIMENTER_TYPE.
 */
enum flow_error of_unknown_why(const struct of_header *h,
                               const struct reader *body);

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
