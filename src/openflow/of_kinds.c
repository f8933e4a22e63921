/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_kinds.h"

/* Each space has numbers of its own: messages have a form there, experimenters'
 * a vendor too, and the numbers begin with BASE. */
enum space { MESSAGE, MULTIPART, NICIRA, STATISTICS, ONF, SPACES };

enum {
    FORM_MESSAGE = OF_FORM_MESSAGE,
    FORM_MULTIPART = OF_FORM_MULTIPART,
    FORM_NICIRA = OF_FORM_EXPERIMENTER,
    FORM_STATISTICS = OF_FORM_MULTIPART_EXPERIMENTER,
    FORM_ONF = OF_FORM_EXPERIMENTER,

    VENDOR_MESSAGE = 0,
    VENDOR_MULTIPART = 0,
    VENDOR_NICIRA = OF_VENDOR_NICIRA,
    VENDOR_STATISTICS = OF_VENDOR_NICIRA,
    VENDOR_ONF = OF_VENDOR_ONF,

    BASE_MESSAGE = 0,
    BASE_MULTIPART = 0,
    BASE_NICIRA = 0,
    BASE_STATISTICS = 0,
    BASE_ONF = 2300,

    NUMBERS = 36,                    /* of a space, from its first */
    MULTIPART_EXPERIMENTER = 0xffff, /* the one that is far above them */
};

enum { ANY_FIRST = 0, ANY_LAST = 0xff };

/*
 * HELLO and ERROR are read whatever version they come in: they are how two
 * sides find out that they have none in common.  Many of Nicira's messages have
 * a standard form in the later versions.  MP_PORT_DESC is in the specification
 * from 1.3 on, and in all versions of Open vSwitch's.
 */
