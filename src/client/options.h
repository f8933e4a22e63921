/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line, apart from the commands and their meaning. */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* All borrowed from argv; NULL: not given. */
struct options {
    const char *command;
    const char *config_path; /* -c FILE */
    const char *target;      /* -s unix:PATH or tcp:HOST:PORT */
    const char *openflow;    /* -O VERSION */
    bool is_json, is_strict, is_all, is_help, is_version;
    char **arguments; /* 'argument_count', after the command */
    int argument_count;
};

/*
 * Options may stand before and after the command; "--" ends them.  Returns 0,
 * or -EINVAL and 'error' is one line that says what to do.  Reorders argv.
 */
int options_parse(struct options *o, int argc, char **argv, char *error,
                  size_t error_size);

#endif
