/* Whether the TAPs that are there can become what the configuration says: for
 * config_host.c. */
#ifndef BRIDGE_CONFIG_TAP_H
#define BRIDGE_CONFIG_TAP_H

#include "bridge/config.h"

/* Adds a fault for each whose owner, group or queues cannot be put in force;
 * returns how many. */
size_t config_tap_check(const struct config *c, struct config_faults *faults);

#endif
