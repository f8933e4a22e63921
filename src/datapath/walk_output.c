/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/walk_output.h"

#include <arpa/inet.h>

void walk_output_to_controller(struct walk *w, uint16_t max_len,
                               enum packet_in_reason reason)
{
    struct flow_action step = {.type = STEP_CONTROLLER, .max_len = max_len};
    struct step_pipeline more = {
        .cookie = w->cookie,
        .reason = (uint8_t)reason,
        .table = w->table,
    };

    walk_add_pipeline_step(w, step, more);
}

static void output_to_port(struct walk *w, uint32_t number)
{
    const struct datapath_port *to = ports_find(w->pipeline->ports, number);

    /* To its own in-port only if told so by IN_PORT: OpenFlow 1.3.5 7.2.5. */
    if (!to || number == ntohl(w->key->in_port)) {
        w->decision->reason = to ? DROP_SAME_PORT : DROP_PORT_DOWN;
        walk_note(w, to ? "no output: it is the in-port"
                        : "no output: no such port");
        return;
    }
    walk_add_step(w, STEP_PORT, to->index);
}

void walk_output(struct walk *w, const struct flow_action *a)
{
    const struct datapath_port *from;

    switch (a->port) {
    case PORT_NO_NORMAL:
        walk_add_step(w, STEP_NORMAL, 0);
        break;
    case PORT_NO_FLOOD:
        walk_add_step(w, STEP_FLOOD, 0);
        break;
    case PORT_NO_ALL:
        walk_add_step(w, STEP_ALL, 0);
        break;
    case PORT_NO_CONTROLLER:
        walk_output_to_controller(w, a->max_len, w->reason);
        break;
    case PORT_NO_IN_PORT:
        from = walk_in_port(w);
        if (from)
            walk_add_step(w, STEP_PORT, from->index);
        break;
    default:
        output_to_port(w, a->port);
        break;
    }
}
