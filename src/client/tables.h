/* SPDX-License-Identifier: BSD-2-Clause */
/* flowbridge dump-tables: how full the flow tables are, and how much used. */
#ifndef CLIENT_TABLES_H
#define CLIENT_TABLES_H

#include "client/of_command.h"

int tables_dump(struct of_command *c);

#endif
