/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts a configuration together from its sections and keys, in the order of
 * the file; says what is wrong with each and goes on.
 *
 * Knows nothing of files and lines of text; those are config_read.c's.
 */
#ifndef CONFIG_CONFIG_BUILD_H
#define CONFIG_CONFIG_BUILD_H

#include "config/config.h"
#include "config/config_keys.h"

struct config_build {
    struct config *config;        /* borrowed */
    struct config_faults *faults; /* borrowed */
    bool has_fault;               /* also when there was no memory to say so */
    int line;                     /* the caller sets it before each call */

    /* The section whose keys come now. */
    const struct config_section *section; /* NULL: none, or an unknown one */
    size_t item;                          /* numbers the sections of one kind */
    void *base;                           /* the keys' offsets count from it */
    char heading[64];                     /* "port em1"; empty: none yet */

    /* For the keys of a section that is a fault itself. */
    size_t spare_items;
    union {
        struct config_port port;
        struct config_queue queue;
        struct config_controller controller;
    } spare;
};

/* 'config' has its path and its (empty) lines; its keys get their defaults. */
void config_build_begin(struct config_build *b, struct config *config,
                        struct config_faults *faults);

/* 'text' stood between the brackets; it is changed. */
void config_build_section(struct config_build *b, char *text);

/* The text between the brackets is unusable; skips the keys up to the next
 * section. */
void config_build_skip_section(struct config_build *b);

void config_build_pair(struct config_build *b, const char *name,
                       const char *value);

/* A fault at this place; 'key' may be NULL. */
void config_build_fault(struct config_build *b, const char *key,
                        const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A line that is no heading and has no '='. */
void config_build_nothing(struct config_build *b, const char *line);

/* 'text' without the white space around it; cuts the end off in place. */
char *config_build_trim(char *text);

#endif
