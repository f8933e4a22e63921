/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames to controllers and from them: PACKET_IN with Nicira's two forms of it,
 * and PACKET_OUT.  OpenFlow 1.0 5.3.6 and 5.4.1, 1.3.5 7.3.7 and 7.4.1, 1.5.1
 * 7.3.6; nicira-ext for NXT_PACKET_IN and NXT_PACKET_IN2.
 */
#ifndef OPENFLOW_OF_PACKET_H
#define OPENFLOW_OF_PACKET_H

#include "flow/packet_msg.h"
#include "openflow/of.h"

/*
 * 'kind' is PACKET_IN, NX_PACKET_IN or NX_PACKET_IN2.  The xid is 0, for nobody
 * has asked.  1.0 and 1.1 tell of the match just the port.  Data too long for a
 * message is cut.  A read one borrows its data from the message.
 */
void of_packet_write_in(struct of_buffer *b, enum of_version version,
                        enum of_kind kind, const struct packet_in *in);
enum flow_error of_packet_read_in(enum of_version version, enum of_kind kind,
                                  struct reader *body, struct packet_in *in);

/*
 * Reading gives FLOW_BAD_REQUEST_PORT if no frame can have come in by the port
 * that is named (PORT_NO_ANY and PORT_NO_CONTROLLER: it came in by none),
 * FLOW_NOT_OF_PIPELINE if the match has more than what no frame shows, or
 * faults of the match and the actions.  The caller ends with packet_out_clear;
 * after an error there is nothing to clear.  Data borrows from the message.
 */
void of_packet_write_out(struct of_buffer *b, enum of_version version,
                         uint32_t xid, const struct packet_out *out);
enum flow_error of_packet_read_out(enum of_version version, struct reader *body,
                                   struct packet_out *out);

#endif
