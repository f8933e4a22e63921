/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_role.h"

#include "control/async.h"
#include "openflow/of_async.h"
#include "openflow/of_role.h"

/* There is one master; the one before becomes a slave and is told so. */
static void demote_others(struct of_switch *s, const struct connection *c)
{
    for (size_t i = 0; i < connection_list_count(s->connections); i++) {
        struct connection *other = connection_list_at(s->connections, i);

        if (other == c || other->role != ROLE_MASTER)
            continue;
        other->role = ROLE_SLAVE;
        async_role_status(s, other, ROLE_REASON_MASTER_REQUEST);
    }
}

/* An id of an older generation comes from a controller that has slept through
 * an election.  OpenFlow 1.3.5 6.3.7: it is a distance, so ids may wrap. */
static bool is_stale(const struct of_switch *s, uint64_t generation_id)
{
    return s->has_generation_id &&
           (int64_t)(generation_id - s->generation_id) < 0;
}

enum flow_error handle_role(struct request *r)
{
    struct of_switch *s = r->s;
    struct role_request q;
    enum flow_error error = of_role_read(r->c->version, r->kind, &r->body, &q);

    if (error)
        return error;
    if (q.role == ROLE_MASTER || q.role == ROLE_SLAVE) {
        if (q.has_generation_id) {
            if (is_stale(s, q.generation_id))
                return FLOW_STALE_ROLE;
            s->has_generation_id = true;
            s->generation_id = q.generation_id;
        }
        if (q.role == ROLE_MASTER)
            demote_others(s, r->c);
    }
    if (q.role != ROLE_NOCHANGE)
        r->c->role = q.role;
    q.role = r->c->role;
    q.generation_id =
        s->has_generation_id ? s->generation_id : GENERATION_ID_NONE;
    of_role_write(&r->reply, r->c->version,
                  r->kind == OF_NX_ROLE_REQUEST ? OF_NX_ROLE_REPLY
                                                : OF_ROLE_REPLY,
                  r->header.xid, &q);
    async_connections_changed(s);
    return FLOW_OK;
}

enum flow_error handle_get_async(struct request *r)
{
    enum flow_error error = request_is_empty(r);

    if (error)
        return error;
    of_async_write(&r->reply, r->c->version, OF_GET_ASYNC_REPLY, r->header.xid,
                   &r->c->async);
    return FLOW_OK;
}

/* A mask that is taken must come to something: there are no vacancy events, no
 * statistics triggers and no controller status here. */
static bool can_be_sent(const struct async_masks *m)
{
    uint32_t never = 0;

    for (int i = 0; i < 2; i++)
        never |=
            m->table_status[i] | m->flow_stats[i] | m->controller_status[i];
    return !never;
}

enum flow_error handle_set_async(struct request *r)
{
    struct async_masks masks = r->c->async;
    enum flow_error error =
        of_async_read(r->c->version, r->kind, &r->body, &masks);

    if (error)
        return error;
    if (!can_be_sent(&masks))
        return FLOW_ASYNC_UNSUPPORTED;
    r->c->async = masks;
    r->c->has_asked_for_async = true;
    async_connections_changed(r->s);
    return FLOW_OK;
}
