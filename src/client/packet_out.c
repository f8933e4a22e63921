/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/packet_out.h"

#include <arpa/inet.h>

#include "flow/packet_msg.h"
#include "flow/port_no.h"
#include "openflow/of_packet.h"
#include "text/text_action.h"
#include "text/text_value.h"

enum { PACKET_MAX = 60000 /* with actions, it has to fit a message */ };

/* What the person wrote. */
struct question {
    uint32_t in_port;
    struct flow_match context; /* what the frame has beside its bytes */
    bool has_context;
    struct action_list actions;
    bool has_actions;
    uint8_t packet[PACKET_MAX];
    size_t size;
};

/* Metadata, registers and what else is of the pipeline and not of the frame. */
static bool read_context(const struct text_parse *parse,
                         const struct text_item *item, const struct field *f,
                         struct question *q)
{
    struct text_value v;
    enum flow_error error;

    if (!text_value_read(parse, f, item->value, &v))
        return text_fail_under(parse->error, item->key);
    error = match_add(&q->context, f, v.value, v.mask);
    q->has_context = true;
    return !error ||
           text_fail_at(parse->error, item->key, flow_error_text(error));
}

static bool read_item(const struct text_parse *parse,
                      const struct text_item *item, struct question *q)
{
    const struct field *f;

    if (text_is(item->key, "in_port"))
        return text_read_port(item->value, parse->names, &q->in_port) ||
               text_fail_at(parse->error, item->value, "there is no such port");
    f = field_by_name(item->key.at, item->key.size);
    if (f && f->offset >= offsetof(struct flow_key, word[KEY_FRAME_WORDS]))
        return read_context(parse, item, f, q);
    if (text_is(item->key, "packet"))
        return text_read_bytes(item->value, q->packet, PACKET_MAX, &q->size) ||
               text_fail(parse->error,
                         "packet: takes the bytes of an Ethernet frame in hex");
    return text_fail_at(parse->error, item->key,
                        "unknown keyword; a packet-out is "
                        "in_port=PORT,packet=HEX,actions=ACTIONS");
}

static bool read_question(const struct text_parse *parse, const char *text,
                          struct question *q)
{
    static const struct flow_match any;
    struct text_span rest = text_span_of(text);
    const char *end = rest.at + rest.size;
    struct text_item item;

    while (text_next(&rest, &item)) {
        if (text_is(item.key, "actions")) {
            rest = (struct text_span){item.value.at,
                                      (size_t)(end - item.value.at)};
            q->has_actions = true;
            if (!text_action_read(parse, &any, rest, &q->actions))
                return false;
            break;
        }
        if (!read_item(parse, &item, q))
            return false;
    }
    if (!q->size)
        return text_fail(parse->error, "lacks packet=HEX");
    return q->has_actions || text_fail(parse->error, "lacks actions=...");
}

static int send_packet(struct console *c, struct question *q)
{
    const struct text_names names = console_names(c);
    struct text_error error = {""};
    const struct text_parse parse = {&names, &error};
    struct of_buffer message = {.data = NULL};
    struct packet_out out = {.buffer_id = PACKET_NO_BUFFER};

    if (!read_question(&parse, c->argument, q))
        return console_fail(c, "%s", error.line);
    if (q->has_context && of_session_version(c->session) < OF15)
        return console_fail(c, "%s",
                            "only OpenFlow 1.5 sends metadata and registers "
                            "with a packet; add -O OpenFlow15");
    out.match = q->context;
    out.match.key.in_port = htonl(q->in_port);
    out.match.mask.in_port = UINT32_MAX;
    out.actions = q->actions; /* borrowed */
    out.data = q->packet;
    out.size = q->size;
    of_packet_write_out(&message, of_session_version(c->session),
                        of_session_xid(c->session), &out);
    return console_put(c, &message) ? console_finish(c) : 1;
}

int packet_out(struct console *c)
{
    struct question q = {.in_port = PORT_NO_CONTROLLER};
    int status = send_packet(c, &q);

    action_list_clear(&q.actions);
    return status;
}
