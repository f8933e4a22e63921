/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A filter of system calls: what a running switch calls is allowed, what would
 * help only somebody who has broken into it ends the process, all else fails
 * with EPERM.  What is not allowed is told in the kernel's audit log.
 *
 * seccomp(2), libseccomp.  Without that at build time, seccomp_restrict returns
 * -EOPNOTSUPP.
 */
#ifndef DAEMON_SECCOMP_H
#define DAEMON_SECCOMP_H

/*
 * For good, for all threads, and with no_new_privs.  After all that only a
 * start does; threads can still be made, processes cannot.  Returns 0 or
 * -errno.
 */
int seccomp_restrict(void);

/*
 * For good, for the calling thread, beside what the process has: what a worker
 * calls to take and send frames on files that are open already.  It opens
 * nothing, connects to nobody, and names no file.  Returns 0 or -errno.
 */
int seccomp_restrict_worker(void);

#endif
