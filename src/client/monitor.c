/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/monitor.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/array.h"
#include "client/flows.h"
#include "client/format.h"
#include "flow/mac_text.h"
#include "flow/packet_msg.h"
#include "flow/port_no.h"
#include "openflow/of_features.h"
#include "openflow/of_packet.h"
#include "openflow/of_port.h"
#include "packet/parse.h"
#include "text/text_key.h"
#include "text/text_match.h"

/* As ovs-ofctl calls them. */
static const char *const packet_reasons[] = {
    [PACKET_IN_TABLE_MISS] = "no_match",
    [PACKET_IN_APPLY_ACTION] = "action",
    [PACKET_IN_INVALID_TTL] = "invalid_ttl",
    [PACKET_IN_ACTION_SET] = "action_set",
    [PACKET_IN_GROUP] = "group",
    [PACKET_IN_PACKET_OUT] = "packet_out",
    [PACKET_IN_NO_ENTRY] = "no_match",
};
static const char *const removed_reasons[] = {
    "idle_timeout", "hard_timeout", "delete",
    "group_delete", "meter_delete", "eviction",
};
static const char *const port_reasons[] = {
    [PORT_REASON_ADD] = "add",
    [PORT_REASON_DELETE] = "delete",
    [PORT_REASON_MODIFY] = "modify",
};

static const char *word_of(const char *const *words, size_t count,
                           unsigned int number)
{
    return number < count ? words[number] : "unknown";
}

static uint32_t shown_port(uint32_t number)
{
    return number >= PORT_NO_IN_PORT ? number & 0xffff : number;
}

/* Writes the headers of the frame, and the fields that the switch adds. */
static void write_frame(FILE *out, const struct text_style *style,
                        const struct packet_in *in)
{
    uint8_t bytes[UINT16_MAX];
    struct flow_key key = in->match.key;
    struct frame f = {.data = bytes, .size = (uint32_t)in->size};

    if (in->size >= FRAME_HEADER_SIZE && in->size <= sizeof(bytes)) {
        memcpy(bytes, in->data, in->size);
        memset(key.word, 0, KEY_FRAME_WORDS * sizeof(key.word[0]));
        frame_parse(&f, in->match.key.in_port, &key);
    }
    text_key_write(out, style, &key);
}

/* One event, as an object; lines are made of that. */
static cJSON *begin_event(const char *event, const char *reason)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "event", event);
    cJSON_AddStringToObject(object, "reason", reason);
    return object;
}

static enum flow_error packet_came(struct of_command *c, struct of_message *m,
                                   cJSON **event)
{
    const struct text_style style = of_command_style(c);
    struct packet_in in;
    struct of_command_text t;
    enum flow_error error = of_packet_read_in(of_session_version(c->session),
                                              m->kind, &m->body, &in);

    if (error)
        return error;
    *event = begin_event(
        "packet-in",
        word_of(packet_reasons, ARRAY_SIZE(packet_reasons), in.reason));
    of_command_add_number(*event, "in_port",
                          shown_port(ntohl(in.match.key.in_port)));
    of_command_add_number(*event, "table", in.table);
    if (in.cookie != PACKET_NO_COOKIE)
        of_command_add_hex(*event, "cookie", in.cookie);
    if (in.buffer_id != PACKET_NO_BUFFER)
        of_command_add_number(*event, "buffer", in.buffer_id);
    of_command_add_number(*event, "size", in.total_size);
    if (of_command_begin_text(&t)) {
        write_frame(t.out, &style, &in);
        of_command_end_text(&t, *event, "flow");
    }
    if (c->is_json && of_command_begin_text(&t)) {
        for (size_t i = 0; i < in.size; i++)
            fprintf(t.out, "%02x", in.data[i]);
        of_command_end_text(&t, *event, "data");
    }
    return FLOW_OK;
}

