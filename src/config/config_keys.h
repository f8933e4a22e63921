/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every section and key of the configuration file, in one table.
 *
 * A new key is a row here and a field in struct config; a new kind of section
 * is a row in both tables.
 */
#ifndef CONFIG_CONFIG_KEYS_H
#define CONFIG_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config_value.h"

enum config_section_id {
    CONFIG_BRIDGE,
    CONFIG_LOCAL,
    CONFIG_PORT,
    CONFIG_QUEUE,
    CONFIG_CONTROLLER,
    CONFIG_OPENFLOW,
    CONFIG_FLOWS,
    CONFIG_DATAPATH,
    CONFIG_LOG,
    CONFIG_DAEMON,
    CONFIG_SECTIONS,
};

struct config;

/* Where in struct config the sections with a label, [port NAME], are kept: a
 * pointer to an array of structs and their count. */
struct config_array {
    size_t items_offset, count_offset; /* in struct config */
    size_t item_size;
    size_t count_max;
    size_t label_offset; /* in an item: its name, char[] */
    /* Whether it can be one, and so fits its place. */
    bool (*label_is_valid)(const char *label, char why[CONFIG_WHY_SIZE]);
    size_t line_offset; /* in an item: int */
};

struct config_section {
    const char *name;
    const char *label;                /* follows the name; NULL: nothing does */
    const struct config_array *array; /* NULL: the section is there once */
};

struct config_key {
    enum config_section_id section;
    const char *name;
    const struct config_kind *kind;
    size_t offset; /* in struct config, or in the section's item */
    struct config_limits limits;
    const char *initial; /* the default; NULL: no value */
    bool needs_restart;  /* a reload cannot change it */
    const char *help;    /* ends a fault about the value */
};

extern const struct config_section config_sections[CONFIG_SECTIONS];
extern const struct config_key config_keys[];
extern const size_t config_key_count;

/* NULL if there is none of that name. */
const struct config_key *config_keys_find(enum config_section_id section,
                                          const char *name);

/* The array's items in 'c' and how many there are. */
void *config_array_items(const struct config_array *a, const struct config *c);
size_t config_array_count(const struct config_array *a, const struct config *c);

#endif
