/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_basic.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "control/async.h"
#include "openflow/of_async.h"
#include "openflow/of_error.h"
#include "openflow/of_features.h"

enum {
    CAPABILITIES = SWITCH_FLOW_STATS | SWITCH_TABLE_STATS | SWITCH_PORT_STATS |
                   SWITCH_GROUP_STATS | SWITCH_QUEUE_STATS |
                   SWITCH_ARP_MATCH_IP | SWITCH_BUNDLES,
    ACTIONS_10 = 0xfff, /* all that OpenFlow 1.0 has */
};

/* Nicira's names for the two forms of NXT_SET_FLOW_FORMAT that are left. */
enum { FLOW_FORMAT_OPENFLOW10 = 0, FLOW_FORMAT_NXM = 2 };

enum flow_error handle_nothing(struct request *r)
{
    (void)r;
    return FLOW_OK;
}

enum flow_error handle_error(struct request *r)
{
    struct of_error e;

    if (of_error_read(&r->body, &e) == FLOW_OK)
        log_debug("openflow.error", "peer=%s type=%s code=%u", r->c->name,
                  of_error_type_name(r->c->version, &e), e.code);
    return FLOW_OK; /* An error is never answered by another. */
}

enum flow_error handle_echo(struct request *r)
{
    size_t start = request_begin(r, OF_ECHO_REPLY);

    of_put(&r->reply, r->body.next, r->body.left);
    of_end(&r->reply, start);
    return FLOW_OK;
}

enum flow_error handle_barrier(struct request *r)
{
    enum flow_error error = request_is_empty(r);

    if (error)
        return error;
    assert(!r->c->awaits_barrier);
    r->c->barrier = datapath_barrier_begin(r->s->datapath);
    r->c->barrier_xid = r->header.xid;
    r->c->awaits_barrier =
        !datapath_barrier_wait(r->s->datapath, &r->c->barrier);
    if (r->c->awaits_barrier)
        r->s->barriers_late++;
    else
        of_end(&r->reply, request_begin(r, OF_BARRIER_REPLY));
    return FLOW_OK;
}

bool handle_barrier_over(struct of_switch *s, struct connection *c)
{
    struct of_buffer b = {0};

    assert(c->awaits_barrier);
    if (!datapath_barrier_is_over(s->datapath, &c->barrier))
        return false;
    c->awaits_barrier = false;
    of_end(&b, of_begin(&b, c->version, OF_BARRIER_REPLY, c->barrier_xid));
    if (!b.is_bad)
        c->send(c, b.data, b.size);
    of_buffer_clear(&b);
    return true;
}

struct port_list {
    struct port_desc *ports; /* 'count' */
    size_t count, room;
    bool is_bad;
};

static void add_port(void *visitor, const struct port_desc *p)
{
    struct port_list *l = visitor;

    if (l->count == l->room) {
        size_t room = l->room ? 2 * l->room : 16;
        struct port_desc *ports =
            reallocarray(l->ports, room, sizeof(*l->ports));

        if (!ports) {
            l->is_bad = true;
            return;
        }
        l->ports = ports;
        l->room = room;
    }
    l->ports[l->count++] = *p;
}

enum flow_error handle_features(struct request *r)
{
    const struct switch_identity *identity = &r->s->identity;
    struct port_list l = {.count = 0};
    struct switch_features f = {
        .datapath_id = identity->datapath_id,
        .buffers = identity->buffers,
        .tables = identity->tables,
        .capabilities = CAPABILITIES,
        .actions = ACTIONS_10,
    };
    enum flow_error error = request_is_empty(r);

    if (error)
        return error;
    if (r->c->version < OF13)
        r->s->host.each_port(r->s->host.context, add_port, &l);
    f.ports = l.ports;
    f.port_count = l.count;
    if (!l.is_bad)
        of_features_write(&r->reply, r->c->version, r->header.xid, &f);
    free(l.ports);
    return l.is_bad ? FLOW_OUT_OF_MEMORY : FLOW_OK;
}

enum flow_error handle_get_config(struct request *r)
{
    struct switch_config config = {.flags = datapath_frags(r->s->datapath),
                                   .miss_send_len = r->c->miss_send_len};
    enum flow_error error = request_is_empty(r);

