/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where log lines are written, without ever waiting for a reader.
 *
 * A pipe, a terminal or a socket whose reader stands still refuses a line; the
 * caller decides what becomes of it.  A regular file is written to directly:
 * the kernel has no way to write to a disk that does not answer without
 * waiting.  A line is never cut: what could not be written of one goes out
 * before the next line, and a file that ends in the middle of a line gets its
 * newline first.
 */
#ifndef BASE_LOG_OUTPUT_H
#define BASE_LOG_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/log_line.h"

struct log_output {
    int fd;
    bool is_socket;
    bool is_ours; /* to be closed; else it is the process's standard error */
    size_t rest_size;
    char rest[LOG_LINE_SIZE]; /* of a line of which a part was written */
};

/* Standard error just as it is; log_output_open_standard is better. */
#define LOG_OUTPUT_STANDARD                                                    \
    {                                                                          \
        .fd = 2                                                                \
    }

/*
 * Standard error.  A pipe or a terminal is opened a second time, so that writes
 * to it do not wait and other processes that share it notice nothing; where
 * that is not allowed, each write asks first whether there is room.
 */
void log_output_open_standard(struct log_output *o);

/* The file 'path', made with mode 0640; lines are appended.  Returns 0 or
 * -errno, and then leaves '*o' as it was. */
int log_output_open_file(struct log_output *o, const char *path);

/* Writes the rest of a line, if there is one; false: that is still there. */
bool log_output_finish(struct log_output *o);

void log_output_close(struct log_output *o);

/* Writes a whole line, or returns false and nothing of it will appear.  Several
 * processes may write to one file: each line up to 4 KiB is one write. */
bool log_output_write(struct log_output *o, const struct log_line *line);

/* Waits until there is room for a line, at most 'wait_ms'. */
bool log_output_wait(const struct log_output *o, int wait_ms);

#endif
