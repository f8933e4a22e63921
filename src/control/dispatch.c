/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/dispatch.h"

#include "base/array.h"
#include "base/log.h"
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

/* What is particular to a kind of message. */
enum row_flags {
    ANYONE = 0,
    NOT_SLAVE = 1 << 0, /* it changes the switch: OpenFlow 1.3.5 6.3.7 */
    PARTS = 1 << 1,     /* the request may come in several parts */
};

struct row {
    enum of_kind kind;
    request_handler *handle;
    unsigned int flags;
};

/* The most frequent first.  Kinds that are missing are those that only a switch
 * sends, and what is not done here. */
static const struct row rows[] = {
    /* clang-format off */
    {OF_FLOW_MOD,                 handle_flow_mod,          NOT_SLAVE},
    {OF_PACKET_OUT,               handle_packet_out,        NOT_SLAVE},
    {OF_BARRIER_REQUEST,          handle_barrier,           ANYONE   },
    {OF_HELLO,                    handle_nothing,           ANYONE   },
    {OF_ERROR,                    handle_error,             ANYONE   },
    {OF_ECHO_REQUEST,             handle_echo,              ANYONE   },
    {OF_ECHO_REPLY,               handle_nothing,           ANYONE   },
    {OF_FEATURES_REQUEST,         handle_features,          ANYONE   },
    {OF_GET_CONFIG_REQUEST,       handle_get_config,        ANYONE   },
    {OF_SET_CONFIG,               handle_set_config,        ANYONE   },
    {OF_GROUP_MOD,                handle_group_mod,         NOT_SLAVE},
    {OF_PORT_MOD,                 handle_port_mod,          NOT_SLAVE},
    {OF_TABLE_MOD,                handle_table_mod,         NOT_SLAVE},
    {OF_METER_MOD,                handle_meter_mod,         NOT_SLAVE},
    {OF_QUEUE_GET_CONFIG_REQUEST, handle_queue_config,      ANYONE   },
    {OF_ROLE_REQUEST,             handle_role,              ANYONE   },
    {OF_GET_ASYNC_REQUEST,        handle_get_async,         ANYONE   },
    {OF_SET_ASYNC,                handle_set_async,         ANYONE   },
    {OF_BUNDLE_CONTROL,           handle_bundle_control,    NOT_SLAVE},
    {OF_BUNDLE_ADD,               handle_bundle_add,        NOT_SLAVE},
    {OF_NX_ROLE_REQUEST,          handle_role,              ANYONE   },
    {OF_NX_SET_FLOW_FORMAT,       handle_set_flow_format,   ANYONE   },
    {OF_NX_FLOW_MOD_TABLE_ID,     handle_flow_mod_table_id, ANYONE   },
    {OF_NX_FLOW_AGE,              handle_flow_age,          ANYONE   },
    {OF_NX_FLOW_MOD,              handle_flow_mod,          NOT_SLAVE},
    {OF_NX_SET_PACKET_IN_FORMAT,  handle_packet_in_format,  ANYONE   },
    {OF_NX_SET_ASYNC,             handle_set_async,         ANYONE   },
    {OF_NX_SET_CONTROLLER_ID,     handle_controller_id,     ANYONE   },
    {OF_NX_GROUP_MOD,             handle_group_mod,         NOT_SLAVE},
    {OF_MP_DESC,                  handle_desc,              ANYONE   },
    {OF_MP_FLOW,                  handle_flow_stats,        ANYONE   },
    {OF_MP_NX_FLOW,               handle_flow_stats,        ANYONE   },
    {OF_MP_FLOW_STATS,            handle_flow_stats,        ANYONE   },
    {OF_MP_AGGREGATE,             handle_aggregate,         ANYONE   },
    {OF_MP_NX_AGGREGATE,          handle_aggregate,         ANYONE   },
    {OF_MP_TABLE,                 handle_table_stats,       ANYONE   },
    {OF_MP_PORT,                  handle_port_stats,        ANYONE   },
    {OF_MP_QUEUE,                 handle_queue_stats,       ANYONE   },
    {OF_MP_GROUP,                 handle_group_stats,       ANYONE   },
    {OF_MP_GROUP_DESC,            handle_group_desc,        ANYONE   },
    {OF_MP_GROUP_FEATURES,        handle_group_features,    ANYONE   },
    {OF_MP_METER,                 handle_meter_stats,       ANYONE   },
    {OF_MP_METER_CONFIG,          handle_meter_config,      ANYONE   },
    {OF_MP_METER_FEATURES,        handle_meter_features,    ANYONE   },
    {OF_MP_TABLE_FEATURES,        handle_table_features,    PARTS    },
    {OF_MP_PORT_DESC,             handle_port_desc,         ANYONE   },
    {OF_MP_TABLE_DESC,            handle_table_desc,        ANYONE   },
    {OF_MP_QUEUE_DESC,            handle_queue_desc,        ANYONE   },
    /* clang-format on */
};

static const struct row *find_row(enum of_kind kind)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (rows[i].kind == kind)
            return &rows[i];
    return NULL;
}

/* Why there is no handler. */
static enum flow_error refuse_kind(const struct of_header *h,
                                   const struct reader *body)
{
    enum of_kind kind = of_kind_of(h, body);

    switch (kind) {
    case OF_MP_FLOW_MONITOR:
    case OF_MP_CONTROLLER_STATUS:
    case OF_MP_BUNDLE_FEATURES:
        return FLOW_BAD_MULTIPART;
    case OF_NX_ROLE_REPLY:
    case OF_NX_FLOW_REMOVED:
    case OF_NX_PACKET_IN:
    case OF_NX_PACKET_IN2:
        return FLOW_BAD_EXPERIMENTER_TYPE;
    default:
        return of_unknown_why(h, body);
    }
}

static enum flow_error handle(struct request *r, const struct row *row)
{
    if (row->flags & NOT_SLAVE && r->c->role == ROLE_SLAVE)
        return FLOW_IS_SLAVE;
    if (r->flags & OF_MULTIPART_MORE && !(row->flags & PARTS))
        return FLOW_MULTIPART_OVERFLOW;
    return row->handle(r);
}

/* A reply of a multipart kind that comes to us was meant for a controller. */
static enum flow_error choose(struct request *r)
{
    const struct row *row;

    if (r->header.version != r->c->version && r->kind != OF_HELLO &&
        r->kind != OF_ERROR)
        return FLOW_BAD_VERSION;
    if (of_is_multipart_reply(&r->header))
        return FLOW_BAD_TYPE;
    row = find_row(r->kind);
    if (!row)
        return refuse_kind(&r->header, &r->body);
    r->flags = of_read_head(&r->header, r->kind, &r->body);
    return r->body.bad ? FLOW_BAD_LENGTH : handle(r, row);
}

bool dispatch_message(struct of_switch *s, struct connection *c,
                      const void *message, size_t size, int64_t now_ms)
{
    struct request r = {.s = s, .c = c, .whole = reader_over(message, size)};
    enum flow_error error;
    bool is_sent = true;

    r.body = r.whole;
    r.header = of_read_header(&r.body);
    r.kind = of_kind_of(&r.header, &r.body);
    s->now_ms = now_ms;
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
