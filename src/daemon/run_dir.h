/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The run-dir, where the switch's sockets are made.  A link in its place, or a
 * directory that somebody else could change under us, is refused.
 */
#ifndef DAEMON_RUN_DIR_H
#define DAEMON_RUN_DIR_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Opens the directory 'path', which is made for 'uid' and 'gid' (-1: us), mode
 * 0755, if it is not there; those above it must be.  Returns its file, which
 * the caller closes, or -errno and 'error' is one line that says what to do.
 */
int run_dir_open(const char *path, uid_t uid, gid_t gid, char *error,
                 size_t error_size);

#endif
