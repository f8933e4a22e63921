/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The switch as controllers see it: what the handlers of messages act on.
 *
 * One for a bridge.  It has the tables (through the datapath), the buffers for
 * packet-ins, and what all connections share; what only the bridge knows (its
 * ports, its names) is asked for through a table of functions, because control/
 * must not know bridge/.
 *
 * Main thread only.
 */
#ifndef CONTROL_SWITCH_H
#define CONTROL_SWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datapath/datapath.h"
#include "flow/error.h"
#include "flow/port_desc.h"
#include "flow/queue_desc.h"
#include "flow/table_desc.h"
#include "table/group_table.h"
#include "table/meter_table.h"

enum { SWITCH_TEXT_SIZE = 256 };

/* Functions of the bridge; only those for queues may be NULL.  'context'
 * is its own. */
struct switch_host {
    /* Calls 'visit' for each port, in the order of numbers, LOCAL last. */
    void (*each_port)(void *context,
                      void (*visit)(void *visitor, const struct port_desc *p),
                      void *visitor);
    /* False if there is no such port. */
    bool (*find_port)(void *context, uint32_t number, struct port_desc *p);
    bool (*find_port_by_name)(void *context, const char *name,
                              uint32_t *number);
    /* False if there is no such port. */
    bool (*port_stats)(void *context, uint32_t number, int64_t now_ms,
                       struct port_stats *s);
    /* FLOW_BAD_PORT, FLOW_BAD_HARDWARE_ADDRESS, ...; what it changes has been
     * told when it returns. */
    enum flow_error (*port_mod)(void *context, const struct port_mod *mod,
                                int64_t now_ms);
    /* Calls 'visit' for each queue of all ports; NULL: there are none. */
    void (*each_queue)(void *context,
                       void (*visit)(void *visitor, const struct queue_desc *q),
                       void *visitor);
    /* False if there is no such queue; NULL: nothing is counted. */
    bool (*queue_stats)(void *context, uint32_t port, uint32_t queue,
                        int64_t now_ms, struct queue_stats *s);
    void *context;
};

struct switch_identity {
    uint64_t datapath_id;
    char manufacturer[SWITCH_TEXT_SIZE], hardware[SWITCH_TEXT_SIZE],
        software[SWITCH_TEXT_SIZE], serial[32], datapath[SWITCH_TEXT_SIZE];
    uint32_t buffers; /* [openflow] buffers */
    uint8_t tables;   /* [openflow] tables */
};

/* Outcomes of learn actions. */
struct learn_counts {
    uint64_t made, changed, failed; /* entries */
    int64_t said_ms;                /* that some could not be made */
};

struct packet_buffers;  /* control/packet_buffers.h */
struct connection_list; /* control/connection.h */

struct of_switch {
    struct datapath *datapath; /* with tables, groups, meters */
    struct switch_host host;
    struct switch_identity identity;
    struct packet_buffers *buffers;
    struct connection_list *connections;
    const struct connection *port_changer; /* whose PORT_MOD is being done */
    /* What a controller has asked tables to be, one a table; NULL until one
     * has.  Whoever ends the switch frees it. */
    struct table_features *table_features;
    /* Roles, OpenFlow 1.3.5 6.3.7: the highest generation id seen. */
    bool has_generation_id;
    uint64_t generation_id;
    struct learn_counts learn_counts;
    uint64_t barriers_late; /* that the connection awaits: workers were late */
    /* How often requests were refused for each reason. */
    uint64_t refused[FLOW_ERROR_COUNT];
};

#endif
