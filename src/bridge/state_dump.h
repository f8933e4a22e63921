/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGUSR1: the state of a running bridge in the log, one event for each port,
 * reason of drops and controller. */
#ifndef BRIDGE_STATE_DUMP_H
#define BRIDGE_STATE_DUMP_H

#include "bridge/gauge.h"

void state_dump_write(const struct gauge_source *source);

#endif
