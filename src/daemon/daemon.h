/* SPDX-License-Identifier: BSD-2-Clause */
/* `flowbridge run`: starts the switch, runs its main loop, stops it. */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

/* Returns the exit code: 0 after SIGTERM or SIGINT, 1 if it could not start. */
int daemon_run(const char *config_path);

#endif
