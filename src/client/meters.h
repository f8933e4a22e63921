/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The subcommands about meters: dump-meters, add-meter, mod-meter and
 * del-meters.  Notation and meaning are those of ovs-ofctl(8).
 */
#ifndef CLIENT_METERS_H
#define CLIENT_METERS_H

#include "client/console.h"

/* What each meter does, and below it what it has counted. */
int meters_dump(struct console *c);
int meters_add(struct console *c);
int meters_modify(struct console *c);
int meters_delete(struct console *c);

#endif
