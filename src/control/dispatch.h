/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a message to what is done about it: one row a kind of message with its
 * handler and the role that may send it.
 */
#ifndef CONTROL_DISPATCH_H
#define CONTROL_DISPATCH_H

#include "base/bytes.h"
#include "control/connection.h"
#include "control/switch.h"
#include "openflow/of.h"

/*
 * Handles one whole message of a greeted connection (its version is known).
 * Replies and errors go out by c->send.  Returns false if the connection cannot
 * go on (out of memory for a reply, send queue full).
 */
bool dispatch_message(struct of_switch *s, struct connection *c,
                      const void *message, size_t size, int64_t now_ms);

#endif
