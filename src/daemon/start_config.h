/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first step of a start: the configuration is read and checked, and the log
 * begins as it says.  And how a start is refused.
 */
#ifndef DAEMON_START_CONFIG_H
#define DAEMON_START_CONFIG_H

#include "config/config.h"

enum {
    START_PATH_SIZE = sizeof(((struct config *)0)->daemon.run_dir) + 32,
};

/* NULL if the switch cannot start with it, and the log says why. */
struct config *start_config_read(const char *path);

/* Says why the switch does not start; also to standard error if the log goes to
 * a file. */
void start_refuse(const char *what, const char *error);

/* RUN-DIR/BRIDGE.SUFFIX; returns 'path'. */
const char *start_run_path(const struct config *c, const char *suffix,
                           char path[START_PATH_SIZE]);

#endif
