/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The privileges of the process: CAP_NET_ADMIN and CAP_NET_RAW and, after the
 * start, nothing else.  Main thread, before there are others; capabilities(7).
 */
#ifndef DAEMON_PRIVILEGES_H
#define DAEMON_PRIVILEGES_H

#include <stddef.h>

/*
 * Sees to it that both capabilities are in force.  Returns 0, or -EPERM and
 * 'error' is one line that says which is missing and how to give it.
 */
int privileges_check(char *error, size_t error_size);

/*
 * Becomes 'user' (a name or a number; empty: stays the same user) with exactly
 * these two capabilities permitted and effective, the user's supplementary
 * groups, an empty bounding set, nothing inheritable or ambient, no_new_privs,
 * and memory that others of the same user cannot look into.
 *
 * A process that is not root cannot become another; it stays the same user,
 * says so in the log, and gives up the rest alike.  (Its bounding set stays as
 * well, but no_new_privs leaves that without effect.)
 *
 * Returns 0, or -errno and 'error' is one line that says what to do; the caller
 * then must not go on.
 */
int privileges_drop(const char *user, char *error, size_t error_size);

#endif
