/* What is wrong with a configuration, gathered line by line. */
#ifndef BRIDGE_CONFIG_FAULTS_H
#define BRIDGE_CONFIG_FAULTS_H

#include "bridge/config.h"

enum { CONFIG_FAULTS_MAX = 100 }; /* then one more line says that it goes on */

/* Where a fault is; each part may be left out (0, NULL). */
struct config_place {
    const char *path;
    int line;
    const char *section; /* "port em1" */
    const char *key;
};

/* Adds the line FILE:LINE: [section] key: followed by the formatted text.
 * Control characters, which may come from the file, become '?'. */
void config_faults_add(struct config_faults *f, const struct config_place *at,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
