/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports.  OpenFlow 1.0 5.3.3 and 5.3.5, 1.3.5 7.3.4.3, 7.3.5.6, 7.3.5.7. */
#ifndef CONTROL_HANDLE_PORT_H
#define CONTROL_HANDLE_PORT_H

#include "control/request.h"
#include "flow/port_desc.h"

request_handler handle_port_mod;
request_handler handle_port_desc;
request_handler handle_port_stats;

/* Does what the request's PORT_MOD says; FLOW_OK or why not. */
enum flow_error handle_port_apply(const struct request *r,
                                  const struct port_mod *mod);

#endif
