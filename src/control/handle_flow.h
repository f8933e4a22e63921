/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow entries: changes to them and what they tell of themselves.  OpenFlow 1.0
 * 5.3.3 and 5.3.5, 1.3.5 7.3.4.1 and 7.3.5.2.
 */
#ifndef CONTROL_HANDLE_FLOW_H
#define CONTROL_HANDLE_FLOW_H

#include "control/request.h"
#include "flow/flow_mod.h"

request_handler handle_flow_mod;
request_handler handle_flow_stats;
request_handler handle_aggregate;

/* Reads a FLOW_MOD or NX_FLOW_MOD; end with flow_mod_clear, also after an
 * error. */
enum flow_error handle_flow_read(struct request *r, struct flow_mod *mod);

/* Whether it names a buffered frame that is to be sent. */
bool handle_flow_sends(const struct flow_mod *mod);

/* Carries out what has been checked, and sends the buffered frame that it
 * names, if it names one, through the tables as they then are. */
enum flow_error handle_flow_apply(struct of_switch *s,
                                  const struct flow_mod *mod, int64_t now_ms);

#endif
