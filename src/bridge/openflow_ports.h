/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bridge's ports as controllers see them: their descriptions, their counts,
 * the effect of a PORT_MOD, and which of them have come, changed or gone since
 * controllers were last told.
 *
 * A port whose device is away is none to a controller; it keeps its number.
 */
#ifndef BRIDGE_OPENFLOW_PORTS_H
#define BRIDGE_OPENFLOW_PORTS_H

#include "bridge/port_set.h"
#include "control/switch.h"

/* Is told of each change, and whether there is no more to it than a port's
 * configuration, which controllers set. */
typedef void openflow_ports_tell(void *context, enum port_reason reason,
                                 const struct port_desc *desc,
                                 bool is_of_config);

struct openflow_ports {
    const struct port_set *set; /* borrowed, as the datapath */
    const struct datapath *datapath;
    openflow_ports_tell *tell;
    void *context;
    /* The ports as controllers know them, by datapath index. */
    struct openflow_port {
        bool is_there;
        int64_t since_ms;
        struct port_desc desc;
    } known[PORTS_MAX];
};

void openflow_ports_init(struct openflow_ports *p, const struct port_set *set,
                         const struct datapath *d, openflow_ports_tell *tell,
                         void *context);

/* The functions that handlers ask; their context is 'p'.  The changes of a
 * PORT_MOD are told before it returns. */
struct switch_host openflow_ports_host(struct openflow_ports *p);

/* Tells the changes since the last time. */
void openflow_ports_compare(struct openflow_ports *p, int64_t now_ms);

/* The fastest speed that a port supports, or else its speed now. */
uint32_t openflow_ports_fastest_kbps(const struct link_speed *speed);

#endif
