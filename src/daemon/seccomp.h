/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A filter of system calls: the calls of a running switch are allowed, calls
 * that would help only an intruder end the process, all others fail with EPERM.
 * The kernel's audit log tells of calls that are not allowed.
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
 * For good, for the calling thread, beside the process's filter: allows the
 * calls of a worker, to take and send frames on files that are open already.
 * It opens nothing, connects to nobody, and names no file.  Returns 0 or
 * -errno.
 */
int seccomp_restrict_worker(void);

#endif
