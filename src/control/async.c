/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/async.h"

#include <assert.h>

#include "openflow/of_async.h"
#include "openflow/of_flow.h"
#include "openflow/of_group.h"
#include "openflow/of_meter.h"
#include "openflow/of_port.h"
#include "openflow/of_role.h"
#include "table/flow_view.h"

bool async_is_listening(const struct connection *c)
{
    return c->version != OF_NONE && (!c->is_service || c->has_asked_for_async);
}

bool async_wants(const struct connection *c, const uint32_t masks[2],
                 unsigned int reason)
{
    assert(reason < 32 && c->role <= ROLE_SLAVE);
    return async_is_listening(c) &&
           masks[c->role == ROLE_SLAVE] & UINT32_C(1) << reason;
}

void async_send(struct connection *c, struct of_buffer *message)
{
    bool is_congested = c->is_congested && c->is_congested(c);

    assert(c->send);
    /* A full queue is found again by the next reply, and ends it then. */
    if (message->is_bad || is_congested ||
        !c->send(c, message->data, message->size))
        c->counts.congested++;
}

void async_connections_changed(struct of_switch *s)
{
    bool does_any = false;

    for (size_t i = 0; i < connection_list_count(s->connections); i++) {
        const struct connection *c = connection_list_at(s->connections, i);

        does_any = does_any ||
                   (c->version < OF13 &&
                    async_wants(c, c->async.packet_in, PACKET_IN_NO_ENTRY));
    }
    datapath_set_misses_go_to_controller(s->datapath, does_any);
}

void async_port_status(struct of_switch *s, enum port_reason reason,
                       const struct port_desc *p, bool is_of_config)
{
    for (size_t i = 0; i < connection_list_count(s->connections); i++) {
        struct connection *c = connection_list_at(s->connections, i);
        struct of_buffer message = {.data = NULL};

        if (!async_wants(c, c->async.port_status, reason) ||
            (is_of_config && c == s->port_changer && c->version < OF15))
            continue;
        of_port_write_status(&message, c->version, reason, p);
        async_send(c, &message);
        of_buffer_clear(&message);
    }
}

void async_flow_removed(void *context, const struct flow_entry *e,
                        const struct flow_usage *stats,
                        enum flow_removed_reason reason, int64_t now_ms)
{
    struct of_switch *s = context;
    struct flow_view view;

    if (!(e->flags & FLOW_MOD_SEND_FLOW_REM))
        return;
    flow_view_of(&view, e, stats, now_ms);
    for (size_t i = 0; i < connection_list_count(s->connections); i++) {
        struct connection *c = connection_list_at(s->connections, i);
        struct of_flow_format format = {
            .version = c->version, .is_nxm = c->version == OF10 && c->has_nxm};
        struct of_buffer message = {.data = NULL};

        if (!async_wants(c, c->async.flow_removed, reason))
            continue;
        of_flow_removed_write(&format, &message, &view.stats, (uint8_t)reason);
        async_send(c, &message);
        of_buffer_clear(&message);
    }
}

/* OFPRFR_*, OpenFlow 1.4.1 7.4.6. */
enum { FORWARD_GROUP_MOD = 0, FORWARD_METER_MOD = 1 };

static bool wants_forward(const struct connection *c,
                          const struct connection *from, unsigned int reason)
{
    return c != from && c->version >= OF14 &&
           async_wants(c, c->async.requestforward, reason);
}

/* 'request' is cleared. */
static void forward(struct connection *c, struct of_buffer *request)
{
    struct reader whole = reader_over(request->data, request->size);
    struct of_buffer message = {.data = NULL};

    of_async_write_requestforward(&message, c->version, &whole);
    message.is_bad = message.is_bad || request->is_bad;
    async_send(c, &message);
    of_buffer_clear(&message);
    of_buffer_clear(request);
}

static bool is_of_buckets(const struct group_mod *mod)
{
    return mod->command == GROUP_INSERT_BUCKET ||
           mod->command == GROUP_REMOVE_BUCKET;
}

void async_group_changed(struct of_switch *s, const struct connection *from,
                         uint32_t xid, const struct group_mod *mod)
{
    for (size_t i = 0; i < connection_list_count(s->connections); i++) {
        struct connection *c = connection_list_at(s->connections, i);
        struct of_buffer request = {.data = NULL};

        if (!wants_forward(c, from, FORWARD_GROUP_MOD) ||
            (is_of_buckets(mod) && c->version < OF15))
            continue;
        of_group_write_mod(&request, c->version, xid, mod);
        forward(c, &request);
    }
}

void async_meter_changed(struct of_switch *s, const struct connection *from,
                         uint32_t xid, const struct meter_mod *mod)
{
    for (size_t i = 0; i < connection_list_count(s->connections); i++) {
        struct connection *c = connection_list_at(s->connections, i);
        struct of_buffer request = {.data = NULL};

        if (!wants_forward(c, from, FORWARD_METER_MOD))
            continue;
        of_meter_write_mod(&request, c->version, xid, mod);
        forward(c, &request);
    }
}

void async_role_status(struct of_switch *s, struct connection *c,
                       enum role_reason reason)
{
    struct of_buffer message = {.data = NULL};
    struct role_request status = {
        .role = c->role,
        .has_generation_id = s->has_generation_id,
        .generation_id =
            s->has_generation_id ? s->generation_id : GENERATION_ID_NONE,
    };

    if (c->version < OF14 || !async_wants(c, c->async.role_status, reason))
        return;
    of_role_write_status(&message, c->version, reason, &status);
    async_send(c, &message);
    of_buffer_clear(&message);
}
