/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ports have counted: MP_PORT.  OpenFlow 1.0 5.3.5, 1.3.5 7.3.5.6, 1.4.1
 * 7.3.5.7.
 */
#ifndef OPENFLOW_OF_PORT_STATS_H
#define OPENFLOW_OF_PORT_STATS_H

#include "flow/port_desc.h"
#include "openflow/of.h"

/* The body of a request: for one port, or with PORT_NO_ANY for all.
 * FLOW_BAD_REQUEST_PORT for a number that cannot be. */
void of_port_stats_put_request(struct of_buffer *b, enum of_version version,
                               uint32_t number);
enum flow_error of_port_stats_read_request(enum of_version version,
                                           struct reader *body,
                                           uint32_t *number);

/* One port of a reply.  Versions before 1.3 do not tell the duration; it is
 * then read as 0. */
void of_port_stats_put(struct of_buffer *b, enum of_version version,
                       const struct port_stats *s);
enum flow_error of_port_stats_read(enum of_version version, struct reader *r,
                                   struct port_stats *s);

#endif
