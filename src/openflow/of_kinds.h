/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Versions, and the kinds of messages whatever number a version gives them: one
 * table has all of these numbers.
 */
#ifndef OPENFLOW_OF_KINDS_H
#define OPENFLOW_OF_KINDS_H

#include <stdbool.h>
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

/*
 * What kind of message this is: looks as far into the body as it must
 * (multipart type, experimenter id) without moving '*body'.  OF_UNKNOWN: none
 * we know.
 */
enum of_kind of_kind_of(const struct of_header *h, const struct reader *body);
const char *of_kind_name(enum of_kind kind);

/*
 * Why of_kind_of found just UNKNOWN, EXPERIMENTER, MP_EXPERIMENTER,
 * MULTIPART_REQUEST or MULTIPART_REPLY: FLOW_BAD_LENGTH, FLOW_BAD_VERSION,
 * FLOW_BAD_TYPE, FLOW_BAD_MULTIPART, FLOW_BAD_EXPERIMENTER or
 * FLOW_BAD_EXPERIMENTER_TYPE.
 */
enum flow_error of_unknown_why(const struct of_header *h,
                               const struct reader *body);

#define OF_VENDOR_NICIRA 0x00002320u
#define OF_VENDOR_ONF    0x4f4e4600u

enum of_form {
    OF_FORM_MESSAGE,                /* a type of its own */
    OF_FORM_EXPERIMENTER,           /* experimenter id and type behind it */
    OF_FORM_MULTIPART,              /* a multipart type */
    OF_FORM_MULTIPART_EXPERIMENTER, /* both */
};

struct of_kind_row {
    enum of_kind kind;
    enum of_form form;
    uint8_t first, last; /* versions; 0 and 0xff: also ones yet to come */
    uint16_t number;
    uint32_t vendor; /* of experimenter forms */
};

/* How the version writes this kind; NULL if it has none.  Of several ways the
 * first of the table. */
const struct of_kind_row *of_kinds_find(uint8_t version, enum of_kind kind);

#endif
