/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The subcommand add-flows: a file of flows, all of it or nothing where the
 * switch can do that (bundles, OpenFlow 1.4 and ONF's extension of 1.3).
 */
#ifndef CLIENT_ADD_FLOWS_H
#define CLIENT_ADD_FLOWS_H

#include "client/of_command.h"

/* The argument is the file's name, or "-" for the standard input. */
int add_flows(struct of_command *c);

#endif
