/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events that reach a port: its interface comes, changes, goes; the
 * configuration changes; a controller sets it down.
 *
 * The result for the datapath is published from here.  The device is opened and
 * closed by jobs beside the main thread (port_job.h), one at a time: events in
 * the meantime are noted, and only the latest counts when the job has ended.
 * Main thread only.
 */
#ifndef BRIDGE_PORT_CONTROL_H
#define BRIDGE_PORT_CONTROL_H

#include "bridge/bridge_port.h"

/* NULL if out of memory.  'number' is OpenFlow's; 's' is borrowed. */
struct bridge_port *port_control_create(struct port_environment *s,
                                        const struct config_port *config,
                                        unsigned int index, uint32_t number);
/* A port that has left, and been reported so, or has not begun. */
void port_control_free(struct bridge_port *p);

/* Begins with its interface as it is now (NULL: it is not there), and makes it
 * where that is ours to do.  A port that is blocked begins later, with
 * port_control_unblock. */
void port_control_begin(struct bridge_port *p, const struct link *link,
                        int64_t now_ms);
void port_control_unblock(struct bridge_port *p, int64_t now_ms);

/* Leaves the datapath at once, closes, takes away a device that was made for it
 * and sets up again one that a controller took down; then 'job_ended' is
 * called. */
void port_control_leave(struct bridge_port *p, int64_t now_ms);

/* Its interface came or changed; went. */
void port_control_link_changed(struct bridge_port *p, const struct link *link,
                               int64_t now_ms);
void port_control_link_gone(struct bridge_port *p, const struct link *link,
                            int64_t now_ms);

/* Tries a failed job again when it is time. */
void port_control_tick(struct bridge_port *p, int64_t now_ms);

/* Once a second: opens its queues again if one gets no frames any more. */
void port_control_check(struct bridge_port *p, int64_t now_ms);

/* Takes over the values that may change while the port stays: VLANs, shield,
 * and the address and gateway of LOCAL and internal ports. */
void port_control_reconfigure(struct bridge_port *p,
                              const struct config_port *config, int64_t now_ms);
/* Goes over to these bits, enum port_config_bits, of a PORT_MOD; DOWN sets the
 * interface down.  Returns 0, or -errno and nothing has changed. */
int port_control_modify(struct bridge_port *p, uint32_t of_config);
/* Goes over to these queues (copied).  False: out of memory, no change. */
bool port_control_set_queues(struct bridge_port *p,
                             const struct htb_queue *queues, size_t count,
                             int64_t now_ms);
/* Gives the device of LOCAL or of an internal port, which is open, its MAC
 * address, IP address and gateway, and sets it up. */
void port_control_readdress(struct bridge_port *p, int64_t now_ms);
/* Gives LOCAL or an internal port another MAC address. */
void port_control_set_mac(struct bridge_port *p, const uint8_t mac[6],
                          int64_t now_ms);

#endif
