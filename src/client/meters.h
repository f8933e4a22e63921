/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The subcommands about meters: dump-meters, add-meter, mod-meter and
 * del-meters.  Notation and meaning are those of ovs-ofctl(8).
 */
#ifndef CLIENT_METERS_H
#define CLIENT_METERS_H

#include "client/of_command.h"

/* Each meter with its bands, and below it its counters. */
int meters_dump(struct of_command *c);
int meters_add(struct of_command *c);
int meters_modify(struct of_command *c);
int meters_delete(struct of_command *c);

#endif
