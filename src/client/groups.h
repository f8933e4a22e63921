/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The subcommands about groups: dump-groups, add-group, mod-group and
 * del-groups.  Notation and meaning are those of ovs-ofctl(8).
 */
#ifndef CLIENT_GROUPS_H
#define CLIENT_GROUPS_H

#include "client/of_command.h"

/* Each group with its buckets, and below it its counters. */
int groups_dump(struct of_command *c);
int groups_add(struct of_command *c);
int groups_modify(struct of_command *c);
int groups_delete(struct of_command *c);

#endif
