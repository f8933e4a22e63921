/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/dispatch.h"

#include <assert.h>

#include "base/array.h"
#include "base/log.h"
#include "base/thread_role.h"
#include "control/handle_basic.h"
#include "control/handle_bundle.h"
#include "control/handle_flow.h"
#include "control/handle_group.h"
#include "control/handle_meter.h"
#include "control/handle_packet.h"
#include "control/handle_port.h"
#include "control/handle_queue.h"
#include "control/handle_role.h"
#include "control/handle_table.h"
#include "openflow/of_error.h"
#include "openflow/of_multipart.h"

/* Properties of a kind of message. */
enum row_flags {
    NOT_SLAVE = 1 << 0, /* it changes the switch: OpenFlow 1.3.5 6.3.7 */
    PARTS = 1 << 1,     /* the request may come in several parts */
    IDLE_TALK = 1 << 2, /* it does not show that a controller accepts us */
    UNKNOWN = 1 << 3,   /* of_unknown_why says why it is refused */
    COUNTS = 1 << 4,    /* it asks for counters, which are to be all there */
};

/* Either a handler, or why there is none. */
struct row {
    request_handler *handle;
    unsigned int flags;
    enum flow_error refusal;
};

/* Messages that only a switch sends are refused. */
static const struct row rows[] = {
    /* clang-format off */
    [OF_UNKNOWN]                  = {NULL, UNKNOWN | IDLE_TALK, FLOW_OK},
    [OF_HELLO]                    = {handle_nothing, IDLE_TALK, FLOW_OK},
    [OF_ERROR]                    = {handle_error, IDLE_TALK, FLOW_OK},
    [OF_ECHO_REQUEST]             = {handle_echo, IDLE_TALK, FLOW_OK},
    [OF_ECHO_REPLY]               = {handle_nothing, IDLE_TALK, FLOW_OK},
    [OF_EXPERIMENTER]             = {NULL, UNKNOWN, FLOW_OK},
    [OF_FEATURES_REQUEST]         = {handle_features, IDLE_TALK, FLOW_OK},
    [OF_FEATURES_REPLY]           = {NULL, 0, FLOW_BAD_TYPE},
    [OF_GET_CONFIG_REQUEST]       = {handle_get_config, IDLE_TALK, FLOW_OK},
    [OF_GET_CONFIG_REPLY]         = {NULL, 0, FLOW_BAD_TYPE},
    [OF_SET_CONFIG]               = {handle_set_config, IDLE_TALK, FLOW_OK},
    [OF_PACKET_IN]                = {NULL, 0, FLOW_BAD_TYPE},
    [OF_FLOW_REMOVED]             = {NULL, 0, FLOW_BAD_TYPE},
    [OF_PORT_STATUS]              = {NULL, 0, FLOW_BAD_TYPE},
    [OF_PACKET_OUT]               = {handle_packet_out, NOT_SLAVE, FLOW_OK},
    [OF_FLOW_MOD]                 = {handle_flow_mod, NOT_SLAVE, FLOW_OK},
    [OF_GROUP_MOD]                = {handle_group_mod, NOT_SLAVE, FLOW_OK},
    [OF_PORT_MOD]                 = {handle_port_mod, NOT_SLAVE, FLOW_OK},
    [OF_TABLE_MOD]                = {handle_table_mod, NOT_SLAVE, FLOW_OK},
    [OF_MULTIPART_REQUEST]        = {NULL, UNKNOWN, FLOW_OK},
    [OF_MULTIPART_REPLY]          = {NULL, UNKNOWN, FLOW_OK},
    [OF_BARRIER_REQUEST]          = {handle_barrier, 0, FLOW_OK},
    [OF_BARRIER_REPLY]            = {NULL, 0, FLOW_BAD_TYPE},
    [OF_QUEUE_GET_CONFIG_REQUEST] = {handle_queue_config, IDLE_TALK, FLOW_OK},
    [OF_QUEUE_GET_CONFIG_REPLY]   = {NULL, 0, FLOW_BAD_TYPE},
    [OF_ROLE_REQUEST]             = {handle_role, 0, FLOW_OK},
    [OF_ROLE_REPLY]               = {NULL, 0, FLOW_BAD_TYPE},
    [OF_GET_ASYNC_REQUEST]        = {handle_get_async, IDLE_TALK, FLOW_OK},
    [OF_GET_ASYNC_REPLY]          = {NULL, 0, FLOW_BAD_TYPE},
    [OF_SET_ASYNC]                = {handle_set_async, IDLE_TALK, FLOW_OK},
    [OF_METER_MOD]                = {handle_meter_mod, NOT_SLAVE, FLOW_OK},
    [OF_ROLE_STATUS]              = {NULL, 0, FLOW_BAD_TYPE},
    [OF_TABLE_STATUS]             = {NULL, 0, FLOW_BAD_TYPE},
    [OF_REQUESTFORWARD]           = {NULL, 0, FLOW_BAD_TYPE},
    [OF_BUNDLE_CONTROL]           = {handle_bundle_control, NOT_SLAVE, FLOW_OK},
    [OF_BUNDLE_ADD]               = {handle_bundle_add, NOT_SLAVE, FLOW_OK},
    [OF_CONTROLLER_STATUS]        = {NULL, 0, FLOW_BAD_TYPE},
    [OF_NX_ROLE_REQUEST]          = {handle_role, 0, FLOW_OK},
    [OF_NX_ROLE_REPLY]            = {NULL, 0, FLOW_BAD_EXPERIMENTER_TYPE},
    [OF_NX_SET_FLOW_FORMAT]       = {handle_set_flow_format, 0, FLOW_OK},
    [OF_NX_FLOW_MOD_TABLE_ID]     = {handle_flow_mod_table_id, 0, FLOW_OK},
    [OF_NX_FLOW_AGE]              = {handle_flow_age, 0, FLOW_OK},
    [OF_NX_FLOW_MOD]              = {handle_flow_mod, NOT_SLAVE, FLOW_OK},
    [OF_NX_FLOW_REMOVED]          = {NULL, 0, FLOW_BAD_EXPERIMENTER_TYPE},
    [OF_NX_SET_PACKET_IN_FORMAT]  = {handle_packet_in_format, 0, FLOW_OK},
    [OF_NX_PACKET_IN]             = {NULL, 0, FLOW_BAD_EXPERIMENTER_TYPE},
    [OF_NX_PACKET_IN2]            = {NULL, 0, FLOW_BAD_EXPERIMENTER_TYPE},
    [OF_NX_SET_ASYNC]             = {handle_set_async, IDLE_TALK, FLOW_OK},
    [OF_NX_SET_CONTROLLER_ID]     = {handle_controller_id, 0, FLOW_OK},
    [OF_NX_GROUP_MOD]             = {handle_group_mod, NOT_SLAVE, FLOW_OK},
    [OF_MP_DESC]                  = {handle_desc, IDLE_TALK, FLOW_OK},
    [OF_MP_FLOW]                  = {handle_flow_stats, COUNTS, FLOW_OK},
    [OF_MP_AGGREGATE]             = {handle_aggregate, COUNTS, FLOW_OK},
    [OF_MP_TABLE]                 = {handle_table_stats, COUNTS, FLOW_OK},
    [OF_MP_PORT]                  = {handle_port_stats, COUNTS, FLOW_OK},
    [OF_MP_QUEUE]                 = {handle_queue_stats, 0, FLOW_OK},
    [OF_MP_GROUP]                 = {handle_group_stats, COUNTS, FLOW_OK},
    [OF_MP_GROUP_DESC]            = {handle_group_desc, 0, FLOW_OK},
    [OF_MP_GROUP_FEATURES]        = {handle_group_features, 0, FLOW_OK},
    [OF_MP_METER]                 = {handle_meter_stats, 0, FLOW_OK},
    [OF_MP_METER_CONFIG]          = {handle_meter_config, 0, FLOW_OK},
    [OF_MP_METER_FEATURES]        = {handle_meter_features, 0, FLOW_OK},
    [OF_MP_TABLE_FEATURES]        = {handle_table_features, PARTS, FLOW_OK},
    [OF_MP_PORT_DESC]             = {handle_port_desc, 0, FLOW_OK},
    [OF_MP_TABLE_DESC]            = {handle_table_desc, 0, FLOW_OK},
    [OF_MP_QUEUE_DESC]            = {handle_queue_desc, 0, FLOW_OK},
    [OF_MP_FLOW_MONITOR]          = {NULL, 0, FLOW_BAD_MULTIPART},
    [OF_MP_FLOW_STATS]            = {handle_flow_stats, COUNTS, FLOW_OK},
    [OF_MP_CONTROLLER_STATUS]     = {NULL, 0, FLOW_BAD_MULTIPART},
    [OF_MP_BUNDLE_FEATURES]       = {NULL, 0, FLOW_BAD_MULTIPART},
    [OF_MP_EXPERIMENTER]          = {NULL, UNKNOWN, FLOW_OK},
    [OF_MP_NX_FLOW]               = {handle_flow_stats, COUNTS, FLOW_OK},
    [OF_MP_NX_AGGREGATE]          = {handle_aggregate, COUNTS, FLOW_OK},
    /* clang-format on */
};