static enum flow_error flow_went(struct of_command *c, struct of_message *m,
                                 cJSON **event)
{
    const struct text_style style = of_command_style(c);
    const struct of_flow_format f = {of_session_version(c->session),
                                     m->kind == OF_NX_FLOW_REMOVED, false};
    struct of_flow_entry e;
    struct of_command_text t;
    uint8_t reason;
    enum flow_error error = of_flow_removed_read(&f, &m->body, &e, &reason);

    if (error)
        return error;
    *event = begin_event(
        "flow-removed",
        word_of(removed_reasons, ARRAY_SIZE(removed_reasons), reason));
    of_command_add_number(*event, "table", e.stats.table);
    of_command_add_hex(*event, "cookie", e.stats.cookie);
    cJSON_AddNumberToObject(*event, "duration_s",
                            e.stats.duration_s + e.stats.duration_ns / 1e9);
    if (e.stats.packets != UINT64_MAX)
        of_command_add_number(*event, "packets", e.stats.packets);
    if (e.stats.bytes != UINT64_MAX)
        of_command_add_number(*event, "bytes", e.stats.bytes);
    if (of_command_begin_text(&t)) {
        text_match_write(t.out, &style, &e.match, e.stats.priority);
        of_command_end_text(&t, *event, "flow");
    }
    return FLOW_OK;
}

static enum flow_error port_changed(struct of_command *c, struct of_message *m,
                                    cJSON **event)
{
    struct port_desc p;
    uint8_t reason;
    enum flow_error error = of_port_read_status(of_session_version(c->session),
                                                &m->body, &reason, &p);

    if (error)
        return error;
    *event = begin_event(
        "port-status", word_of(port_reasons, ARRAY_SIZE(port_reasons), reason));
    of_command_add_number(*event, "port", shown_port(p.number));
    cJSON_AddStringToObject(*event, "name", p.name);
    cJSON_AddStringToObject(*event, "mac", mac_text(p.mac).text);
    cJSON_AddStringToObject(*event, "config",
                            p.config & PORT_CONFIG_DOWN ? "down" : "up");
    cJSON_AddStringToObject(*event, "link",
                            p.state & PORT_STATE_LINK_DOWN ? "down" : "up");
    return FLOW_OK;
}

/* "packet-in reason=no_match in_port=1 ...", with the flow at the end. */
static int print_line(const struct of_command *c, cJSON *event)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, event)
    {
        if (item != event->child)
            fprintf(c->out, " %s=", item->string);
        if (cJSON_IsString(item))
            format_write(c->out, item->valuestring);
        else
            fprintf(c->out, "%.10g", item->valuedouble);
    }
    putc('\n', c->out);
    cJSON_Delete(event);
    return 0;
}

enum flow_error monitor_print(struct of_command *c, struct of_message *m)
{
    static const struct {
        enum of_kind kind;
        enum flow_error (*read)(struct of_command *, struct of_message *,
                                cJSON **);
    } rows[] = {
        /* clang-format off */
        {OF_PACKET_IN,       packet_came },
        {OF_NX_PACKET_IN,    packet_came },
        {OF_NX_PACKET_IN2,   packet_came },
        {OF_FLOW_REMOVED,    flow_went   },
        {OF_NX_FLOW_REMOVED, flow_went   },
        {OF_PORT_STATUS,     port_changed},
        /* clang-format on */
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cJSON *event = NULL;
        enum flow_error error;

        if (m->kind != rows[i].kind)
            continue;
        error = rows[i].read(c, m, &event);
        if (error)
            return error;
        if (alloc_flag_is_raised()) {
            cJSON_Delete(event);
            return FLOW_OUT_OF_MEMORY;
        }
        if (c->is_json)
            of_command_print_json(c, event);
        else
            print_line(c, event);
        fflush(c->out);
    }
    return FLOW_OK;
}

/* A switch sends no asynchronous messages over a service connection until it is
 * told how much of each frame is wanted. */
static bool subscribe(struct of_command *c)
{
    const struct switch_config config = {.miss_send_len = UINT16_MAX};

    of_features_write_config(of_session_out(c->session),
                             of_session_version(c->session), OF_SET_CONFIG,
                             of_session_xid(c->session), &config);
    return of_session_barrier(c->session);
}

int monitor(struct of_command *c)
{
    struct of_message m;

    if (!subscribe(c))
        return of_command_fail_session(c);
    while (of_session_next(c->session, &m)) {
        enum flow_error error = monitor_print(c, &m);

        if (error)
            return of_command_fail(c, "malformed %s from the switch: %s",
                                   of_kind_name(m.kind),
                                   flow_error_text(error));
        if (ferror(c->out))
            return 1;
    }
    return of_command_fail_session(c);
}
