/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/packet_out.h"

#include <arpa/inet.h>

#include "flow/packet_msg.h"
#include "flow/port_no.h"
#include "openflow/of_packet.h"
#include "text/text_action.h"
#include "text/text_value.h"

enum { PACKET_MAX = 60000 /* with actions, it has to fit a message */ };

/* The argument. */
struct wanted {
    uint32_t in_port;
    struct flow_match context; /* pipeline fields of the frame */
    bool has_context;
    struct action_list actions;
    bool has_actions;
    uint8_t packet[PACKET_MAX];
    size_t size;
};

/* Metadata, registers and other pipeline fields. */
static bool read_context(const struct text_parse *parse,
                         const struct text_item *item, const struct field *f,
                         struct wanted *w)
{
    struct text_value v;
    enum flow_error error;

    if (!text_value_read(parse, f, item->value, &v))
        return text_fail_under(parse->error, item->key);
    error = match_add(&w->context, f, v.value, v.mask);
    w->has_context = true;
    return !error ||
           text_fail_at(parse->error, item->key, flow_error_text(error));
}

static bool read_item(const struct text_parse *parse,
                      const struct text_item *item, struct wanted *w)
{
    const struct field *f;

    if (text_is(item->key, "in_port"))
        return text_read_port(item->value, parse->names, &w->in_port) ||
               text_fail_at(parse->error, item->value, "no such port");
    f = field_by_name(item->key.at, item->key.size);
    if (f && f->offset >= offsetof(struct flow_key, word[KEY_FRAME_WORDS]))
        return read_context(parse, item, f, w);
    if (text_is(item->key, "packet"))
        return text_read_bytes(item->value, w->packet, PACKET_MAX, &w->size) ||
               text_fail(parse->error,
                         "packet: takes the bytes of an Ethernet frame in hex");
    return text_fail_at(parse->error, item->key,
                        "unknown keyword; a packet-out is "
                        "in_port=PORT,packet=HEX,actions=ACTIONS");
}

static bool read_packet_out(const struct text_parse *parse, const char *text,
                            struct wanted *w)
{
    static const struct flow_match any;
    struct text_span rest = text_span_of(text);
    const char *end = rest.at + rest.size;
    struct text_item item;

    while (text_next(&rest, &item)) {
        if (text_is(item.key, "actions")) {
            rest = (struct text_span){item.value.at,
                                      (size_t)(end - item.value.at)};
            w->has_actions = true;
            if (!text_action_read(parse, &any, rest, &w->actions))
                return false;
            break;
        }
        if (!read_item(parse, &item, w))
            return false;
    }
    if (!w->size)
        return text_fail(parse->error, "lacks packet=HEX");
    return w->has_actions || text_fail(parse->error, "lacks actions=...");
}

static int send_packet(struct of_command *c, struct wanted *w)
{
    const struct text_names names = of_command_names(c);
    struct text_error error = {""};
    const struct text_parse parse = {&names, &error};
    struct of_buffer message = {.data = NULL};
    struct packet_out out = {.buffer_id = PACKET_NO_BUFFER};

    if (!read_packet_out(&parse, c->argument, w))
        return of_command_fail(c, "%s", error.line);
    if (w->has_context && of_session_version(c->session) < OF15)
        return of_command_fail(c, "%s",
                               "only OpenFlow 1.5 sends metadata and registers "
                               "with a packet; add -O OpenFlow15");
    out.match = w->context;
    out.match.key.in_port = htonl(w->in_port);
    out.match.mask.in_port = UINT32_MAX;
    out.actions = w->actions; /* borrowed */
    out.data = w->packet;
    out.size = w->size;
    of_packet_write_out(&message, of_session_version(c->session),
                        of_session_xid(c->session), &out);
    return of_command_put(c, &message) ? of_command_finish(c) : 1;
}

int packet_out(struct of_command *c)
{
    struct wanted w = {.in_port = PORT_NO_CONTROLLER};
    int status = send_packet(c, &w);

    action_list_clear(&w.actions);
    return status;
}
