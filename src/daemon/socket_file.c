/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/socket_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unix_address.h"
#include "daemon/run_dir.h"

enum {
    LOCK_TRIES = 16, /* each lost to a switch that was just stopping */
    SOCKET_MODE = 0660,
};

struct socket_file {
    char *path;
    const char *name; /* within 'path' */
    char lock_name[NAME_MAX + 1];
    int dir_fd, lock_fd, fd;
    bool is_locked;   /* by us: the files are ours to remove */
    struct stat made; /* the socket; all zero before it is there */
};

struct refusal {
    char *text;
    size_t size;
};

__attribute__((format(printf, 3, 4))) static int
refuse(const struct refusal *r, int result, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(r->text, r->size, format, args);
    va_end(args);
    return result;
}

static int refuse_alive(const struct socket_file *f, const struct refusal *r)
{
    char pid[16] = "";
    ssize_t size =
        f->lock_fd < 0 ? 0 : pread(f->lock_fd, pid, sizeof(pid) - 1, 0);

    pid[size > 0 ? strspn(pid, "0123456789") : 0] = '\0';
    if (pid[0])
        return refuse(r, -EADDRINUSE,
                      "%s: a switch of this name is already running (process "
                      "%s); stop it first",
                      f->path, pid);
    return refuse(r, -EADDRINUSE,
                  "%s: a switch of this name is already running; stop it first",
                  f->path);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_known(const struct stat *s, const struct socket_file_options *o)
{
    return s->st_uid == 0 || s->st_uid == geteuid() || s->st_uid == o->uid;
}

/* Nobody else can put a file into the directory, so that one of another user is
 * of a switch that ran as that user. */
static bool is_ours_alone(int dir_fd)
{
    struct stat s;

    return fstat(dir_fd, &s) == 0 && (s.st_uid == 0 || s.st_uid == geteuid()) &&
           !(s.st_mode & (S_IWGRP | S_IWOTH));
}

/*
 * Takes the lock that is in the directory now: the file may have been removed
 * between our open and our lock by the switch that held it.  Returns 0, -EAGAIN
 * to try again, or the result of refuse.
 */
static int try_lock(struct socket_file *f, const struct socket_file_options *o,
                    const struct refusal *r)
{
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    struct stat ours, there;

    f->lock_fd = openat(f->dir_fd, f->lock_name, flags, 0600);
    if (f->lock_fd < 0 || fstat(f->lock_fd, &ours) < 0)
        return refuse(r, -errno, "%s.lock: %s; remove it if it was left behind",
                      f->path, strerror(errno));
    if (!S_ISREG(ours.st_mode) || ours.st_nlink > 1 ||
        (!is_known(&ours, o) && !is_ours_alone(f->dir_fd)))
        return refuse(r, -EPERM,
                      "%s.lock: is not a lock file of this switch; remove it",
                      f->path);
    if (flock(f->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK
                   ? refuse_alive(f, r)
                   : refuse(r, -errno, "%s.lock: cannot be locked: %s", f->path,
                            strerror(errno));
    if (fstatat(f->dir_fd, f->lock_name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
        is_same(&ours, &there)) {
        if (is_known(&ours, o))
            return 0;
        /* Of another user before, who could not take it away at his end. */
        unlinkat(f->dir_fd, f->lock_name, 0);
    }
    close(f->lock_fd);
    f->lock_fd = -1;
    return -EAGAIN;
}

static int lock(struct socket_file *f, const struct socket_file_options *o,
                const struct refusal *r)
{
    int result = -EAGAIN;

    for (int i = 0; result == -EAGAIN && i < LOCK_TRIES; i++)
        result = try_lock(f, o, r);
    if (result == -EAGAIN)
        return refuse(r, result, "%s.lock: is removed by another process",
                      f->path);
    if (result < 0)
        return result;
    f->is_locked = true;
    /* The process id is for people; a process that cannot write it has the
     * lock. */
    if (ftruncate(f->lock_fd, 0) < 0 ||
        dprintf(f->lock_fd, "%ld\n", (long)getpid()) < 0 ||
        fchown(f->lock_fd, o->uid, o->gid) < 0)
        return refuse(r, -errno, "%s.lock: %s", f->path, strerror(errno));
    return 0;
}

/* Returns 0 if somebody answers, or -errno; -ECONNREFUSED and -ENOENT if nobody
 * is there.  A full queue of connections is an answer. */
static int try_connect(const struct unix_address *a)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int result = 0;

    if (fd < 0)
        return -errno;
    if (connect(fd, (const struct sockaddr *)&a->name, sizeof(a->name)) < 0 &&
        errno != EAGAIN)
        result = -errno;
    close(fd);
    return result;
}

bool socket_file_is_alive(const char *path)
{
    struct unix_address a;
    bool is_alive;

    if (unix_address_open(&a, path) < 0)
        return false;
    is_alive = try_connect(&a) == 0;
    unix_address_close(&a);
    return is_alive;
}

/* A lock can be lost by an overeager clean-up; a switch that answers is alive
 * all the same. */
static int test_alive(const struct socket_file *f, const struct unix_address *a,
                      const struct refusal *r)
{
    int result = try_connect(a);

    if (result == 0)
        return refuse_alive(f, r);
    if (result == -ECONNREFUSED || result == -ENOENT)
        return 0;
    return refuse(r, result, "%s: cannot find out whether it is in use: %s",
                  f->path, strerror(-result));
}

static int remove_stale(struct socket_file *f, const struct unix_address *a,
                        const struct refusal *r)
{
    struct stat s;
    int result;

    if (fstatat(f->dir_fd, f->name, &s, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT
                   ? 0
                   : refuse(r, -errno, "%s: %s", f->path, strerror(errno));
    if (!S_ISSOCK(s.st_mode))
        return refuse(r, -EEXIST, "%s: exists and is not a socket; remove it",
                      f->path);
    result = test_alive(f, a, r);
    if (result == 0 && unlinkat(f->dir_fd, f->name, 0) < 0 && errno != ENOENT)
        result = refuse(r, -errno, "%s: the old one cannot be removed: %s",
                        f->path, strerror(errno));
    return result;
}

/* By an open file and not by name, so that the owner of the directory cannot
 * make us give something else away. */
static int give_away(struct socket_file *f, const struct socket_file_options *o,
                     const struct refusal *r)
{
    int fd = openat(f->dir_fd, f->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    int result = 0;

    if (fd < 0 || fstat(fd, &f->made) < 0)
        result = refuse(r, -errno, "%s: %s", f->path, strerror(errno));
    else if (!S_ISSOCK(f->made.st_mode) || f->made.st_uid != geteuid())
        result = refuse(r, -EPERM, "%s: was replaced by another file", f->path);
    else if (fchownat(fd, "", o->uid, o->gid, AT_EMPTY_PATH) < 0)
        result = refuse(r, -errno, "%s: cannot change its owner: %s", f->path,
                        strerror(errno));
    if (fd >= 0)
        close(fd);
    return result;
}

static int bind_and_listen(struct socket_file *f,
                           const struct socket_file_options *o,
                           const struct unix_address *a,
                           const struct refusal *r)
{
    mode_t before;
    int bound, result;

    f->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (f->fd < 0)
        return refuse(r, -errno, "%s: no socket: %s", f->path, strerror(errno));
    before = umask(0777 & ~SOCKET_MODE);
    bound = bind(f->fd, (const struct sockaddr *)&a->name, sizeof(a->name));
    umask(before);
    if (bound < 0 || listen(f->fd, o->backlog) < 0)
        result = refuse(r, -errno, "%s: cannot be created: %s", f->path,
                        strerror(errno));
    else
        result = give_away(f, o, r);
    /* A file known to be ours is removed with its close. */
    if (result < 0 && bound == 0 && !f->made.st_ino)
        unlinkat(f->dir_fd, f->name, 0);
    return result;
}

static int open_all(struct socket_file *f, const struct socket_file_options *o,
                    const struct refusal *r)
{
    char *dir = strndup(f->path, (size_t)(f->name - f->path - 1));
    struct unix_address a;
    int result;

    if (!dir)
        return refuse(r, -ENOMEM, "%s: out of memory", f->path);
    f->dir_fd = run_dir_open(dir, o->uid, o->gid, r->text, r->size);
    free(dir);
    if (f->dir_fd < 0)
        return f->dir_fd;
    result = lock(f, o, r);
    if (result < 0)
        return result;
    result = unix_address_open(&a, f->path);
    if (result < 0)
        return refuse(r, result, "%s: %s", f->path, strerror(-result));
    result = remove_stale(f, &a, r);
    if (result == 0)
        result = bind_and_listen(f, o, &a, r);
    unix_address_close(&a);
    return result;
}

int socket_file_open(struct socket_file **f,
                     const struct socket_file_options *o, char *error,
                     size_t error_size)
{
    const struct refusal r = {error, error_size};
    const char *slash = strrchr(o->path, '/');
    struct socket_file *made;
    int result;

    *f = NULL;
    if (!slash || slash == o->path || !slash[1] ||
        strlen(slash + 1) + sizeof(".lock") > sizeof(made->lock_name))
        return refuse(&r, -EINVAL, "%s: must be a file in a directory",
                      o->path);
    made = calloc(1, sizeof(*made));
    if (!made || !(made->path = strdup(o->path))) {
        free(made);
        return refuse(&r, -ENOMEM, "%s: out of memory", o->path);
    }
    made->dir_fd = made->lock_fd = made->fd = -1;
    made->name = made->path + (slash + 1 - o->path);
    snprintf(made->lock_name, sizeof(made->lock_name), "%s.lock", made->name);

    result = open_all(made, o, &r);
    if (result < 0)
        socket_file_close(made);
    else
        *f = made;
    return result;
}

int socket_file_fd(const struct socket_file *f)
{
    return f->fd;
}

/* The lock goes last, so that its next holder finds the place empty. */
void socket_file_close(struct socket_file *f)
{
    struct stat there;

    if (!f)
        return;
    if (f->fd >= 0)
        close(f->fd);
    if (f->made.st_ino &&
        fstatat(f->dir_fd, f->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
        is_same(&there, &f->made))
        unlinkat(f->dir_fd, f->name, 0);
    if (f->is_locked)
        unlinkat(f->dir_fd, f->lock_name, 0);
    if (f->lock_fd >= 0)
        close(f->lock_fd);
    if (f->dir_fd >= 0)
        close(f->dir_fd);
    free(f->path);
    free(f);
}
