/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults of a configuration that only this machine shows: interfaces that
 * cannot be ports (bridge/port_fitness.h), owners and users that do not exist,
 * files that cannot be where it has them.
 */
#ifndef BRIDGE_HOST_CHECK_H
#define BRIDGE_HOST_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

/* The switch of this very file may run, or not: at a start it must not have the
 * ports yet.  Adds to 'faults'; returns how many were found. */
size_t host_check(const struct config *c, bool may_run,
                  struct config_faults *faults);

#endif
