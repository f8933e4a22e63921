/* SPDX-License-Identifier: BSD-2-Clause */
/* PACKET_OUT.  OpenFlow 1.0 5.3.6, 1.3.5 7.3.7. */
#ifndef CONTROL_HANDLE_PACKET_H
#define CONTROL_HANDLE_PACKET_H

#include "control/packet_buffers.h"
#include "control/request.h"
#include "flow/action.h"

request_handler handle_packet_out;

/*
 * Sends a frame on its way as the actions say.  Takes the frame's bytes and the
 * actions over.  Fields of 'context' that no frame has, such as metadata, go
 * with it; NULL: none.  A frame that finds no room is dropped, as one on a full
 * port is; FLOW_OUT_OF_MEMORY.
 */
enum flow_error handle_packet_send(struct of_switch *s,
                                   struct packet_buffer *frame,
                                   const struct flow_key *context,
                                   struct action_list *actions);

#endif
