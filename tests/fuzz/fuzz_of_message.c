/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a message of any kind and version but those about flows: read or
 * refused, never read past their end.  What is read of a change is written as a
 * message that says the same: read again it is written alike.
 */
#include <stdlib.h>
#include <string.h>

#include "openflow/of_async.h"
#include "openflow/of_bundle.h"
#include "openflow/of_error.h"
#include "openflow/of_features.h"
#include "openflow/of_group.h"
#include "openflow/of_hello.h"
#include "openflow/of_meter.h"
#include "openflow/of_packet.h"
#include "openflow/of_port.h"
#include "openflow/of_port_stats.h"
#include "openflow/of_queue.h"
#include "openflow/of_role.h"
#include "openflow/of_table.h"
#include "openflow/of_table_features.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A message that is being read, and what is written of it if it is read. */
struct message {
    struct of_header h;
    enum of_version version;
    enum of_kind kind;
    struct reader body;   /* behind the head */
    struct of_buffer out; /* stays empty if this kind is not written */
};

static void expect(bool is_right)
{
    if (!is_right)
        abort();
}

static void hello(struct message *m)
{
    of_hello_read(&m->h, &m->body);
}

static void error(struct message *m)
{
    struct of_error e;

    if (!of_error_read(&m->body, &e))
        of_error_meaning(m->version, &e);
}

static void features(struct message *m)
{
    struct switch_features f;
    struct port_desc p;

    if (of_features_read(m->version, &m->body, &f))
        return;
    while (m->body.left > 0)
        of_port_read(m->version, &m->body, &p);
}

static void config(struct message *m)
{
    struct switch_config c;

    if (!of_features_read_config(m->version, &m->body, &c))
        of_features_write_config(&m->out, m->version, m->kind, 0, &c);
}

static void desc(struct message *m)
{
    struct switch_desc d;

    if (!of_features_read_desc(&m->body, &d))
        of_features_write_desc(&m->out, m->version, 0, &d);
}

static void packet_in(struct message *m)
{
    struct packet_in in;

    of_packet_read_in(m->version, m->kind, &m->body, &in);
}

static void packet_out(struct message *m)
{
    struct packet_out out;

    if (of_packet_read_out(m->version, &m->body, &out))
        return;
    of_packet_write_out(&m->out, m->version, 0, &out);
    packet_out_clear(&out);
}

static void port_mod(struct message *m)
{
    struct port_mod mod;

    if (!of_port_read_mod(m->version, &m->body, &mod))
        of_port_write_mod(&m->out, m->version, 0, &mod);
}

static void port_status(struct message *m)
{
    struct port_desc p;
    uint8_t reason;

    of_port_read_status(m->version, &m->body, &reason, &p);
}

static void port_desc(struct message *m)
{
    struct reader again = m->body;
    struct port_desc p;
    uint32_t number;

    of_port_read_request(m->version, &again, &number);
    while (m->body.left > 0)
        of_port_read(m->version, &m->body, &p);
}

static void port_stats(struct message *m)
{
    struct reader again = m->body;
    struct port_stats s;
    uint32_t number;

    of_port_stats_read_request(m->version, &again, &number);
    while (m->body.left > 0)
        of_port_stats_read(m->version, &m->body, &s);
}

static void queue_config(struct message *m)
{
    struct reader again = m->body;
    struct queue_desc q;
    uint32_t port;

    of_queue_read_config_request(m->version, &again, &port);
    of_queue_read_config(m->version, &m->body, &port);
    while (m->body.left > 0)
        of_queue_read(m->version, &m->body, &q);
}

static void queue_parts(struct message *m)
{
    struct reader again = m->body, once_more = m->body;
    struct of_queue_request request;
    struct queue_stats s;
    struct queue_desc q;

    of_queue_read_request(m->version, &once_more, &request);
    while (again.left > 0)
        of_queue_read(m->version, &again, &q);
    while (m->body.left > 0)
        of_queue_read_stats(m->version, &m->body, &s);
}

