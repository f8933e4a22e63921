/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a message to what is done about it: one row a kind of message, found by
 * index, with its handler and who may send it.
 *
 * Main thread only.
 */
#ifndef CONTROL_DISPATCH_H
#define CONTROL_DISPATCH_H

#include "control/connection.h"
#include "control/switch.h"
#include "openflow/of_message.h"

/*
 * Handles one whole message of a greeted connection (its version is known).
 * Replies and errors go out by c->send.  Returns false if the connection cannot
 * go on (out of memory for a reply, send queue full).
 */
bool dispatch_message(struct of_switch *s, struct connection *c,
                      const struct of_message *m, int64_t now_ms);

/* True for messages of a program that only probes for a switch: they do not
 * show that a controller accepts us. */
bool dispatch_is_idle_talk(enum of_kind kind);

#endif
