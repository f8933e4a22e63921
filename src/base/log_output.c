/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 32, FILE_MODE = 0640 };

/* Not blocking: a pipe that nobody reads must not stop the switch. */
enum {
    OPEN_FLAGS = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
};

/* Opens what 'fd' is open on once more; -1 if that is not allowed. */
static int open_again(int fd, int flags)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return open(path, flags);
}

/* A disk that was full, or a switch that was killed, may have left the file in
 * the middle of a line. */
static bool ends_in_a_line(int fd)
{
    struct stat s;
    char last = '\n';
    int again;

    if (fstat(fd, &s) < 0 || !S_ISREG(s.st_mode) || s.st_size == 0)
        return false;
    again = open_again(fd, O_RDONLY | O_CLOEXEC);
    if (again < 0)
        return false;
    if (pread(again, &last, 1, s.st_size - 1) < 1)
        last = '\n';
    close(again);
    return last != '\n';
}

static void begin(struct log_output *o, int fd)
{
    struct stat s;

    o->fd = fd;
    o->is_ours = fd != STDERR_FILENO;
    o->is_socket = fstat(fd, &s) == 0 && S_ISSOCK(s.st_mode);
    o->rest_size = 0;
    if (ends_in_a_line(fd))
        o->rest[o->rest_size++] = '\n';
}

void log_output_open_standard(struct log_output *o)
{
    struct stat s;
    int fd = -1;

    /* Never a regular file: who shares its offset would write over us. */
    if (fstat(STDERR_FILENO, &s) == 0 &&
        (S_ISFIFO(s.st_mode) || isatty(STDERR_FILENO)))
        fd = open_again(STDERR_FILENO, OPEN_FLAGS);
    begin(o, fd < 0 ? STDERR_FILENO : fd);
}

int log_output_open_file(struct log_output *o, const char *path)
{
    int fd = open(path, OPEN_FLAGS | O_CREAT, FILE_MODE);

    if (fd < 0)
        return -errno;
    begin(o, fd);
    return 0;
}

/* An error is left to the write to find. */
bool log_output_wait(const struct log_output *o, int wait_ms)
{
    struct pollfd p = {.fd = o->fd, .events = POLLOUT};

    return poll(&p, 1, wait_ms) > 0;
}

/* A pipe with room for anything has it for PIPE_BUF bytes: pipe(7). */
static ssize_t write_some(const struct log_output *o, const char *bytes,
                          size_t size)
{
    if (o->is_socket)
        return send(o->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (!log_output_wait(o, 0)) {
        errno = EAGAIN;
        return -1;
    }
    return write(o->fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
}

/* Returns how much was written. */
static size_t write_most(const struct log_output *o, const char *bytes,
                         size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t written = write_some(o, bytes + done, size - done);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        done += (size_t)written;
    }
    return done;
}

bool log_output_finish(struct log_output *o)
{
    size_t written = write_most(o, o->rest, o->rest_size);

    o->rest_size -= written;
    memmove(o->rest, o->rest + written, o->rest_size);
    return o->rest_size == 0;
}

void log_output_close(struct log_output *o)
{
    if (o->is_ours)
        close(o->fd);
}

bool log_output_write(struct log_output *o, const struct log_line *line)
{
    size_t written;

    if (!log_output_finish(o))
        return false;
    written = write_most(o, line->text, line->size);
    if (written == 0)
        return false;
    o->rest_size = line->size - written;
    memcpy(o->rest, line->text + written, o->rest_size);
    return true;
}
