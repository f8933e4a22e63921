/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/host_check_paths.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/user_lookup.h"
#include "config/config_check.h"

enum { WHAT_SIZE = 4096 + 256 };

struct paths {
    const struct config *c;
    struct config_faults *faults;
    bool is_user; /* we look with the eyes of the switch's user */
    size_t count;
};

__attribute__((format(printf, 3, 4))) static void
fault(struct paths *p, const struct config_subject *subject, const char *format,
      ...)
{
    char what[WHAT_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    config_check_fault(p->c, p->faults, subject, "%s", what);
    p->count++;
}

/* A missing right of this user is no fault of the file. */
static void note_access(struct paths *p, const struct config_subject *subject,
                        const char *path)
{
    if (p->is_user)
        config_check_note(p->c, p->faults, subject,
                          "the switch's user %s%s cannot write to %s; chown "
                          "it, or write another path",
                          p->c->daemon.user,
                          *p->c->daemon.user ? "" : "(who starts it)", path);
}

static bool is_about_access(int err)
{
    return err == EACCES || err == EPERM || err == EROFS;
}

/* The directory of 'path' must be there, to make a file in. */
static void check_parent(struct paths *p, const struct config_subject *subject,
                         const char *path, bool is_written)
{
    char copy[4096];
    const char *dir;
    struct stat s;

    snprintf(copy, sizeof(copy), "%s", path);
    dir = dirname(copy);
    if (stat(dir, &s) < 0) {
        if (!is_about_access(errno))
            fault(p, subject,
                  "the directory %s: %s; create it, or write another path", dir,
                  strerror(errno));
    } else if (!S_ISDIR(s.st_mode)) {
        fault(p, subject, "%s is not a directory; write another path", dir);
    } else if (is_written &&
               faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) < 0) {
        note_access(p, subject, dir);
    }
}

/* 'is_replaced': each time by a new file, and so the directory counts. */
static void check_file(struct paths *p, const struct config_subject *subject,
                       const char *path, bool is_replaced)
{
    struct stat s;

    if (!*path)
        return;
    if (stat(path, &s) < 0 || is_replaced)
        check_parent(p, subject, path, true);
    else if (!S_ISDIR(s.st_mode) &&
             faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
        note_access(p, subject, path);
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode))
        fault(p, subject, "%s is a directory; write the path of a file", path);
}

/* It is made if it is not there, but its parents are not. */
static void check_run_dir(struct paths *p)
{
    const struct config_subject subject = {CONFIG_DAEMON, 0, "run-dir"};
    const char *path = p->c->daemon.run_dir;
    struct stat s;

    if (lstat(path, &s) < 0)
        check_parent(p, &subject, path, false);
    else if (!S_ISDIR(s.st_mode))
        fault(p, &subject,
              "%s is not a directory (links are not followed); write another "
              "path",
              path);
}

size_t host_check_paths(const struct config *c, struct config_faults *faults)
{
    const struct config_subject log = {CONFIG_LOG, 0, "file"};
    const struct config_subject state = {CONFIG_DAEMON, 0, "state-file"};
    struct paths p = {.c = c, .faults = faults};
    struct user_lookup user = {.uid = geteuid()};
    struct user_lookup_self self = {.is_other = false};

    if (!*c->daemon.user || user_lookup_user(c->daemon.user, &user) == 0) {
        user_lookup_act_as(&self, &user);
        p.is_user = geteuid() == user.uid;
    }
    check_file(&p, &log, c->log.file, false);
    check_file(&p, &state, c->daemon.state_file, true);
    user_lookup_return(&self);
    check_run_dir(&p);
    return p.count;
}
