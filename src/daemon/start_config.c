/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/start_config.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/user_lookup.h"
#include "bridge/host_check.h"
#include "bridge/reload.h"
#include "daemon/socket_file.h"

/* True the first time if the log goes to a file: the person who has just
 * started the switch looks at standard error, and is told there as well. */
static bool is_to_be_said_again(void)
{
    return log_is_in_file() && log_open(NULL) == 0;
}

void start_refuse(const char *what, const char *error)
{
    do
        log_error("start.failed", "what=%s error=%s", what, error);
    while (is_to_be_said_again());
}

const char *start_run_path(const struct config *c, const char *suffix,
                           char path[START_PATH_SIZE])
{
    snprintf(path, START_PATH_SIZE, "%s/%s.%s", c->daemon.run_dir,
             c->bridge.name, suffix);
    return path;
}

/*
 * The log is as the file has it from the first line on, also if that says what
 * else is wrong with the file.  Its file is opened with the eyes of the user
 * that the switch becomes, so that it is his and can be opened again.
 */
static void begin_log(const struct config *c)
{
    struct user_lookup_self self = {.is_other = false};
    struct user_lookup user;
    int err;

    log_set_levels(c->log.level);
    log_set_format(c->log.is_json ? LOG_JSON : LOG_LOGFMT);
    if (*c->daemon.user && user_lookup_user(c->daemon.user, &user) == 0)
        user_lookup_act_as(&self, &user);
    err = log_open(c->log.file);
    user_lookup_return(&self);
    if (err && !c->has_faults)
        log_error("log.failed", "file=%s error=%s", c->log.file,
                  strerror(-err));
}

/* Logs all faults at once. */
static void log_faults(const struct config_faults *faults, bool is_good)
{
    do {
        reload_log_faults(faults);
        if (!is_good)
            log_error(
                "start.failed", "what=%s faults=%zu hint=%s", "configuration",
                faults->count,
                "nothing was changed; flowbridge check prints the same faults");
    } while (!is_good && is_to_be_said_again());
}

struct config *start_config_read(const char *path)
{
    struct config_faults faults = {0};
    struct config *c = config_parse(path, &faults);
    char ctl[START_PATH_SIZE];
    bool is_good = c && !c->has_faults, is_alone;

    /* First, for its ports look like those of another switch. */
    is_alone = !is_good || !socket_file_is_alive(start_run_path(c, "ctl", ctl));
    is_good = is_good && is_alone && host_check(c, false, &faults) == 0;
    if (c)
        begin_log(c);
    if (is_alone)
        log_faults(&faults, is_good);
    else
        start_refuse("control socket",
                     "a switch of this name is already running; stop it first");
    config_faults_clear(&faults);
    if (is_good)
        return c;
    config_free(c);
    return NULL;
}