static_assert(ARRAY_SIZE(rows) == OF_KIND_COUNT, "a row for each kind");

static const struct row *row_of(enum of_kind kind)
{
    const struct row *row = &rows[kind];

    assert(kind < OF_KIND_COUNT);
    assert(row->handle || row->refusal || row->flags & UNKNOWN);
    return row;
}

static enum flow_error refuse(const struct request *r, const struct row *row)
{
    struct reader body = r->whole;

    read_bytes(&body, OF_HEADER_SIZE);
    return row->flags & UNKNOWN ? of_unknown_why(&r->header, &body)
                                : row->refusal;
}

static enum flow_error handle(struct request *r, const struct row *row)
{
    if (row->flags & NOT_SLAVE && r->c->role == ROLE_SLAVE)
        return FLOW_IS_SLAVE;
    if (r->flags & OF_MULTIPART_MORE && !(row->flags & PARTS))
        return FLOW_MULTIPART_OVERFLOW;
    if (row->flags & COUNTS)
        datapath_gather(r->s->datapath, r->now_ms);
    return row->handle(r);
}

/* A reply of a multipart kind that comes to us was meant for a controller. */
static enum flow_error choose(struct request *r)
{
    const struct row *row = row_of(r->kind);

    if (r->header.version != r->c->version && r->kind != OF_HELLO &&
        r->kind != OF_ERROR)
        return FLOW_BAD_VERSION;
    if (of_is_multipart_reply(&r->header))
        return FLOW_BAD_TYPE;
    if (!row->handle)
        return refuse(r, row);
    return r->body.bad ? FLOW_BAD_LENGTH : handle(r, row);
}

bool dispatch_is_idle_talk(enum of_kind kind)
{
    return row_of(kind)->flags & IDLE_TALK;
}

bool dispatch_message(struct of_switch *s, struct connection *c,
                      const struct of_message *m, int64_t now_ms)
{
    struct request r = request_of(s, c, m, now_ms);
    enum flow_error error;
    bool is_sent = true;

    assert_main_thread();
    assert(c->version != OF_NONE && !c->awaits_barrier);
    error = choose(&r);
    if (error) {
        s->refused[error]++;
        log_debug("openflow.refused", "peer=%s kind=%s reason=%s", c->name,
                  of_kind_name(r.kind), flow_error_text(error));
        of_error_write(&r.reply, c->version, error, &r.whole);
    }
    if (r.reply.is_bad)
        is_sent = false;
    else if (r.reply.size)
        is_sent = c->send(c, r.reply.data, r.reply.size);
    of_buffer_clear(&r.reply);
    return is_sent;
}
