/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports as controllers see them: descriptions, PORT_STATUS, PORT_MOD.  What
 * they have counted is of_port_stats.h's.
 *
 * Bits that a version does not have are left out when it is written, and
 * features have other bits in 1.0.  OpenFlow 1.0 5.2.1, 1.3.5 7.2.1, 1.4.1
 * 7.2.1.
 */
#ifndef OPENFLOW_OF_PORT_H
#define OPENFLOW_OF_PORT_H

#include "flow/port_desc.h"
#include "openflow/of.h"

/* One description: of a FEATURES_REPLY before 1.3, or of a reply to
 * MP_PORT_DESC. */
void of_port_put(struct of_buffer *b, enum of_version version,
                 const struct port_desc *p);
enum flow_error of_port_read(enum of_version version, struct reader *r,
                             struct port_desc *p);

/* The body of an MP_PORT_DESC request: 1.5 asks for one port or with
 * PORT_NO_ANY for all, the other versions for all.  Reading gives
 * FLOW_BAD_REQUEST_PORT for a number that cannot be. */
void of_port_put_request(struct of_buffer *b, enum of_version version,
                         uint32_t number);
enum flow_error of_port_read_request(enum of_version version,
                                     struct reader *body, uint32_t *number);

/* PORT_STATUS; its xid is 0, for nobody has asked. */
void of_port_write_status(struct of_buffer *b, enum of_version version,
                          enum port_reason reason, const struct port_desc *p);
enum flow_error of_port_read_status(enum of_version version,
                                    struct reader *body, uint8_t *reason,
                                    struct port_desc *p);

/* PORT_MOD.  Reading gives FLOW_BAD_PORT, FLOW_BAD_PORT_CONFIG (it sets a bit
 * that the version has not), FLOW_BAD_PORT_ADVERTISE or faults of properties.
 * No 'advertise' asks for no change. */
void of_port_write_mod(struct of_buffer *b, enum of_version version,
                       uint32_t xid, const struct port_mod *mod);
enum flow_error of_port_read_mod(enum of_version version, struct reader *body,
                                 struct port_mod *mod);

#endif
