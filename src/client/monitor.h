/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flowbridge monitor: packet-ins, removed flow entries and changes of ports as
 * they happen, one line each, until it is interrupted.
 */
#ifndef CLIENT_MONITOR_H
#define CLIENT_MONITOR_H

#include "client/of_command.h"

int monitor(struct of_command *c);

/* One message that the switch sent of its own accord; others are passed over.
 * Each message is shown as a line, or with is_json as an object. */
enum flow_error monitor_print(struct of_command *c, struct of_message *m);

#endif
