/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

/* clang-format off */
static const struct option long_options[] = {
    /* clang-format off */
    {"json",    no_argument, NULL, 'j'},
    {"strict",  no_argument, NULL, 'S'},
    {"all",     no_argument, NULL, 'a'},
    {"help",    no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
    /* clang-format on */
};
/* clang-format on */

static const char *wanted_by(int option)
{
    switch (option) {
    case 'c':
        return "a FILE";
    case 'O':
        return "a VERSION, such as OpenFlow13";
    default:
        return "unix:PATH or tcp:HOST:PORT";
    }
}

static int refuse(int option, char *const *argv, char *error, size_t error_size)
{
    struct suggestion n;

    if (option == ':') {
        snprintf(error, error_size, "-%c needs %s", optopt, wanted_by(optopt));
        return -EINVAL;
    }
    if (optopt != 0 && !strchr("jSahV", optopt)) {
        snprintf(error, error_size, "unknown option -%c", optopt);
        return -EINVAL;
    }
    n = suggest_for(argv[optind - 1] + 2);
    for (const struct option *o = long_options; o->name; o++)
        suggest_try(&n, o->name);
    snprintf(error, error_size, "unknown option %s%s%s%s", argv[optind - 1],
             n.best ? "; did you mean --" : "", n.best ? n.best : "",
             n.best ? "?" : "");
    return -EINVAL;
}

int options_parse(struct options *o, int argc, char **argv, char *error,
                  size_t error_size)
{
    int option;

    *o = (struct options){0};
    optind = 0; /* glibc: start again */
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:s:O:hV", long_options,
                                 NULL)) != -1) {
        switch (option) {
        case 'c':
            o->config_path = optarg;
            break;
        case 's':
            o->target = optarg;
            break;
        case 'O':
            o->openflow = optarg;
            break;
        case 'j':
            o->is_json = true;
            break;
        case 'S':
            o->is_strict = true;
            break;
        case 'a':
            o->is_all = true;
            break;
        case 'h':
            o->is_help = true;
            break;
        case 'V':
            o->is_version = true;
            break;
        default:
            return refuse(option, argv, error, error_size);
        }
    }
    if (o->target && strncmp(o->target, "unix:", 5) != 0 &&
        strncmp(o->target, "tcp:", 4) != 0) {
        snprintf(error, error_size,
                 "-s takes unix:PATH or tcp:HOST:PORT, not '%s'", o->target);
        return -EINVAL;
    }
    if (optind < argc)
        o->command = argv[optind++];
    o->arguments = argv + optind;
    o->argument_count = argc - optind;
    return 0;
}
