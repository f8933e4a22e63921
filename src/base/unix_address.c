/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/unix_address.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int shorten(struct unix_address *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_MAX];
    int size;

    if (!slash || (size_t)(slash - path) >= sizeof(dir))
        return -ENAMETOOLONG;
    snprintf(dir, sizeof(dir), "%.*s/", (int)(slash - path), path);
    a->dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (a->dir_fd < 0)
        return -errno;
    size = snprintf(a->name.sun_path, sizeof(a->name.sun_path),
                    "/proc/self/fd/%d/%s", a->dir_fd, slash + 1);
    if ((size_t)size >= sizeof(a->name.sun_path)) {
        unix_address_close(a);
        return -ENAMETOOLONG;
    }
    return 0;
}

int unix_address_open(struct unix_address *a, const char *path)
{
    *a = (struct unix_address){.name.sun_family = AF_UNIX, .dir_fd = -1};
    if (strlen(path) >= sizeof(a->name.sun_path))
        return shorten(a, path);
    memcpy(a->name.sun_path, path, strlen(path));
    return 0;
}

void unix_address_close(struct unix_address *a)
{
    if (a->dir_fd >= 0)
        close(a->dir_fd);
    a->dir_fd = -1;
}
