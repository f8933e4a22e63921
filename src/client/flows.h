/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The subcommands about flow entries: dump-flows, add-flow, mod-flows and
 * del-flows.  Notation and meaning are those of ovs-ofctl(8).
 */
#ifndef CLIENT_FLOWS_H
#define CLIENT_FLOWS_H

#include "client/of_command.h"
#include "flow/flow_mod.h"
#include "openflow/of_flow.h"

int flows_dump(struct of_command *c);
int flows_add(struct of_command *c);
int flows_modify(struct of_command *c);
int flows_delete(struct of_command *c);

/* How this conversation writes about flows; in OpenFlow 1.0 it first asks the
 * switch to speak of tables and of fields that 1.0 does not have. */
struct of_flow_format flows_format(struct of_command *c);
extern const struct of_flow_format flows_format_10; /* that of 1.0 */

/* The mod as it is sent in a version. */
struct flow_mod flows_mod_in(enum of_version version,
                             const struct flow_mod *mod);

#endif
