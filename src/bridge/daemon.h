/* `flowbridge run`: starts the switch, runs its main loop, stops it. */
#ifndef BRIDGE_DAEMON_H
#define BRIDGE_DAEMON_H

/* Returns the exit code: 0 after SIGTERM or SIGINT, 1 if it could not start. */
int daemon_run(const char *config_path);

#endif
