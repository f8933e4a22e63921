/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A listening UNIX socket in the run-dir that belongs to one switch at a time.
 *
 * PATH.lock is locked as long as the socket is open, so of two starts at once
 * one is refused, and a socket without its lock is that of a switch that died:
 * it is replaced.  Both files go with socket_file_close.
 */
#ifndef DAEMON_SOCKET_FILE_H
#define DAEMON_SOCKET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct socket_file;

struct socket_file_options {
    const char *path;
    uid_t uid; /* the owner; (uid_t)-1: us */
    gid_t gid; /* the group; (gid_t)-1: ours */
    int backlog;
};

/* Whether somebody answers at 'path'.  No if that cannot be told: of two starts
 * at once socket_file_open refuses one. */
bool socket_file_is_alive(const char *path);

/*
 * Binds and listens; the mode is 0660 from the first moment on, for which the
 * process's umask is changed for that moment.  Returns 0, or -errno with '*f'
 * NULL and 'error' one line that says what to do; -EADDRINUSE: another is
 * alive.
 */
int socket_file_open(struct socket_file **f,
                     const struct socket_file_options *o, char *error,
                     size_t error_size);
/* Non-blocking; borrowed. */
int socket_file_fd(const struct socket_file *f);
void socket_file_close(struct socket_file *f);

#endif
