/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asynchronous messages to controllers: packet-ins, flow-removed,
 * port-status, role-status, requests of others.  Each goes to the connections
 * that want it: by role and mask, and a service connection only once it has
 * asked.  What is not sent since a connection is over its rate or slow to read
 * is counted there.
 *
 * OpenFlow 1.0 5.4, 1.3.5 6.3.7 and 7.4.
 */
#ifndef CONTROL_ASYNC_H
#define CONTROL_ASYNC_H

#include "control/connection.h"
#include "control/switch.h"
#include "datapath/upcall.h"
#include "flow/group_desc.h"
#include "flow/meter_desc.h"
#include "flow/role.h"

/* To be called when a connection has joined the list or left it: whether
 * frames that match no entry go to controllers depends on the connections that
 * are listed. */
void async_connections_changed(struct of_switch *s);

/* Sends a frame to the controllers whose masks, role and rate permit it, whole
 * or the begin of a buffered one. */
void async_packet_in(struct of_switch *s, const struct upcall *u,
                     int64_t now_ms);

/* A frame that nobody has sent, a reverse ARP request from this address at
 * LOCAL, whole, if the connection wants frames that match no entry. */
void async_made_up_packet_in(struct connection *c, const uint8_t mac[6]);

/* 'is_of_config': a PORT_MOD of s->port_changer has changed no more than the
 * port's configuration.  Before 1.5 that connection is not told, as in Open
 * vSwitch, or a controller that waits for news after each PORT_MOD never comes
 * to rest. */
void async_port_status(struct of_switch *s, enum port_reason reason,
                       const struct port_desc *p, bool is_of_config);

/* For flow_tables_on_removed, with the switch as context. */
flow_removed_fn async_flow_removed;

/* Forwards, since 1.4, what another connection has done to groups or meters to
 * those that want it.  1.4 is not told of single buckets, which it has no words
 * for. */
void async_group_changed(struct of_switch *s, const struct connection *from,
                         uint32_t xid, const struct group_mod *mod);
void async_meter_changed(struct of_switch *s, const struct connection *from,
                         uint32_t xid, const struct meter_mod *mod);

/* Tells a connection, since 1.4, that its role has changed. */
void async_role_status(struct of_switch *s, struct connection *c,
                       enum role_reason reason);

/* True if the connection is to be told of anything unasked. */
bool async_is_listening(const struct connection *c);

/* The masks of a connection's role are every second number, first those of
 * master and equal. */
bool async_wants(const struct connection *c, const uint32_t masks[2],
                 unsigned int reason);

/* Sends it, or counts it as dropped if the peer reads too slowly. */
void async_send(struct connection *c, struct of_buffer *message);

#endif
