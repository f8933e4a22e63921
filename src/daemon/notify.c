/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    MESSAGE_SIZE = 512,
    OWED_MAX = 4, /* a reload and its end, the end of the switch */
};

struct notify {
    int fd; /* -1: there is nobody to tell */
    struct sockaddr_un to;
    socklen_t to_size;
    uint64_t watchdog_us;
    /* Messages that the manager has not taken yet, the oldest first. */
    char owed[OWED_MAX][MESSAGE_SIZE];
    size_t owed_count;
};

/* A path, or an abstract name after '@'. */
static int set_address(struct notify *n, const char *address)
{
    size_t size = strlen(address);

    if (*address != '/' && *address != '@')
        return -EAFNOSUPPORT;
    if (size < 2 || size >= sizeof(n->to.sun_path))
        return -EINVAL;
    n->to.sun_family = AF_UNIX;
    memcpy(n->to.sun_path, address, size);
    if (*address == '@')
        n->to.sun_path[0] = '\0';
    n->to_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    return 0;
}

/* $WATCHDOG_PID names the process that the watchdog is for; unset: ours. */
static uint64_t watchdog_from_environment(void)
{
    const char *text = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    unsigned long long us;
    char *end;

    if (!text || *text < '0' || *text > '9')
        return 0;
    errno = 0;
    us = strtoull(text, &end, 10);
    if (errno || *end || (pid && strtoll(pid, NULL, 10) != getpid()))
        return 0;
    return us;
}

/* Sends with the address each time, so that a manager that restarts is found
 * again.  One that does not read is not waited for: -EAGAIN. */
static int tell_now(const struct notify *n, const char *message)
{
    ssize_t sent;

    do
        sent =
            sendto(n->fd, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT,
                   (const struct sockaddr *)&n->to, n->to_size);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

/* Messages that the manager waits for are sent in order, or kept for
 * notify_tick. */
static int tell(struct notify *n, const char *message)
{
    int err;

    if (!n || n->fd < 0)
        return 0;
    notify_tick(n);
    err = n->owed_count ? -EAGAIN : tell_now(n, message);
    if (err == -EAGAIN && n->owed_count < OWED_MAX)
        strcpy(n->owed[n->owed_count++], message);
    return err;
}

static int tell_with_status(struct notify *n, const char *message,
                            const char *status)
{
    char text[MESSAGE_SIZE];
    size_t start;

    snprintf(text, sizeof(text), "%sSTATUS=", message);
    start = strlen(text);
    snprintf(text + start, sizeof(text) - start, "%s", status);
    /* A newline would begin another assignment. */
    for (char *c = text + start; (c = strchr(c, '\n')); c++)
        *c = ' ';
    return tell(n, text);
}

int notify_open(struct notify **n)
{
    const char *address = getenv("NOTIFY_SOCKET");
    int err;

    *n = calloc(1, sizeof(**n));
    if (!*n)
        return -ENOMEM;
    (*n)->fd = -1;
    if (!address || !*address)
        return 0;
    (*n)->watchdog_us = watchdog_from_environment();
    err = set_address(*n, address);
    if (err)
        goto close_it;
    (*n)->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if ((*n)->fd < 0) {
        err = -errno;
        goto close_it;
    }
    return 0;

close_it:
    notify_close(*n);
    *n = NULL;
    return err;
}

void notify_close(struct notify *n)
{
    if (!n)
        return;
    if (n->fd >= 0)
        close(n->fd);
    free(n);
}

int notify_ready(struct notify *n, const char *status)
{
    return tell_with_status(n, "READY=1\n", status);
}

/* The time tells the manager which READY=1 belongs to this reload. */
int notify_reloading(struct notify *n)
{
    char text[MESSAGE_SIZE];

    snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
             clock_monotonic_us());
    return tell(n, text);
}

int notify_stopping(struct notify *n)
{
    return tell(n, "STOPPING=1");
}

int notify_status(struct notify *n, const char *status)
{
    return tell_with_status(n, "", status);
}

int notify_watchdog(struct notify *n)
{
    return n && n->fd >= 0 ? tell_now(n, "WATCHDOG=1") : 0;
}

void notify_tick(struct notify *n)
{
    while (n && n->owed_count && tell_now(n, n->owed[0]) != -EAGAIN)
        memmove(n->owed[0], n->owed[1], --n->owed_count * MESSAGE_SIZE);
}

uint64_t notify_watchdog_us(const struct notify *n)
{
    return n ? n->watchdog_us : 0;
}