static void group_mod(struct message *m)
{
    struct group_mod mod;

    if (of_group_read_mod(m->version, &m->body, &mod))
        return;
    of_group_write_mod(&m->out, m->version, 0, &mod);
    group_mod_clear(&mod);
}

static void group_parts(struct message *m)
{
    struct reader again = m->body, once_more = m->body;
    struct group_features f;
    struct group_stats s;
    struct group_mod mod;
    struct reader buckets;
    uint32_t id;

    of_group_read_features(m->version, &once_more, &f);
    of_group_read_desc_request(m->version, &again, &id);
    again = once_more = m->body;
    of_group_read_request(&again, &id);
    while (once_more.left > 0)
        if (!of_group_read_stats(m->version, &once_more, &s, &buckets))
            while (buckets.left > 0)
                of_group_read_bucket_stats(&buckets);
    while (m->body.left > 0)
        if (!of_group_read_desc(m->version, &m->body, &mod))
            group_mod_clear(&mod);
}

static void meter_mod(struct message *m)
{
    struct meter_mod mod;

    if (!of_meter_read_mod(&m->body, &mod))
        of_meter_write_mod(&m->out, m->version, 0, &mod);
}

static void meter_parts(struct message *m)
{
    struct reader again = m->body, once_more = m->body;
    struct meter_features f;
    struct meter_stats s;
    struct meter_mod mod;
    uint32_t id;

    of_meter_read_features(m->version, &again, &f);
    of_meter_read_request(&once_more, &id);
    again = m->body;
    while (again.left > 0)
        of_meter_read_stats(&again, &s);
    while (m->body.left > 0)
        of_meter_read_config(&m->body, &mod);
}

static void table_mod(struct message *m)
{
    struct table_desc d;

    if (!of_table_read_mod(m->version, &m->body, &d))
        of_table_write_mod(&m->out, m->version, 0, &d);
}

static void table_parts(struct message *m)
{
    struct reader again = m->body;
    struct table_stats s;
    struct table_desc d;

    while (again.left > 0)
        of_table_read_stats(m->version, &again, &s);
    while (m->body.left > 0)
        of_table_read_desc(&m->body, &d);
}

static void table_status(struct message *m)
{
    struct table_desc d;
    uint8_t reason;

    of_table_read_status(&m->body, &reason, &d);
}

/* One table is written, so that the message has just that. */
static void table_features(struct message *m)
{
    struct table_features f;

    if (!of_table_features_read(m->version, &m->body, &f)) {
        size_t start = of_begin(&m->out, m->version, m->kind, 0);

        of_table_features_put(&m->out, m->version, &f);
        of_end(&m->out, start);
    }
    while (m->body.left > 0)
        of_table_features_read(m->version, &m->body, &f);
}

static void role(struct message *m)
{
    struct role_request r;

    if (!of_role_read(m->version, m->kind, &m->body, &r))
        of_role_write(&m->out, m->version, m->kind, 0, &r);
}

static void role_status(struct message *m)
{
    struct role_request r;
    uint8_t reason;

    of_role_read_status(&m->body, &reason, &r);
}

static void async(struct message *m)
{
    struct async_masks masks = {0};

    if (!of_async_read(m->version, m->kind, &m->body, &masks))
        of_async_write(&m->out, m->version, m->kind, 0, &masks);
}

static void nicira(struct message *m)
{
    struct reader again = m->body;
    enum of_packet_in_format format;
    uint16_t id;

    of_async_read_format(&again, &format);
    of_async_read_controller_id(&m->body, &id);
}

static void bundle(struct message *m)
{
    struct of_bundle_control c;

    if (!of_bundle_read_control(&m->body, &c))
        of_bundle_write_control(&m->out, m->version, 0, &c);
}

static void bundle_add(struct message *m)
{
    struct of_bundle_add a;

    if (!of_bundle_read_add(&m->h, &m->body, &a))
        of_bundle_write_add(&m->out, m->version, m->h.xid, &a);
}

