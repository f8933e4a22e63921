/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hash.h"

enum {
    VERSION_NUMBER = 1,
    MAGIC_SIZE = 16,
    FILE_MODE = 0600,
};

#define FILE_MAX ((off_t)1 << 30)

static const char magic[MAGIC_SIZE] = "flowbridge state";

static uint64_t checksum(const uint8_t *bytes, size_t size)
{
    uint64_t hash = size, word;

    for (; size >= sizeof(word); bytes += sizeof(word), size -= sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        hash = hash_add(hash, word);
    }
    word = 0;
    memcpy(&word, bytes, size);
    return hash_add(hash, word);
}

static void put_number(uint8_t *at, uint64_t number, size_t size)
{
    for (size_t i = size; i-- > 0; number >>= 8)
        at[i] = (uint8_t)number;
}

/* The name, the version, then the size and the checksum of the records. */
void state_file_seal(uint8_t *bytes, size_t size)
{
    const uint8_t *body = bytes + STATE_FILE_HEAD_SIZE;
    size_t left = size - STATE_FILE_HEAD_SIZE;

    memcpy(bytes, magic, MAGIC_SIZE);
    put_number(bytes + MAGIC_SIZE, VERSION_NUMBER, 8);
    put_number(bytes + MAGIC_SIZE + 8, left, 8);
    put_number(bytes + MAGIC_SIZE + 16, checksum(body, left), 8);
}

const char *state_file_fault(const uint8_t *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size);
    const uint8_t *name = read_bytes(&r, MAGIC_SIZE);
    uint64_t version = read_u64(&r), left, sum;

    if (!name || memcmp(name, magic, MAGIC_SIZE) != 0)
        return "it is not a state file";
    if (r.bad || version != VERSION_NUMBER)
        return "another version of flowbridge wrote it";
    left = read_u64(&r);
    sum = read_u64(&r);
    if (r.bad || left != r.left || sum != checksum(r.next, r.left))
        return "it is damaged";
    return NULL;
}

/* A path's directory, open, and the file's name in it. */
struct destination {
    int dir_fd;
    const char *name;
    char beside[NAME_MAX + 1]; /* the file that is being written */
};

static int open_destination(struct destination *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir;

    if (!slash || !slash[1] ||
        strlen(slash + 1) + sizeof(".new") > sizeof(p->beside))
        return -EINVAL;
    p->name = slash + 1;
    snprintf(p->beside, sizeof(p->beside), "%s.new", p->name);
    dir = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (!dir)
        return -ENOMEM;
    p->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(dir);
    return p->dir_fd < 0 ? -errno : 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? -errno : -EIO;
        bytes += written;
        size -= (size_t)written;
    }
    return fsync(fd) < 0 ? -errno : 0;
}

static int write_beside(const struct destination *p, const uint8_t *bytes,
                        size_t size)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd, err;

    /* One that was left behind, or a link that somebody has put there. */
    unlinkat(p->dir_fd, p->beside, 0);
    fd = openat(p->dir_fd, p->beside, flags, FILE_MODE);
    if (fd < 0)
        return -errno;
    err = write_all(fd, bytes, size);
    if (close(fd) < 0 && !err)
        err = -errno;
    return err;
}

int state_file_write(const char *path, const uint8_t *bytes, size_t size)
{
    struct destination p;
    int err = open_destination(&p, path);

    if (err)
        return err;
    err = write_beside(&p, bytes, size);
    if (!err && renameat(p.dir_fd, p.beside, p.dir_fd, p.name) < 0)
        err = -errno;
    if (err)
        unlinkat(p.dir_fd, p.beside, 0);
    else
        fsync(p.dir_fd); /* Or the old file is there after a power cut. */
    close(p.dir_fd);
    return err;
}

static int refuse(int err, const char *why, char error[STATE_FILE_ERROR_SIZE])
{
    snprintf(error, STATE_FILE_ERROR_SIZE, "%s", why);
    return err;
}

/* Whose it is, and how large. */
static int check(int fd, uid_t uid, size_t *size,
                 char error[STATE_FILE_ERROR_SIZE])
{
    struct stat s;

    if (fstat(fd, &s) < 0)
        return refuse(-errno, strerror(errno), error);
    if (!S_ISREG(s.st_mode))
        return refuse(-EINVAL, "it is not a regular file", error);
    if ((s.st_uid != 0 && s.st_uid != geteuid() && s.st_uid != uid) ||
        s.st_mode & (S_IWGRP | S_IWOTH) || s.st_nlink != 1)
        return refuse(-EPERM, "other users can change it", error);
    if (s.st_size > FILE_MAX)
        return refuse(-EFBIG, "it is too large", error);
    *size = (size_t)s.st_size;
    return 0;
}

static int read_all(int fd, uint8_t *bytes, size_t size,
                    char error[STATE_FILE_ERROR_SIZE])
{
    size_t at = 0;

    while (at < size) {
        ssize_t got = read(fd, bytes + at, size - at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return refuse(-errno, strerror(errno), error);
        if (!got)
            return refuse(-EIO, "it became shorter while it was read", error);
        at += (size_t)got;
    }
    return 0;
}

int state_file_read(const char *path, uid_t uid, uint8_t **bytes, size_t *size,
                    char error[STATE_FILE_ERROR_SIZE])
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int err;

    *bytes = NULL;
    if (fd < 0)
        return refuse(-errno, errno == ELOOP ? "it is a link" : strerror(errno),
                      error);
    err = check(fd, uid, size, error);
    if (!err) {
        *bytes = malloc(*size ? *size : 1);
        err = *bytes ? read_all(fd, *bytes, *size, error)
                     : refuse(-ENOMEM, strerror(ENOMEM), error);
    }
    close(fd);
    if (err) {
        free(*bytes);
        *bytes = NULL;
    }
    return err;
}

void state_file_remove_rest(const char *path)
{
    struct destination p;

    if (open_destination(&p, path))
        return;
    unlinkat(p.dir_fd, p.beside, 0);
    close(p.dir_fd);
}

void state_file_remove(const char *path)
{
    state_file_remove_rest(path);
    unlink(path);
}
