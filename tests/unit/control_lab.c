/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/control_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/retire.h"
#include "control/dispatch.h"
#include "control/packet_buffers.h"
#include "openflow/of_error.h"
#include "openflow/of_flow.h"
#include "text/text_flow.h"

static unsigned int lab_receive(struct port_queue *q, struct frame *frames,
                                unsigned int max)
{
    struct lab_port *p = (struct lab_port *)q;

    if (!p->pending.size || !max)
        return 0;
    frames[0] = p->pending;
    return 1;
}

static void lab_release(struct port_queue *q)
{
    struct lab_port *p = (struct lab_port *)q;

    if (p->pending.size)
        frame_hex_free(&p->pending);
    p->pending.size = 0;
}

static void lab_transmit(struct port_queue *q,
                         const struct frame *const *frames, unsigned int count,
                         enum drop_reason *results)
{
    struct lab_port *p = (struct lab_port *)q;

    for (unsigned int i = 0; i < count; i++) {
        assert_true(frames[i]->size <= sizeof(p->last));
        memcpy(p->last, frames[i]->data, frames[i]->size);
        p->last_size = frames[i]->size;
        p->sent++;
        results[i] = DROP_NONE;
    }
}

static uint64_t lab_missed(struct port_queue *q)
{
    (void)q;
    return 0;
}

static void lab_close_queue(struct port_queue *q)
{
    (void)q;
}

static const struct port_queue_ops lab_queue = {
    .receive = lab_receive,
    .release = lab_release,
    .send = lab_transmit,
    .missed = lab_missed,
    .close = lab_close_queue,
};

struct lab_port *lab_port(struct lab *l, uint32_t number)
{
    for (size_t i = 0; i < LAB_PORTS; i++)
        if (l->ports[i].desc.number == number)
            return &l->ports[i];
    return NULL;
}

static void lab_each_port(void *context,
                          void (*visit)(void *visitor,
                                        const struct port_desc *p),
                          void *visitor)
{
    struct lab *l = context;

    for (size_t i = 0; i < LAB_PORTS; i++)
        visit(visitor, &l->ports[i].desc);
}

static bool lab_find_port(void *context, uint32_t number, struct port_desc *p)
{
    const struct lab_port *found = lab_port(context, number);

    if (found)
        *p = found->desc;
    return found;
}

static bool lab_find_name(void *context, const char *name, uint32_t *number)
{
    (void)context;
    (void)name;
    (void)number;
    return false;
}

static bool lab_port_stats(void *context, uint32_t number, int64_t now_ms,
                           struct port_stats *s)
{
    *s = (struct port_stats){.number = number,
                             .rx_packets = 7,
                             .duration_s = (uint32_t)(now_ms / 1000)};
    return lab_port(context, number);
}

static enum flow_error lab_port_mod(void *context, const struct port_mod *mod,
                                    int64_t now_ms)
{
    struct lab_port *p = lab_port(context, mod->number);

    (void)now_ms;
    if (!p)
        return FLOW_BAD_PORT;
    if (memcmp(p->desc.mac, mod->mac, sizeof(mod->mac)) != 0)
        return FLOW_BAD_HARDWARE_ADDRESS;
    p->desc.config = (p->desc.config & ~mod->mask) | (mod->config & mod->mask);
    return FLOW_OK;
}

static bool lab_send(struct connection *c, const void *bytes, size_t size)
{
    struct lab_peer *p = (struct lab_peer *)c;

    assert_true(p->size + size <= LAB_INBOX);
    memcpy(p->inbox + p->size, bytes, size);
    p->size += size;
    return true;
}

static bool lab_is_congested(const struct connection *c)
{
    return ((const struct lab_peer *)c)->is_congested;
}

static void lab_wake(void *context)
{
    (void)context;
}

