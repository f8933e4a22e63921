/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/trace_output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/json.h"
#include "datapath/execute.h"
#include "flow/mac_text.h"

enum { LINE_SIZE = 300 };

/* The fate of the frame so far. */
struct disposition {
    const struct bridge *bridge;
    const struct datapath_port *from;
    cJSON *outputs;
    bool is_sent, is_consumed;
    enum drop_reason reason; /* the first one, or DROP_NONE */
};

/* Adds a line; returns it for more keys. */
__attribute__((format(printf, 4, 5))) static cJSON *
add_line(const struct disposition *t, const char *kind, unsigned int depth,
         const char *format, ...)
{
    cJSON *line = cJSON_CreateObject();
    char text[LINE_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    cJSON_AddStringToObject(line, "kind", kind);
    cJSON_AddNumberToObject(line, "depth", depth);
    cJSON_AddStringToObject(line, "text", text);
    json_append(t->outputs, line);
    return line;
}

static void drop(struct disposition *t, unsigned int depth,
                 enum drop_reason reason)
{
    cJSON *line = add_line(t, "drop", depth, "dropped (%s): %s",
                           drop_reason_word(reason), drop_reason_text(reason));

    cJSON_AddStringToObject(line, "reason", drop_reason_word(reason));
    if (t->reason == DROP_NONE)
        t->reason = reason;
}

static const char *port_name(const struct disposition *t,
                             const struct datapath_port *port)
{
    const struct bridge_port *p =
        port_set_by_index(bridge_ports(t->bridge), port->index);

    return p ? p->config.name : "";
}

/* As datapath/outbox.c refuses to send.  'to' NULL: the port has gone. */
static void send_to(struct disposition *t, const struct datapath_port *to,
                    const struct frame *f, unsigned int depth, const char *how)
{
    enum drop_reason reason = to ? outbox_obstacle(to, 0, f) : DROP_PORT_DOWN;
    cJSON *line;

    if (to) {
        line = add_line(t, "port", depth++, "output to port %u (%s)%s",
                        port_no_shown(to->number), port_name(t, to), how);
        cJSON_AddNumberToObject(line, "port", port_no_shown(to->number));
        cJSON_AddStringToObject(line, "name", port_name(t, to));
    }
    if (reason == DROP_NONE)
        t->is_sent = true;
    else
        drop(t, depth, reason);
}

/* Describes the VLAN tag on output. */
static void describe_tag(const struct normal *n, enum output_tag tag, char *how,
                         size_t size)
{
    bool is_tagged =
        tag == OUTPUT_TAG_SET || (tag == OUTPUT_TAG_KEEP && n->has_tag);

    how[0] = '\0';
    if (is_tagged)
        snprintf(how, size, ", tagged with VLAN %u", n->vlan);
    else if (tag == OUTPUT_TAG_STRIP)
        snprintf(how, size, ", untagged");
}

/* Where datapath/normal.h sends the frame, or why it does not. */
static void send_listed(struct disposition *t, const struct output_list *l,
                        const struct frame *f, bool knows_vlans)
{
    for (unsigned int i = 0; i < l->count; i++) {
        const struct output_port *port = &l->ports[i];
        char how[64] = "";

        if (knows_vlans)
            describe_tag(&l->frame, (enum output_tag)port->tag, how,
                         sizeof(how));
        if (port->reason == DROP_NONE)
            send_to(t, port->to, f, 1, how);
    }
    if (l->reason != DROP_NONE)
        drop(t, 1, l->reason);
}

static void add_found(const struct disposition *t, const struct output_list *l)
{
    const struct datapath_port *to = l->found;

    if (to)
        add_line(t, "normal", 1, "%s port %u (%s)",
                 to->own_address == l->frame.destination ? "the host's own, at"
                                                         : "learned at",
                 port_no_shown(to->number), port_name(t, to));
    else if (mac_is_multicast(l->frame.destination))
        add_line(t, "normal", 1, "multicast: flooded");
    else
        add_line(t, "normal", 1, "not learned: flooded");
}

static void switch_frame(struct disposition *t, const struct frame *f)
{
    struct datapath *d = bridge_datapath(t->bridge);
    const struct normal_tables tables = {
        .ports = datapath_ports(d),
        .macs = datapath_mac_table(d),
        .forwards_bpdu = bridge_config(t->bridge)->bridge.forwards_bpdu,
    };
    struct output_list l;

    normal_ports(&l, &tables, NULL, t->from, f);
    add_line(t, "normal", 0, "NORMAL: VLAN %u, from %s to %s", l.frame.vlan,
             mac_number_text(l.frame.source).text,
             mac_number_text(l.frame.destination).text);
    if (l.refused == DROP_NONE)
        add_found(t, &l);
    send_listed(t, &l, f, true);
}

static void flood(struct disposition *t, const struct frame *f, bool is_all)
{
    struct output_list l;

    add_line(t, "flood", 0, is_all ? "ALL" : "FLOOD");
    normal_flood_ports(&l, datapath_ports(bridge_datapath(t->bridge)), t->from,
                       is_all);
    send_listed(t, &l, f, false);
}

static void send_to_controller(struct disposition *t,
                               const struct flow_action *a)
{
    cJSON *line;

    if (a->max_len == UINT16_MAX)
        line = add_line(t, "controller", 0, "to the controllers");
    else
        line = add_line(t, "controller", 0,
                        "to the controllers, up to %u bytes of it", a->max_len);
    cJSON_AddNumberToObject(line, "max_len", a->max_len);
    t->is_consumed = true;
}

/* One step on its own; false if the frame ends here. */
static bool do_step(struct disposition *t, struct frame *f,
                    const struct flow_action *a)
{
    const struct ports *ports = datapath_ports(bridge_datapath(t->bridge));
    enum drop_reason reason;

    switch (a->type) {
    case STEP_PORT:
        send_to(t, ports_at(ports, a->port), f, 0, "");
        return true;
    case STEP_NORMAL:
        switch_frame(t, f);
        return true;
    case STEP_FLOOD:
    case STEP_ALL:
        flood(t, f, a->type == STEP_ALL);
        return true;
    case STEP_CONTROLLER:
        send_to_controller(t, a);
        return true;
    case STEP_METER:
        add_line(t, "meter", 0, "meter %u lets it pass unless it is exceeded",
                 a->meter);
        return true;
    case STEP_QUEUE:
        if (a->queue)
            add_line(t, "queue", 0, "by queue %u", a->queue - 1);
        return true;
    default:
        /* A frame made of a flow's text lacks the headers above Ethernet; only
         * a real frame can be refused. */
        reason = execute_edit(f, a);
        if (reason != DROP_NONE)
            drop(t, 0, reason);
        return reason == DROP_NONE;
    }
}

/* Does the steps from 'a' on to a copy of the frame; returns where it ends.
 * Copies are in copies as deep as the pipeline goes. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static const struct flow_action *do_steps(struct disposition *t,
                                          const struct frame *original,
                                          const struct flow_action *a,
                                          const struct flow_action *end)
{
    uint8_t *bytes = malloc(2 * FRAME_HEADROOM + original->size);
    struct frame f = *original;

    if (!bytes) {
        alloc_flag_raise();
        return execute_copy_end(a, end);
    }
    memcpy(bytes + FRAME_HEADROOM, original->data, original->size);
    f.data = bytes + FRAME_HEADROOM;
    f.headroom = f.tailroom = FRAME_HEADROOM;
    while (a < end && a->type != STEP_CLONE_END) {
        bool goes_on = true;

        if (a->type == STEP_CLONE)
            a = do_steps(t, &f, action_next(a), end);
        else
            goes_on = do_step(t, &f, a);
        if (!goes_on)
            a = execute_copy_end(action_next(a), end);
        else if (a < end)
            a = action_next(a);
    }
    free(bytes);
    return a;
}

void trace_output(const struct bridge *b, const struct datapath_port *from,
                  const struct frame *frame, const struct decision *d,
                  cJSON *result)
{
    struct disposition t = {
        .bridge = b,
        .from = from,
        .outputs = cJSON_AddArrayToObject(result, "outputs"),
    };

    do_steps(&t, frame, d->cells, d->cells + d->cell_count);
    if (t.reason == DROP_NONE)
        t.reason = d->reason;
    if (t.is_sent || t.is_consumed) {
        cJSON_AddStringToObject(result, "verdict",
                                t.is_sent ? "forwarded" : "consumed");
        return;
    }
    cJSON_AddStringToObject(result, "verdict", "dropped");
    cJSON_AddStringToObject(result, "reason", drop_reason_word(t.reason));
    cJSON_AddStringToObject(result, "reason_text", drop_reason_text(t.reason));
}
