/* SPDX-License-Identifier: BSD-2-Clause */
/* flowbridge packet-out: sends a frame with actions. */
#ifndef CLIENT_PACKET_OUT_H
#define CLIENT_PACKET_OUT_H

#include "client/of_command.h"

/* The argument is "in_port=PORT,packet=HEX,actions=ACTIONS"; without an in_port
 * the frame comes from the controller.  With OpenFlow 1.5 fields of the
 * pipeline, such as metadata=VALUE, may stand beside it. */
int packet_out(struct of_command *c);

#endif