static void lab_add_ports(struct lab *l)
{
    static const uint32_t numbers[LAB_PORTS] = {1, 2, 3, PORT_NO_LOCAL};

    for (size_t i = 0; i < LAB_PORTS; i++) {
        struct lab_port *p = &l->ports[i];
        struct datapath_port port = {
            .index = (uint16_t)i,
            .number = numbers[i],
            .link = {.is_up = true,
                     .mtu = 1500,
                     .counters = &p->counters,
                     .queues = {&p->queue}},
        };

        p->queue = (struct port_queue){.ops = &lab_queue, .fd = -1};
        p->desc = (struct port_desc){.number = numbers[i],
                                     .mac = {2, 0, 0, 0, 0, (uint8_t)(i + 1)},
                                     .current = 0x840};
        snprintf(p->desc.name, sizeof(p->desc.name), "p%zu", i + 1);
        assert_int_equal(datapath_set_port(l->s.datapath, &port), 0);
    }
}

void lab_join(struct lab *l, size_t i, enum of_version version, bool is_service)
{
    struct lab_peer *p = &l->peers[i];

    p->c.name = "peer";
    p->c.is_service = is_service;
    p->c.send = lab_send;
    p->c.is_congested = lab_is_congested;
    connection_reset(&p->c, version);
    assert_true(connection_list_add(l->s.connections, &p->c));
    async_connections_changed(&l->s);
}

void lab_leave(struct lab *l, size_t i)
{
    connection_list_remove(l->s.connections, &l->peers[i].c);
    async_connections_changed(&l->s);
}

struct lab *lab_open(enum of_version version)
{
    static const struct datapath_options options = {
        .workers = 1,
        .flow_cache = 1024,
        .mac_table_size = 64,
        .mac_aging_s = 300,
        .wake = lab_wake,
    };
    struct lab *l = calloc(1, sizeof(*l));

    assert_non_null(l);
    l->now_ms = 1000000;
    l->s.datapath = datapath_create(&options, l->now_ms);
    assert_non_null(l->s.datapath);
    l->s.host = (struct switch_host){
        .each_port = lab_each_port,
        .find_port = lab_find_port,
        .find_port_by_name = lab_find_name,
        .port_stats = lab_port_stats,
        .port_mod = lab_port_mod,
        .context = l,
    };
    l->s.identity = (struct switch_identity){.datapath_id = 0xab,
                                             .manufacturer = "maker",
                                             .buffers = 256,
                                             .tables = 255};
    l->s.buffers = packet_buffers_create(256);
    l->s.connections = connection_list_create();
    assert_true(l->s.buffers && l->s.connections);
    flow_tables_on_removed(datapath_tables(l->s.datapath), async_flow_removed,
                           &l->s);
    lab_add_ports(l);
    for (size_t i = 0; i < LAB_PEERS; i++) {
        l->peers[i].inbox = malloc(LAB_INBOX);
        assert_non_null(l->peers[i].inbox);
    }
    lab_join(l, 0, version, false);
    return l;
}

void lab_close(struct lab *l)
{
    for (size_t i = 0; i < LAB_PEERS; i++) {
        connection_list_remove(l->s.connections, &l->peers[i].c);
        free(l->peers[i].inbox);
    }
    for (size_t i = 0; i < LAB_PORTS; i++)
        datapath_remove_port(l->s.datapath, (unsigned int)i);
    datapath_free(l->s.datapath);
    packet_buffers_free(l->s.buffers);
    connection_list_free(l->s.connections);
    free(l->s.table_features);
    free(l);
}

void lab_say_bytes(struct lab *l, size_t peer, const void *bytes, size_t size)
{
    struct of_message m = of_message_read(reader_over(bytes, size));

    /* A stream hands over just as many bytes as the header says. */
    assert_int_equal(m.header.size, size);
    assert_true(dispatch_message(&l->s, &l->peers[peer].c, &m, l->now_ms));
}

void lab_say(struct lab *l, size_t peer, const char *hex)
{
    uint8_t *bytes = malloc(strlen(hex) / 2 + 1);

    assert_non_null(bytes);
    lab_say_bytes(l, peer, bytes, hex_to_bytes(hex, bytes));
    free(bytes);
}