/* clang-format off */
#define KINDS(X)                                                               \
    X(HELLO, MESSAGE, ANY_FIRST, ANY_LAST, 0)                                  \
    X(ERROR, MESSAGE, ANY_FIRST, ANY_LAST, 1)                                  \
    X(ECHO_REQUEST, MESSAGE, OF10, OF15, 2)                                    \
    X(ECHO_REPLY, MESSAGE, OF10, OF15, 3)                                      \
    X(EXPERIMENTER, MESSAGE, OF10, OF15, 4)                                    \
    X(FEATURES_REQUEST, MESSAGE, OF10, OF15, 5)                                \
    X(FEATURES_REPLY, MESSAGE, OF10, OF15, 6)                                  \
    X(GET_CONFIG_REQUEST, MESSAGE, OF10, OF15, 7)                              \
    X(GET_CONFIG_REPLY, MESSAGE, OF10, OF15, 8)                                \
    X(SET_CONFIG, MESSAGE, OF10, OF15, 9)                                      \
    X(PACKET_IN, MESSAGE, OF10, OF15, 10)                                      \
    X(FLOW_REMOVED, MESSAGE, OF10, OF15, 11)                                   \
    X(PORT_STATUS, MESSAGE, OF10, OF15, 12)                                    \
    X(PACKET_OUT, MESSAGE, OF10, OF15, 13)                                     \
    X(FLOW_MOD, MESSAGE, OF10, OF15, 14)                                       \
    X(PORT_MOD, MESSAGE, OF10, OF10, 15)                                       \
    X(MULTIPART_REQUEST, MESSAGE, OF10, OF10, 16)                              \
    X(MULTIPART_REPLY, MESSAGE, OF10, OF10, 17)                                \
    X(BARRIER_REQUEST, MESSAGE, OF10, OF10, 18)                                \
    X(BARRIER_REPLY, MESSAGE, OF10, OF10, 19)                                  \
    X(QUEUE_GET_CONFIG_REQUEST, MESSAGE, OF10, OF10, 20)                       \
    X(QUEUE_GET_CONFIG_REPLY, MESSAGE, OF10, OF10, 21)                         \
    X(GROUP_MOD, MESSAGE, OF11, OF15, 15)                                      \
    X(PORT_MOD, MESSAGE, OF11, OF15, 16)                                       \
    X(TABLE_MOD, MESSAGE, OF11, OF15, 17)                                      \
    X(MULTIPART_REQUEST, MESSAGE, OF11, OF15, 18)                              \
    X(MULTIPART_REPLY, MESSAGE, OF11, OF15, 19)                                \
    X(BARRIER_REQUEST, MESSAGE, OF11, OF15, 20)                                \
    X(BARRIER_REPLY, MESSAGE, OF11, OF15, 21)                                  \
    X(QUEUE_GET_CONFIG_REQUEST, MESSAGE, OF11, OF13, 22)                       \
    X(QUEUE_GET_CONFIG_REPLY, MESSAGE, OF11, OF13, 23)                         \
    X(ROLE_REQUEST, MESSAGE, OF12, OF15, 24)                                   \
    X(ROLE_REPLY, MESSAGE, OF12, OF15, 25)                                     \
    X(GET_ASYNC_REQUEST, MESSAGE, OF13, OF15, 26)                              \
    X(GET_ASYNC_REPLY, MESSAGE, OF13, OF15, 27)                                \
    X(SET_ASYNC, MESSAGE, OF13, OF15, 28)                                      \
    X(METER_MOD, MESSAGE, OF13, OF15, 29)                                      \
    X(ROLE_STATUS, MESSAGE, OF14, OF15, 30)                                    \
    X(TABLE_STATUS, MESSAGE, OF14, OF15, 31)                                   \
    X(REQUESTFORWARD, MESSAGE, OF14, OF15, 32)                                 \
    X(BUNDLE_CONTROL, MESSAGE, OF14, OF15, 33)                                 \
    X(BUNDLE_ADD, MESSAGE, OF14, OF15, 34)                                     \
    X(CONTROLLER_STATUS, MESSAGE, OF15, OF15, 35)                              \
    X(BUNDLE_CONTROL, ONF, OF13, OF13, 2300)                                   \
    X(BUNDLE_ADD, ONF, OF13, OF13, 2301)                                       \
    X(NX_ROLE_REQUEST, NICIRA, OF10, OF15, 10)                                 \
    X(NX_ROLE_REPLY, NICIRA, OF10, OF15, 11)                                   \
    X(NX_FLOW_MOD_TABLE_ID, NICIRA, OF10, OF15, 15)                            \
    X(NX_SET_PACKET_IN_FORMAT, NICIRA, OF10, OF15, 16)                         \
    X(NX_PACKET_IN, NICIRA, OF10, OF15, 17)                                    \
    X(NX_SET_ASYNC, NICIRA, OF10, OF15, 19)                                    \
    X(NX_SET_CONTROLLER_ID, NICIRA, OF10, OF15, 20)                            \
    X(NX_PACKET_IN2, NICIRA, OF10, OF15, 30)                                   \
    X(NX_SET_FLOW_FORMAT, NICIRA, OF10, OF10, 12)                              \
    X(NX_FLOW_MOD, NICIRA, OF10, OF10, 13)                                     \
    X(NX_FLOW_REMOVED, NICIRA, OF10, OF10, 14)                                 \
    X(NX_FLOW_AGE, NICIRA, OF10, OF10, 18)                                     \
    X(NX_GROUP_MOD, NICIRA, OF10, OF10, 31)                                    \
    X(MP_DESC, MULTIPART, OF10, OF15, 0)                                       \
    X(MP_FLOW, MULTIPART, OF10, OF15, 1)                                       \
    X(MP_AGGREGATE, MULTIPART, OF10, OF15, 2)                                  \
    X(MP_TABLE, MULTIPART, OF10, OF15, 3)                                      \
    X(MP_PORT, MULTIPART, OF10, OF15, 4)                                       \
    X(MP_QUEUE, MULTIPART, OF10, OF15, 5)                                      \
    X(MP_GROUP, MULTIPART, OF11, OF15, 6)                                      \
    X(MP_GROUP_DESC, MULTIPART, OF11, OF15, 7)                                 \
    X(MP_GROUP_FEATURES, MULTIPART, OF12, OF15, 8)                             \
    X(MP_METER, MULTIPART, OF13, OF15, 9)                                      \
    X(MP_METER_CONFIG, MULTIPART, OF13, OF15, 10)                              \
    X(MP_METER_FEATURES, MULTIPART, OF13, OF15, 11)                            \
    X(MP_TABLE_FEATURES, MULTIPART, OF13, OF15, 12)                            \
    X(MP_PORT_DESC, MULTIPART, OF10, OF15, 13)                                 \
    X(MP_TABLE_DESC, MULTIPART, OF14, OF15, 14)                                \
    X(MP_QUEUE_DESC, MULTIPART, OF14, OF15, 15)                                \
    X(MP_FLOW_MONITOR, MULTIPART, OF14, OF15, 16)                              \
    X(MP_FLOW_STATS, MULTIPART, OF15, OF15, 17)                                \
    X(MP_CONTROLLER_STATUS, MULTIPART, OF15, OF15, 18)                         \
    X(MP_BUNDLE_FEATURES, MULTIPART, OF15, OF15, 19)                           \
    X(MP_NX_FLOW, STATISTICS, OF10, OF10, 0)                                   \
    X(MP_NX_AGGREGATE, STATISTICS, OF10, OF10, 1)                              \
    X(MP_GROUP, STATISTICS, OF10, OF10, 7)                                     \
    X(MP_GROUP_DESC, STATISTICS, OF10, OF10, 8)                                \
    X(MP_GROUP_FEATURES, STATISTICS, OF10, OF11, 9)
/* clang-format on */

/* A kind has at most two ways: 1.0's or a vendor's, and a standard one since a
 * later version.  So has a number at most two meanings. */
enum { WAYS = 2 };

#define WAY(space, first) ((int)(first) > OF10 && !VENDOR_##space)

