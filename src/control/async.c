#include "control/async.h"

#include "control/flow_view.h"
#include "openflow/of_flow.h"
#include "openflow/of_port.h"
#include "openflow/of_role.h"

bool async_is_listening(const struct connection *c)
{
    return c->version != OF_NONE && (!c->is_service || c->has_asked_for_async);
}

bool async_wants(const struct connection *c, const uint32_t masks[2],
                 unsigned int reason)
{
    return async_is_listening(c) &&
           masks[c->role == ROLE_SLAVE] & UINT32_C(1) << reason;
}

void async_send(struct connection *c, struct of_buffer *message)
{
    bool is_congested = c->is_congested && c->is_congested(c);

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
                        enum flow_removed_reason reason)
{
    struct of_switch *s = context;
    struct flow_view view;

    if (!(e->flags & FLOW_MOD_SEND_FLOW_REM))
        return;
    flow_view_of(&view, e, stats, s->now_ms);
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
