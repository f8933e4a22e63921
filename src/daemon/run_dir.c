/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/run_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(int result, char *error, size_t error_size, const char *path,
                  const char *what)
{
    snprintf(error, error_size, "run-dir %s: %s", path, what);
    return result;
}

/* /tmp will do, too: its sticky bit keeps others from our files. */
static int check(int fd, uid_t uid, const char **fault)
{
    struct stat s;

    if (fstat(fd, &s) < 0) {
        *fault = strerror(errno);
        return -errno;
    }
    if (s.st_uid != 0 && s.st_uid != geteuid() && s.st_uid != uid) {
        *fault = "belongs to another user; chown it, or choose another "
                 "[daemon] run-dir";
        return -EPERM;
    }
    if ((s.st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH) {
        *fault = "every user can write to it; chmod o-w it";
        return -EPERM;
    }
    return 0;
}

int run_dir_open(const char *path, uid_t uid, gid_t gid, char *error,
                 size_t error_size)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const char *fault = NULL;
    int is_new, fd, result;

    is_new = mkdir(path, 0755) == 0;
    if (!is_new && errno != EEXIST)
        return refuse(-errno, error, error_size, path,
                      errno == ENOENT
                          ? "cannot be created: its parent directory does not "
                            "exist; create that first"
                          : strerror(errno));
    fd = open(path, flags);
    if (fd < 0)
        return refuse(-errno, error, error_size, path,
                      errno == ENOTDIR || errno == ELOOP
                          ? "is not a directory (links are not followed); "
                            "choose another [daemon] run-dir"
                          : strerror(errno));
    /* Whatever the umask was, clients have to get in. */
    if (is_new && (fchown(fd, uid, gid) < 0 || fchmod(fd, 0755) < 0)) {
        result = -errno;
        fault = strerror(errno);
    } else {
        result = check(fd, uid, &fault);
    }
    if (result == 0)
        return fd;
    close(fd);
    return refuse(result, error, error_size, path, fault);
}
