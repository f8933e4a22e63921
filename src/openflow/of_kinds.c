/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_kinds.h"

#include "base/array.h"

#define MESSAGE(kind, first, last, number)                                     \
    {                                                                          \
        OF_##kind, OF_FORM_MESSAGE, first, last, number, 0                     \
    }
#define MULTIPART(kind, first, last, number)                                   \
    {                                                                          \
        OF_##kind, OF_FORM_MULTIPART, first, last, number, 0                   \
    }
#define NICIRA(kind, number)                                                   \
    {                                                                          \
        OF_##kind, OF_FORM_EXPERIMENTER, OF10, OF15, number, OF_VENDOR_NICIRA  \
    }
/* Those that the later versions have standard messages for. */
#define NICIRA_10(kind, number)                                                \
    {                                                                          \
        OF_##kind, OF_FORM_EXPERIMENTER, OF10, OF10, number, OF_VENDOR_NICIRA  \
    }
#define NICIRA_STATS(kind, last, number)                                       \
    {                                                                          \
        OF_##kind, OF_FORM_MULTIPART_EXPERIMENTER, OF10, last, number,         \
            OF_VENDOR_NICIRA                                                   \
    }
#define ONF(kind, number)                                                      \
    {                                                                          \
        OF_##kind, OF_FORM_EXPERIMENTER, OF13, OF13, number, OF_VENDOR_ONF     \
    }

enum { ANY_FIRST = 0, ANY_LAST = 0xff };

/*
 * HELLO and ERROR are read whatever version they come in: they are how two
 * sides find out that they have none in common.
 */
static const struct of_kind_row rows[] = {
    MESSAGE(HELLO, ANY_FIRST, ANY_LAST, 0),
    MESSAGE(ERROR, ANY_FIRST, ANY_LAST, 1),
    MESSAGE(ECHO_REQUEST, OF10, OF15, 2),
    MESSAGE(ECHO_REPLY, OF10, OF15, 3),
    MESSAGE(EXPERIMENTER, OF10, OF15, 4),
    MESSAGE(FEATURES_REQUEST, OF10, OF15, 5),
    MESSAGE(FEATURES_REPLY, OF10, OF15, 6),
    MESSAGE(GET_CONFIG_REQUEST, OF10, OF15, 7),
    MESSAGE(GET_CONFIG_REPLY, OF10, OF15, 8),
    MESSAGE(SET_CONFIG, OF10, OF15, 9),
    MESSAGE(PACKET_IN, OF10, OF15, 10),
    MESSAGE(FLOW_REMOVED, OF10, OF15, 11),
    MESSAGE(PORT_STATUS, OF10, OF15, 12),
    MESSAGE(PACKET_OUT, OF10, OF15, 13),
    MESSAGE(FLOW_MOD, OF10, OF15, 14),
    MESSAGE(PORT_MOD, OF10, OF10, 15),
    MESSAGE(MULTIPART_REQUEST, OF10, OF10, 16),
    MESSAGE(MULTIPART_REPLY, OF10, OF10, 17),
    MESSAGE(BARRIER_REQUEST, OF10, OF10, 18),
    MESSAGE(BARRIER_REPLY, OF10, OF10, 19),
    MESSAGE(QUEUE_GET_CONFIG_REQUEST, OF10, OF10, 20),
    MESSAGE(QUEUE_GET_CONFIG_REPLY, OF10, OF10, 21),
    MESSAGE(GROUP_MOD, OF11, OF15, 15),
    MESSAGE(PORT_MOD, OF11, OF15, 16),
    MESSAGE(TABLE_MOD, OF11, OF15, 17),
    MESSAGE(MULTIPART_REQUEST, OF11, OF15, 18),
    MESSAGE(MULTIPART_REPLY, OF11, OF15, 19),
    MESSAGE(BARRIER_REQUEST, OF11, OF15, 20),
    MESSAGE(BARRIER_REPLY, OF11, OF15, 21),
    MESSAGE(QUEUE_GET_CONFIG_REQUEST, OF11, OF13, 22),
    MESSAGE(QUEUE_GET_CONFIG_REPLY, OF11, OF13, 23),
    MESSAGE(ROLE_REQUEST, OF12, OF15, 24),
    MESSAGE(ROLE_REPLY, OF12, OF15, 25),
    MESSAGE(GET_ASYNC_REQUEST, OF13, OF15, 26),
    MESSAGE(GET_ASYNC_REPLY, OF13, OF15, 27),
    MESSAGE(SET_ASYNC, OF13, OF15, 28),
    MESSAGE(METER_MOD, OF13, OF15, 29),
    MESSAGE(ROLE_STATUS, OF14, OF15, 30),
    MESSAGE(TABLE_STATUS, OF14, OF15, 31),
    MESSAGE(REQUESTFORWARD, OF14, OF15, 32),
    MESSAGE(BUNDLE_CONTROL, OF14, OF15, 33),
    MESSAGE(BUNDLE_ADD, OF14, OF15, 34),
    MESSAGE(CONTROLLER_STATUS, OF15, OF15, 35),

    ONF(BUNDLE_CONTROL, 2300),
    ONF(BUNDLE_ADD, 2301),
    NICIRA(NX_ROLE_REQUEST, 10),
    NICIRA(NX_ROLE_REPLY, 11),
    NICIRA_10(NX_SET_FLOW_FORMAT, 12),
    NICIRA_10(NX_FLOW_MOD, 13),
    NICIRA_10(NX_FLOW_REMOVED, 14),
    NICIRA(NX_FLOW_MOD_TABLE_ID, 15),
    NICIRA_10(NX_FLOW_AGE, 18),
    NICIRA(NX_SET_PACKET_IN_FORMAT, 16),
    NICIRA(NX_PACKET_IN, 17),
    NICIRA(NX_SET_ASYNC, 19),
    NICIRA(NX_SET_CONTROLLER_ID, 20),
    NICIRA(NX_PACKET_IN2, 30),
    NICIRA_10(NX_GROUP_MOD, 31),

    MULTIPART(MP_DESC, OF10, OF15, 0),
    MULTIPART(MP_FLOW, OF10, OF15, 1),
    MULTIPART(MP_AGGREGATE, OF10, OF15, 2),
    MULTIPART(MP_TABLE, OF10, OF15, 3),
    MULTIPART(MP_PORT, OF10, OF15, 4),
    MULTIPART(MP_QUEUE, OF10, OF15, 5),
    MULTIPART(MP_GROUP, OF11, OF15, 6),
    MULTIPART(MP_GROUP_DESC, OF11, OF15, 7),
    MULTIPART(MP_GROUP_FEATURES, OF12, OF15, 8),
    MULTIPART(MP_METER, OF13, OF15, 9),
    MULTIPART(MP_METER_CONFIG, OF13, OF15, 10),
    MULTIPART(MP_METER_FEATURES, OF13, OF15, 11),
    MULTIPART(MP_TABLE_FEATURES, OF13, OF15, 12),
    /* The specification has it from 1.3 on, Open vSwitch in all versions. */
    MULTIPART(MP_PORT_DESC, OF10, OF15, 13),
    MULTIPART(MP_TABLE_DESC, OF14, OF15, 14),
    MULTIPART(MP_QUEUE_DESC, OF14, OF15, 15),
    MULTIPART(MP_FLOW_MONITOR, OF14, OF15, 16),
    MULTIPART(MP_FLOW_STATS, OF15, OF15, 17),
    MULTIPART(MP_CONTROLLER_STATUS, OF15, OF15, 18),
    MULTIPART(MP_BUNDLE_FEATURES, OF15, OF15, 19),
    MULTIPART(MP_EXPERIMENTER, OF10, OF15, 0xffff),

    NICIRA_STATS(MP_NX_FLOW, OF10, 0),
    NICIRA_STATS(MP_NX_AGGREGATE, OF10, 1),
    NICIRA_STATS(MP_GROUP, OF10, 7),
    NICIRA_STATS(MP_GROUP_DESC, OF10, 8),
    /* The one of these that 1.1 lacks, too. */
    NICIRA_STATS(MP_GROUP_FEATURES, OF11, 9),
};