static void bundle_features(struct message *m)
{
    of_bundle_read_features_request(&m->body);
}

static void (*const readers[OF_KIND_COUNT])(struct message *m) = {
    [OF_HELLO] = hello,
    [OF_ERROR] = error,
    [OF_FEATURES_REPLY] = features,
    [OF_GET_CONFIG_REPLY] = config,
    [OF_SET_CONFIG] = config,
    [OF_MP_DESC] = desc,
    [OF_PACKET_IN] = packet_in,
    [OF_NX_PACKET_IN] = packet_in,
    [OF_NX_PACKET_IN2] = packet_in,
    [OF_PACKET_OUT] = packet_out,
    [OF_PORT_MOD] = port_mod,
    [OF_PORT_STATUS] = port_status,
    [OF_MP_PORT_DESC] = port_desc,
    [OF_MP_PORT] = port_stats,
    [OF_QUEUE_GET_CONFIG_REQUEST] = queue_config,
    [OF_QUEUE_GET_CONFIG_REPLY] = queue_config,
    [OF_MP_QUEUE] = queue_parts,
    [OF_MP_QUEUE_DESC] = queue_parts,
    [OF_GROUP_MOD] = group_mod,
    [OF_NX_GROUP_MOD] = group_mod,
    [OF_MP_GROUP] = group_parts,
    [OF_MP_GROUP_DESC] = group_parts,
    [OF_MP_GROUP_FEATURES] = group_parts,
    [OF_METER_MOD] = meter_mod,
    [OF_MP_METER] = meter_parts,
    [OF_MP_METER_CONFIG] = meter_parts,
    [OF_MP_METER_FEATURES] = meter_parts,
    [OF_TABLE_MOD] = table_mod,
    [OF_MP_TABLE] = table_parts,
    [OF_MP_TABLE_DESC] = table_parts,
    [OF_TABLE_STATUS] = table_status,
    [OF_MP_TABLE_FEATURES] = table_features,
    [OF_ROLE_REQUEST] = role,
    [OF_ROLE_REPLY] = role,
    [OF_NX_ROLE_REQUEST] = role,
    [OF_NX_ROLE_REPLY] = role,
    [OF_ROLE_STATUS] = role_status,
    [OF_SET_ASYNC] = async,
    [OF_GET_ASYNC_REPLY] = async,
    [OF_NX_SET_ASYNC] = async,
    [OF_NX_SET_PACKET_IN_FORMAT] = nicira,
    [OF_NX_SET_CONTROLLER_ID] = nicira,
    [OF_BUNDLE_CONTROL] = bundle,
    [OF_BUNDLE_ADD] = bundle_add,
    [OF_MP_BUNDLE_FEATURES] = bundle_features,
};

/* Reads a message; the caller clears what it writes. */
static struct of_buffer try(const uint8_t *bytes, size_t size)
{
    struct message m = {.body = reader_over(bytes, size)};

    m.h = of_read_header(&m.body);
    if (m.body.bad)
        return m.out;
    m.kind = of_kind_of(&m.h, &m.body);
    of_unknown_why(&m.h, &m.body);
    m.version = (enum of_version)m.h.version;
    if (!readers[m.kind] || (m.kind != OF_HELLO && m.kind != OF_ERROR &&
                             (m.version < OF10 || m.version > OF15)))
        return m.out;
    of_read_head(&m.h, m.kind, &m.body);
    if (!m.body.bad)
        readers[m.kind](&m);
    return m.out;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct of_buffer once = try(bytes, size);

    if (once.size > 0 && !once.is_bad) {
        struct of_buffer again = try(once.data, once.size);

        expect(again.size == once.size &&
               memcmp(again.data, once.data, once.size) == 0);
        of_buffer_clear(&again);
    }
    of_buffer_clear(&once);
    return 0;
}
