/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults that take several keys to see.
 */
#ifndef CONFIG_CONFIG_CHECK_H
#define CONFIG_CONFIG_CHECK_H

#include "config/config.h"
#include "config/config_keys.h"

/* Adds to 'faults' and returns how many were found.  'c' may come from a file
 * that has faults already. */
size_t config_check(const struct config *c, struct config_faults *faults);

/* A fault of the 'item'th section of its kind and of a key in it, with the line
 * of the key or, if it was not given, of the section, or the first. */
struct config_subject {
    enum config_section_id section;
    size_t item;
    const char *key;
};
void config_check_fault(const struct config *c, struct config_faults *faults,
                        const struct config_subject *subject,
                        const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for values that are no fault but will surprise. */
void config_check_note(const struct config *c, struct config_faults *faults,
                       const struct config_subject *subject, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

#endif
