/* SPDX-License-Identifier: BSD-2-Clause */
/* The faults of a configuration, gathered line by line. */
#ifndef CONFIG_CONFIG_FAULTS_H
#define CONFIG_CONFIG_FAULTS_H

#include <cjson/cJSON.h>

#include "config/config.h"

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

/* The same for values that are no fault but will surprise: FILE:LINE: [section]
 * key: note: followed by the text. */
void config_faults_note(struct config_faults *f, const struct config_place *at,
                        const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says of the faults from 'first' on, which are of another file, which key has
 * named that; their text stays. */
void config_faults_attribute(struct config_faults *f, size_t first,
                             const char *section, const char *key);

/* Appends an object for each fault to 'array', which may be NULL, for programs:
 * file, line, section, key, what, and the whole text. */
void config_faults_to_json(const struct config_fault *list, size_t count,
                           cJSON *array);

#endif
