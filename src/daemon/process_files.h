/* SPDX-License-Identifier: BSD-2-Clause */
/* The open files that the process begins with. */
#ifndef DAEMON_PROCESS_FILES_H
#define DAEMON_PROCESS_FILES_H

/* A standard stream that is closed would be the next file that is opened. */
void process_files_fill_standard(void);

/* A port takes a few files for each worker: as many as we may have. */
void process_files_raise_limit(void);

#endif
