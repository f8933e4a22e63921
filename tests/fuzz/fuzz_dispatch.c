/*
 * Whatever a peer sends, one message after the other: each answer is whole, of
 * the connection's version and has the request's xid, and the switch goes on.
 *
 * The first byte chooses the version; then each message has its size in two
 * bytes before it, which the header is made to say as well.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/retire.h"
#include "control/async.h"
#include "control/dispatch.h"
#include "control/packet_buffers.h"

enum { MESSAGES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct peer {
    struct connection c;
    uint32_t xid; /* of the message that is being handled */
};

static void expect(bool is_right)
{
    if (!is_right)
        abort();
}

/* What is told unasked has xid 0. */
static bool check_answer(struct connection *c, const void *bytes, size_t size)
{
    const struct peer *p = (const struct peer *)c;
    struct reader r = reader_over(bytes, size);

    while (r.left) {
        struct reader at = r;
        struct of_header h = of_read_header(&at);

        expect(h.size >= OF_HEADER_SIZE && h.size <= r.left);
        expect(h.version == (uint8_t)c->version);
        expect(h.xid == p->xid || h.xid == 0 || c->bundles || h.type == 1);
        read_bytes(&r, h.size);
    }
    return true;
}

static void each_port(void *context,
                      void (*visit)(void *visitor, const struct port_desc *p),
                      void *visitor)
{
    static const struct port_desc port = {.number = 1, .name = "p1"};

    (void)context;
    visit(visitor, &port);
}

static bool find_port(void *context, uint32_t number, struct port_desc *p)
{
    (void)context;
    *p = (struct port_desc){.number = number};
    return number == 1;
}

static bool find_port_by_name(void *context, const char *name, uint32_t *number)
{
    (void)context;
    (void)name;
    (void)number;
    return false;
}

static bool port_stats(void *context, uint32_t number, int64_t now_ms,
                       struct port_stats *s)
{
    (void)context;
    (void)now_ms;
    *s = (struct port_stats){.number = number};
    return true;
}

static enum flow_error port_mod(void *context, const struct port_mod *mod,
                                int64_t now_ms)
{
    (void)context;
    (void)now_ms;
    return mod->number == 1 ? FLOW_OK : FLOW_BAD_PORT;
}

static void wake(void *context)
{
    (void)context;
}

static void open_switch(struct of_switch *s)
{
    static const struct datapath_options options = {
        .workers = 1,
        .flow_cache = 16,
        .mac_table_size = 16,
        .mac_aging_s = 300,
        .wake = wake,
    };

    *s = (struct of_switch){
        .datapath = datapath_create(&options, 1000),
        .host = {each_port,   find_port, find_port_by_name, port_stats, port_mod,
                 NULL, NULL, NULL},
        .identity = {.tables = 4, .buffers = 4 },
        .buffers = packet_buffers_create(4),
        .connections = connection_list_create(),
    };
    expect(s->datapath && s->buffers && s->connections);
    flow_tables_on_removed(datapath_tables(s->datapath), async_flow_removed, s);
}

static void close_switch(struct of_switch *s)
{
    datapath_free(s->datapath);
    packet_buffers_free(s->buffers);
    connection_list_free(s->connections);
    free(s->table_features);
}

static void take_upcall(void *context, struct upcall *u)
{
    async_packet_in(context, u);
}

static void say(struct of_switch *s, struct peer *p, struct reader message)
{
    const struct datapath_news news = {.upcall = take_upcall, .context = s};
    uint8_t *copy = malloc(message.left);
    struct reader r;

    expect(copy != NULL);
    memcpy(copy, message.next, message.left);
    copy[2] = (uint8_t)(message.left >> 8);
    copy[3] = (uint8_t)message.left;
    r = reader_over(copy, message.left);
    p->xid = of_read_header(&r).xid;
    dispatch_message(s, &p->c, copy, message.left, s->now_ms + 1000);
    free(copy);
    p->xid = 0;
    datapath_turn(s->datapath, s->now_ms * 1000);
    datapath_take_news(s->datapath, s->now_ms, 64, &news);
    flow_tables_expire(datapath_tables(s->datapath), s->now_ms, 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size);
    struct of_switch s;
    struct peer p = {
        .c = {.name = "peer", .send = check_answer}
    };

    log_set_levels("error");
    if (!size)
        return 0;
    open_switch(&s);
    connection_reset(&p.c, (enum of_version)(OF10 + read_u8(&r) % OF15));
    connection_list_add(s.connections, &p.c);
    async_connections_changed(&s);
    for (int i = 0; i < MESSAGES_MAX && r.left; i++) {
        size_t wanted = read_u16(&r);
        struct reader message =
            read_slice(&r, wanted < r.left ? wanted : r.left);

        if (message.left >= OF_HEADER_SIZE)
            say(&s, &p, message);
    }
    connection_list_remove(s.connections, &p.c);
    close_switch(&s);
    return 0;
}
