/*
 * The bridge's side towards controllers: the connections that the configuration
 * asks for, those who come, the fail mode and in-band control, and what
 * controllers are told of ports and frames.
 *
 * Like the bridge it knows no event loop and reads no clock.  Main thread only.
 */
#ifndef BRIDGE_OPENFLOW_SIDE_H
#define BRIDGE_OPENFLOW_SIDE_H

#include "bridge/bridge.h"
#include "bridge/fail_mode.h"
#include "control/controller.h"

struct openflow_side;

/* 'outside' and 'flows' are copied.  NULL if out of memory. */
struct openflow_side *
openflow_side_create(struct bridge *b, const struct openflow_outside *outside,
                     const struct fail_mode_flows *flows);
void openflow_side_free(struct openflow_side *o, int64_t now_ms);

/* Goes over to 'config' by the difference; also at the start. */
void openflow_side_configure(struct openflow_side *o,
                             const struct config *config, int64_t now_ms);

/* To be called every BRIDGE_TICK_MS, before flow entries expire. */
void openflow_side_tick(struct openflow_side *o, int64_t now_ms);

/* Ports have come, changed or gone. */
void openflow_side_ports_changed(struct openflow_side *o, int64_t now_ms);

/* A frame for controllers; borrowed. */
void openflow_side_packet_in(struct openflow_side *o, struct upcall *u,
                             int64_t now_ms);

/* What a learn action has found; borrowed. */
void openflow_side_learn(struct openflow_side *o, const struct lesson *lesson,
                         int64_t now_ms);

/* Somebody came to a listener; takes the stream over. */
void openflow_side_peer_came(struct openflow_side *o, const struct arrival *a,
                             int64_t now_ms);

/* The listeners, as they are shown, and how many are there that came to one. */
void openflow_side_each_listener(const struct openflow_side *o,
                                 void (*visit)(void *visitor,
                                               const struct listener_status *l),
                                 void *visitor);
size_t openflow_side_arrived(const struct openflow_side *o,
                             unsigned int listener);

/* Of all listeners together. */
struct services_usage openflow_side_services(const struct openflow_side *o);

size_t openflow_side_controllers(const struct openflow_side *o);
struct controller_status openflow_side_controller(const struct openflow_side *o,
                                                  size_t i);
/* When it was last told the time. */
int64_t openflow_side_now_ms(const struct openflow_side *o);
/* True while the fail mode is in force. */
bool openflow_side_fails(const struct openflow_side *o);
/* True while the fail mode has an entry in the tables, for all to see, that
 * says NORMAL, or had: somebody else may have changed it. */
bool openflow_side_gave_normal(const struct openflow_side *o);
/* Whether standalone is in force; and that it is, at once, for it was when the
 * switch was stopped. */
bool openflow_side_stands_alone(const struct openflow_side *o);
void openflow_side_stand_alone(struct openflow_side *o, int64_t now_ms);
/* The switch as handlers see it. */
struct of_switch *openflow_side_switch(struct openflow_side *o);

#endif