    if (error)
        return error;
    if (r->c->wants_invalid_ttl && r->c->version < OF13)
        config.flags |= SWITCH_INVALID_TTL_TO_CONTROLLER;
    of_features_write_config(&r->reply, r->c->version, OF_GET_CONFIG_REPLY,
                             r->header.xid, &config);
    return FLOW_OK;
}

/*
 * Fragments are not put together.  A request for that is not refused: as with
 * Open vSwitch, GET_CONFIG tells what came of it.  What becomes of fragments is
 * the switch's, so a slave does not set it: OpenFlow 1.3.5 6.3.7.
 */
enum flow_error handle_set_config(struct request *r)
{
    struct switch_config config;
    enum flow_error error =
        of_features_read_config(r->c->version, &r->body, &config);
    enum switch_frags frags = config.flags & SWITCH_FRAGS_MASK;

    if (error)
        return error;
    if (frags != SWITCH_FRAGS_REASSEMBLE && r->c->role != ROLE_SLAVE)
        datapath_set_frags(r->s->datapath, frags);
    r->c->miss_send_len = config.miss_send_len;
    r->c->wants_invalid_ttl = config.flags & SWITCH_INVALID_TTL_TO_CONTROLLER;
    /* This is how ovs-ofctl monitor asks for packets. */
    if (r->c->is_service)
        r->c->has_asked_for_async = config.miss_send_len > 0;
    async_connections_changed(r->s);
    return FLOW_OK;
}

enum flow_error handle_desc(struct request *r)
{
    const struct switch_identity *identity = &r->s->identity;
    struct switch_desc d;
    enum flow_error error = request_is_empty(r);

    _Static_assert(sizeof(d.serial) == sizeof(identity->serial), "a copy");
    _Static_assert(sizeof(d.hardware) == SWITCH_TEXT_SIZE, "a copy");
    if (error)
        return error;
    memcpy(d.manufacturer, identity->manufacturer, sizeof(d.manufacturer));
    memcpy(d.hardware, identity->hardware, sizeof(d.hardware));
    memcpy(d.software, identity->software, sizeof(d.software));
    memcpy(d.serial, identity->serial, sizeof(d.serial));
    memcpy(d.datapath, identity->datapath, sizeof(d.datapath));
    of_features_write_desc(&r->reply, r->c->version, r->header.xid, &d);
    return FLOW_OK;
}

enum flow_error handle_set_flow_format(struct request *r)
{
    uint32_t format = read_u32(&r->body);

    if (request_is_empty(r))
        return FLOW_BAD_LENGTH;
    if (format != FLOW_FORMAT_OPENFLOW10 && format != FLOW_FORMAT_NXM)
        return FLOW_NO_PERMISSION;
    r->c->has_nxm = format == FLOW_FORMAT_NXM;
    return FLOW_OK;
}

enum flow_error handle_flow_mod_table_id(struct request *r)
{
    uint8_t is_on = read_u8(&r->body);

    read_bytes(&r->body, 7); /* padding */
    if (request_is_empty(r))
        return FLOW_BAD_LENGTH;
    r->c->has_table_id = is_on != 0;
    return FLOW_OK;
}

/* It asks for the ages of flow entries, which are always told. */
enum flow_error handle_flow_age(struct request *r)
{
    return request_is_empty(r);
}

enum flow_error handle_packet_in_format(struct request *r)
{
    static const enum packet_in_format formats[] = {
        [OF_PACKET_IN_STANDARD] = PACKET_IN_STANDARD,
        [OF_PACKET_IN_NXT] = PACKET_IN_NXT,
        [OF_PACKET_IN_NXT2] = PACKET_IN_NXT2,
    };
    enum of_packet_in_format format;
    enum flow_error error = of_async_read_format(&r->body, &format);

    if (!error)
        r->c->packet_in_format = formats[format];
    return error;
}

enum flow_error handle_controller_id(struct request *r)
{
    uint16_t id;
    enum flow_error error = of_async_read_controller_id(&r->body, &id);

    if (!error)
        r->c->controller_id = id;
    return error;
}