void lab_say_buffer(struct lab *l, size_t peer, struct of_buffer *b)
{
    assert_false(b->is_bad);
    lab_say_bytes(l, peer, b->data, b->size);
    of_buffer_clear(b);
}

struct reader lab_next(struct lab *l, size_t peer)
{
    struct lab_peer *p = &l->peers[peer];
    struct reader r = reader_over(p->inbox + p->at, p->size - p->at);
    struct reader whole = r;
    struct of_header h = of_read_header(&r);

    assert_false(r.bad);
    assert_in_range(h.size, OF_HEADER_SIZE, p->size - p->at);
    whole.left = h.size;
    p->at += h.size;
    return whole;
}

void lab_hears_nothing(struct lab *l, size_t peer)
{
    assert_int_equal(l->peers[peer].at, l->peers[peer].size);
}

void lab_hears(struct lab *l, size_t peer, const char *hex)
{
    struct reader r = lab_next(l, peer);
    struct frame got = {.data = (uint8_t *)(uintptr_t)r.next,
                        .size = (uint32_t)r.left};

    assert_frame_is(&got, hex, "message");
}

struct reader lab_hears_kind(struct lab *l, size_t peer, enum of_kind kind)
{
    struct reader r = lab_next(l, peer);
    struct of_header h = of_read_header(&r);

    assert_string_equal(of_kind_name(of_kind_of(&h, &r)), of_kind_name(kind));
    assert_int_equal(h.version, l->peers[peer].c.version);
    of_read_head(&h, kind, &r);
    return r;
}

void lab_hears_error(struct lab *l, size_t peer, uint32_t type, uint32_t code)
{
    struct reader r = lab_hears_kind(l, peer, OF_ERROR);
    struct of_error e;

    assert_int_equal(of_error_read(&r, &e), FLOW_OK);
    assert_int_equal(e.type << 16 | e.code, type << 16 | code);
    lab_hears_nothing(l, peer);
}

void lab_flow_mod(struct lab *l, size_t peer, enum flow_mod_command command,
                  const char *text)
{
    struct of_flow_format format = {.version = l->peers[peer].c.version};
    struct text_error error;
    struct text_parse parse = {.error = &error};
    struct of_buffer b = {.data = NULL};
    struct flow_mod mod;

    if (!text_flow_read(&parse, command, text, &mod))
        fail_msg("%s: %s", text, error.line);
    if (format.version > OF10 && command == FLOW_MOD_ADD &&
        mod.table == FLOW_MOD_TABLE_ALL)
        mod.table = 0;
    of_flow_mod_write(&format, &b, 0x77, &mod);
    flow_mod_clear(&mod);
    lab_say_buffer(l, peer, &b);
}

void lab_add_flow(struct lab *l, size_t peer, const char *text)
{
    lab_flow_mod(l, peer, FLOW_MOD_ADD, text);
    lab_hears_nothing(l, peer);
}

static void lab_upcall(void *context, struct upcall *u)
{
    struct lab *l = context;

    async_packet_in(&l->s, u, l->now_ms);
}

void lab_run(struct lab *l)
{
    const struct datapath_news news = {
        .upcall = {[UPCALL_CONTROLLER] = lab_upcall}, .context = l};

    for (int i = 0; i < 4; i++) {
        datapath_turn(l->s.datapath, l->now_ms * 1000);
        datapath_take_news(l->s.datapath, l->now_ms, 1000, &news);
    }
    retire_flush();
}

void lab_frame(struct lab *l, uint32_t port, const char *hex)
{
    lab_port(l, port)->pending = frame_from_hex(hex);
    lab_run(l);
}

size_t lab_sent(struct lab *l, uint32_t port)
{
    return lab_port(l, port)->sent;
}

size_t lab_flows(struct lab *l)
{
    return flow_tables_total(datapath_tables(l->s.datapath));
}
