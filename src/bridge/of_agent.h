/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bridge's side towards controllers: the connections that the configuration
 * asks for, those that peers open, the fail mode and in-band control, and the
 * messages to controllers about ports and frames.
 *
 * Like the bridge it knows no event loop and reads no clock.  Main thread only.
 */
#ifndef BRIDGE_OF_AGENT_H
#define BRIDGE_OF_AGENT_H

#include "bridge/fail_mode.h"
#include "bridge/port_set.h"
#include "control/controller.h"
#include "control/incoming_connection.h"
#include "control/network.h"
#include "port/route.h"

struct of_agent;

/* A listener as it is shown. */
struct listener_status {
    const char *name;    /* its target */
    unsigned int number; /* of its connections */
    const char *error;   /* why it is not open; NULL: it is */
};

/* The functions of the machine that the bridge needs for OpenFlow; all but the
 * network may be NULL. */
struct of_transports {
    struct network network;
    /* Goes over to the keys and listeners of this configuration. */
    void (*configure)(void *context, const struct config *config);
    void (*each_listener)(void *context,
                          void (*visit)(void *visitor,
                                        const struct listener_status *l),
                          void *visitor);
    void *context;
    /* port/route.h */
    int (*find_route)(int family, const uint8_t *address, struct route *r);
};

struct of_agent_options {
    struct datapath *datapath; /* borrowed, as the ports */
    const struct port_set *ports;
    const struct config *config; /* in force; see of_agent_configure */
    uint64_t datapath_id;
    struct of_transports transports;
    struct fail_mode_flows flows;
};

/* NULL if out of memory. */
struct of_agent *of_agent_create(const struct of_agent_options *options);
void of_agent_free(struct of_agent *o, int64_t now_ms);

/* Goes over to 'config' by the difference; also at the start. */
void of_agent_configure(struct of_agent *o, const struct config *config,
                        int64_t now_ms);

/* To be called every BRIDGE_TICK_MS, before flow entries expire. */
void of_agent_tick(struct of_agent *o, int64_t now_ms);

/* Ports have come, changed or gone. */
void of_agent_ports_changed(struct of_agent *o, int64_t now_ms);

/* A frame for controllers; borrowed. */
void of_agent_packet_in(struct of_agent *o, struct upcall *u, int64_t now_ms);

/* A request of a learn action; borrowed. */
void of_agent_learn(struct of_agent *o, const struct learn_request *request,
                    int64_t now_ms);

/* A peer has connected to a listener; takes the stream over. */
void of_agent_incoming(struct of_agent *o, const struct incoming_connection *a,
                       int64_t now_ms);

/* The listeners, as they are shown, and the connections of one. */
void of_agent_each_listener(const struct of_agent *o,
                            void (*visit)(void *visitor,
                                          const struct listener_status *l),
                            void *visitor);
size_t of_agent_service_count(const struct of_agent *o, unsigned int listener);

/* Of all listeners together. */
struct service_connections_usage
of_agent_service_usage(const struct of_agent *o);

size_t of_agent_controllers(const struct of_agent *o);
struct controller_status of_agent_controller(const struct of_agent *o,
                                             size_t i);
/* True while the fail mode is in force. */
bool of_agent_fails(const struct of_agent *o);
/* True while the fail mode has an entry in the tables, for all to see, that
 * says NORMAL, or had: somebody else may have changed it. */
bool of_agent_gave_normal(const struct of_agent *o);
/* Whether standalone is in force; and that it is, at once, for it was when the
 * switch was stopped. */
bool of_agent_stands_alone(const struct of_agent *o);
void of_agent_stand_alone(struct of_agent *o, int64_t now_ms);
/* The switch as handlers see it. */
struct of_switch *of_agent_switch(struct of_agent *o);

#endif