enum { ROWS = ARRAY_SIZE(rows) };

/* What of a message says its kind. */
struct question {
    uint8_t version;
    enum of_form form;
    uint32_t number;
    uint32_t vendor;
};

static enum of_kind ask(const struct question *q)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].number == q->number && rows[i].form == q->form &&
            rows[i].vendor == q->vendor && rows[i].first <= q->version &&
            rows[i].last >= q->version)
            return rows[i].kind;
    return OF_UNKNOWN;
}

static enum of_kind ask_experimenter(struct question *q, struct reader *at,
                                     enum of_kind otherwise)
{
    enum of_kind kind;

    q->vendor = read_u32(at);
    q->number = read_u32(at);
    kind = ask(q);
    return at->bad || kind == OF_UNKNOWN ? otherwise : kind;
}

static enum of_kind ask_multipart(struct question *q, struct reader *at,
                                  enum of_kind otherwise)
{
    enum of_kind kind;

    q->form = OF_FORM_MULTIPART;
    q->number = read_u16(at);
    read_u16(at); /* flags */
    if (q->version > OF10)
        read_u32(at); /* padding */
    kind = ask(q);
    if (at->bad || kind == OF_UNKNOWN)
        return otherwise;
    if (kind != OF_MP_EXPERIMENTER)
        return kind;
    q->form = OF_FORM_MULTIPART_EXPERIMENTER;
    return ask_experimenter(q, at, kind);
}

enum of_kind of_kind_of(const struct of_header *h, const struct reader *body)
{
    struct question q = {.version = h->version, .number = h->type};
    struct reader at = *body;
    enum of_kind kind = ask(&q);

    switch (kind) {
    case OF_EXPERIMENTER:
        q.form = OF_FORM_EXPERIMENTER;
        return ask_experimenter(&q, &at, kind);
    case OF_MULTIPART_REQUEST:
    case OF_MULTIPART_REPLY:
        return ask_multipart(&q, &at, kind);
    default:
        return kind;
    }
}

static bool knows_vendor(uint32_t vendor)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].vendor == vendor && vendor)
            return true;
    return false;
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
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].kind == kind && rows[i].first <= version &&
            rows[i].last >= version)
            return &rows[i];
    return NULL;
}

const char *of_kind_name(enum of_kind kind)
{
#define X(name) #name,
    static const char *const names[] = {OF_KINDS(X)};
#undef X

    return kind < OF_KIND_COUNT ? names[kind] : names[OF_UNKNOWN];
}
