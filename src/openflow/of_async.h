/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which asynchronous messages a controller wants, and how: SET_ASYNC and its
 * kin, Nicira's packet-in format and controller id.  OpenFlow 1.3.5 7.3.10,
 * 1.4.1 7.3.10.
 */
#ifndef OPENFLOW_OF_ASYNC_H
#define OPENFLOW_OF_ASYNC_H

#include "flow/async_masks.h"
#include "openflow/of.h"

/*
 * 'kind' is SET_ASYNC, GET_ASYNC_REPLY or NX_SET_ASYNC.  Reading changes what
 * the message speaks of and leaves the rest of '*masks' as it is.  Before 1.4
 * bits that mean nothing are passed over, as Open vSwitch does; later they are
 * FLOW_ASYNC_INVALID and unknown properties FLOW_ASYNC_UNSUPPORTED.
 */
void of_async_write(struct of_buffer *b, enum of_version version,
                    enum of_kind kind, uint32_t xid,
                    const struct async_masks *masks);
enum flow_error of_async_read(enum of_version version, enum of_kind kind,
                              struct reader *body, struct async_masks *masks);

/* Numbers of NXT_SET_PACKET_IN_FORMAT. */
enum of_packet_in_format {
    OF_PACKET_IN_STANDARD,
    OF_PACKET_IN_NXT,
    OF_PACKET_IN_NXT2,
};

/* FLOW_NO_PERMISSION for a format that there is not, as Open vSwitch answers
 * and ovs-ofctl expects. */
void of_async_write_format(struct of_buffer *b, enum of_version version,
                           uint32_t xid, enum of_packet_in_format format);
enum flow_error of_async_read_format(struct reader *body,
                                     enum of_packet_in_format *format);

/* NXT_SET_CONTROLLER_ID. */
void of_async_write_controller_id(struct of_buffer *b, enum of_version version,
                                  uint32_t xid, uint16_t id);
enum flow_error of_async_read_controller_id(struct reader *body, uint16_t *id);

/* REQUESTFORWARD, since 1.4: another controller's GROUP_MOD or METER_MOD, whole
 * with its header; its body is that. */
void of_async_write_requestforward(struct of_buffer *b, enum of_version version,
                                   const struct reader *request);

#endif
