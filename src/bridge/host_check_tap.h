/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the TAPs that are there can be changed as the configuration says: for
 * host_check.c. */
#ifndef BRIDGE_HOST_CHECK_TAP_H
#define BRIDGE_HOST_CHECK_TAP_H

#include "config/config.h"

/* Adds a fault for each whose owner, group or queues cannot be put in force;
 * returns how many. */
size_t host_check_taps(const struct config *c, struct config_faults *faults);

#endif
