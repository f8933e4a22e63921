/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the files that the switch writes can be where the configuration has
 * them.  Looks, and makes nothing. */
#ifndef BRIDGE_HOST_CHECK_PATHS_H
#define BRIDGE_HOST_CHECK_PATHS_H

#include "config/config.h"

/* Adds to 'faults' each path that can never work, such as a file in a directory
 * that is not there, and as a note each one that the switch's user may not use
 * now.  Returns how many faults there were. */
size_t host_check_paths(const struct config *c, struct config_faults *faults);

#endif
