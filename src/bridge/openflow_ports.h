/*
 * The bridge's ports as controllers see them: their descriptions, their counts
 * and what a PORT_MOD does, and which of them have come, changed or gone since
 * controllers were last told.
 *
 * A port whose device is away is none to a controller; it keeps its number.
 */
#ifndef BRIDGE_OPENFLOW_PORTS_H
#define BRIDGE_OPENFLOW_PORTS_H

#include "bridge/bridge.h"
#include "control/switch.h"

struct openflow_ports {
    struct bridge *bridge; /* borrowed */
    /* What controllers know, by datapath index. */
    struct openflow_port {
        bool is_there;
        int64_t since_ms;
        struct port_desc desc;
    } known[PORTS_MAX];
};

void openflow_ports_init(struct openflow_ports *p, struct bridge *b);

/* The functions that handlers ask; their context is 'p'. */
struct switch_host openflow_ports_host(struct openflow_ports *p);

/* Calls 'tell' for what has changed since the last time. */
void openflow_ports_compare(struct openflow_ports *p, int64_t now_ms,
                            void (*tell)(void *context, enum port_reason reason,
                                         const struct port_desc *desc),
                            void *context);

#endif
