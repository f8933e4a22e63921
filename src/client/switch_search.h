/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the running switch of a configuration that does not say any more where
 * it is: its [bridge] name or [daemon] run-dir was changed, or the file has
 * been emptied.
 *
 * Asks every control socket of flowbridge on this machine.
 */
#ifndef CLIENT_SWITCH_SEARCH_H
#define CLIENT_SWITCH_SEARCH_H

#include <stdbool.h>

struct switch_found {
    char name[16];
    char run_dir[4096 - 64];
};

/* Whether somebody listens at the socket 'path'; true also if that cannot be
 * told. */
bool switch_search_is_alive(const char *path);

/* Where the switch is that was started with this file; false: nowhere. */
bool switch_search(const char *config_path, struct switch_found *found);

#endif