#define ROW(kind, space, first, last, number)                                  \
    [OF_##kind][WAY(space, first)] = {                                         \
        OF_##kind,      (enum of_form)FORM_##space, first, last, number,       \
        VENDOR_##space,                                                        \
    },

#define NUMBER(kind, space, first, last, number)                               \
    [space][(number)-BASE_##space][WAY(space, first)] = OF_##kind,

static const struct of_kind_row rows[OF_KIND_COUNT][WAYS] = {
    /* clang-format off */
    KINDS(ROW)
    ROW(MP_EXPERIMENTER, MULTIPART, OF10, OF15, MULTIPART_EXPERIMENTER)
    /* clang-format on */
};

/* Kinds by number; OF_UNKNOWN: none. */
static const uint8_t kinds[SPACES][NUMBERS][WAYS] = {KINDS(NUMBER)};

_Static_assert(OF_KIND_COUNT <= UINT8_MAX, "kinds fit in a byte");

static bool has(const struct of_kind_row *row, uint8_t version)
{
    return row->kind != OF_UNKNOWN && row->first <= version &&
           row->last >= version;
}

static enum of_kind find(enum space space, uint8_t version, uint32_t number)
{
    uint32_t base = space == ONF ? BASE_ONF : 0;

    for (int way = 0; way < WAYS && number - base < NUMBERS; way++) {
        enum of_kind kind = (enum of_kind)kinds[space][number - base][way];

        if (has(&rows[kind][way], version))
            return kind;
    }
    return OF_UNKNOWN;
}

static enum of_kind find_experimenter(uint8_t version, struct reader *at,
                                      enum of_kind otherwise)
{
    uint32_t vendor = read_u32(at);
    uint32_t number = read_u32(at);
    bool is_statistics = otherwise == OF_MP_EXPERIMENTER;
    enum of_kind kind = OF_UNKNOWN;

    if (vendor == OF_VENDOR_NICIRA)
        kind = find(is_statistics ? STATISTICS : NICIRA, version, number);
    else if (vendor == OF_VENDOR_ONF && !is_statistics)
        kind = find(ONF, version, number);
    return at->bad || kind == OF_UNKNOWN ? otherwise : kind;
}

static enum of_kind find_multipart(uint8_t version, struct reader *at,
                                   enum of_kind otherwise)
{
    uint16_t number = read_u16(at);
    enum of_kind kind = number == MULTIPART_EXPERIMENTER
                            ? OF_MP_EXPERIMENTER
                            : find(MULTIPART, version, number);

    read_u16(at); /* flags */
    if (version > OF10)
        read_u32(at); /* padding */
    if (at->bad || kind == OF_UNKNOWN)
        return otherwise;
    return kind == OF_MP_EXPERIMENTER ? find_experimenter(version, at, kind)
                                      : kind;
}

enum of_kind of_kind_of(const struct of_header *h, const struct reader *body)
{
    struct reader at = *body;
    enum of_kind kind = find(MESSAGE, h->version, h->type);

    switch (kind) {
    case OF_EXPERIMENTER:
        return find_experimenter(h->version, &at, kind);
    case OF_MULTIPART_REQUEST:
    case OF_MULTIPART_REPLY:
        return find_multipart(h->version, &at, kind);
    default:
        return kind;
    }
}

static bool knows_vendor(uint32_t vendor)
{
    return vendor == OF_VENDOR_NICIRA || vendor == OF_VENDOR_ONF;
}

static enum flow_error why_experimenter(struct reader *at)
{
    uint32_t vendor = read_u32(at);

    read_u32(at);
    if (at->bad)
        return FLOW_BAD_LENGTH;
    return knows_vendor(vendor) ? FLOW_BAD_EXPERIMENTER_TYPE
                                : FLOW_BAD_EXPERIMENTER;
}

enum flow_error of_unknown_why(const struct of_header *h,
                               const struct reader *body)
{
    size_t multipart_size = h->version == OF10 ? 4 : 8;
    struct reader at = *body;

    if (h->version < OF10 || h->version > OF15)
        return FLOW_BAD_VERSION;
    switch (of_kind_of(h, body)) {
    case OF_EXPERIMENTER:
        return why_experimenter(&at);
    case OF_MP_EXPERIMENTER:
        read_bytes(&at, multipart_size);
        return why_experimenter(&at);
    case OF_MULTIPART_REQUEST:
    case OF_MULTIPART_REPLY:
        return at.left < multipart_size ? FLOW_BAD_LENGTH : FLOW_BAD_MULTIPART;
    default:
        return FLOW_BAD_TYPE;
    }
}

const struct of_kind_row *of_kinds_find(uint8_t version, enum of_kind kind)
{
    for (int way = 0; way < WAYS; way++)
        if (has(&rows[kind][way], version))
            return &rows[kind][way];
    return NULL;
}

const char *of_kind_name(enum of_kind kind)
{
#define X(name) #name,
    static const char *const names[] = {OF_KINDS(X)};
#undef X

    return kind < OF_KIND_COUNT ? names[kind] : names[OF_UNKNOWN];
}
