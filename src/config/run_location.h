/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a running switch is to be found, as its configuration says.
 *
 * Faults elsewhere in the file do not matter: a user who made one still wants
 * to see the switch, and to be told by it what is wrong.
 */
#ifndef CONFIG_RUN_LOCATION_H
#define CONFIG_RUN_LOCATION_H

#include <stddef.h>

#include "config/config.h"

struct run_location {
    char bridge[CONFIG_NAME_SIZE];
    char run_dir[4096 - 64];
};

/* Returns 0, or -errno and 'error' is one line that says what to do. */
int run_location_read(struct run_location *p, const char *config_path,
                      char *error, size_t error_size);

#endif
