/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * On which line of the file each section and key stood, so that a fault that
 * takes several keys to see still has its place.
 */
#ifndef CONFIG_CONFIG_LINES_H
#define CONFIG_CONFIG_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config_keys.h"

struct config_lines;

struct config_lines *config_lines_create(void);
void config_lines_free(struct config_lines *l);

/* 'item' counts the sections of one kind from 0; 'key' is NULL for the section
 * itself, else borrowed for good.  False if out of memory. */
bool config_lines_add(struct config_lines *l, enum config_section_id section,
                      size_t item, const char *key, int line);

/* The line, or 0 if the key was not given. */
int config_lines_find(const struct config_lines *l,
                      enum config_section_id section, size_t item,
                      const char *key);

#endif
