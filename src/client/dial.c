/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/dial.h"

#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/unix_address.h"

enum { HOST_SIZE = 256 };

void dial_say(const struct dial *d, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(d->error, d->error_size, format, args);
    va_end(args);
}

/* "switch of-switch", or as much of it as we know. */
static const char *switch_name(const struct dial *d)
{
    return d->peer->bridge ? d->peer->bridge : "";
}

static const char *name_space(const struct dial *d)
{
    return d->peer->bridge ? " " : "";
}

/* A socket that nobody listens to is left by a switch that was killed. */
static void say_not_running(const struct dial *d, const char *path, int error)
{
    const char *config = d->peer->config_path;

    dial_say(
        d,
        "no switch%s%s is running (%s %s); start it with: flowbridge run%s%s",
        name_space(d), switch_name(d),
        error == ECONNREFUSED ? "nobody listens at" : "no", path,
        config ? " -c " : "", config ? config : "");
}

static void say_not_allowed(const struct dial *d, const char *path)
{
    const struct group *group = NULL;
    struct stat s;

    if (stat(path, &s) == 0)
        group = getgrgid(s.st_gid);
    if (group && s.st_gid != 0)
        dial_say(d,
                 "%s: permission denied; be root, or join the group "
                 "%s: usermod -aG %s USER",
                 path, group->gr_name, group->gr_name);
    else
        dial_say(d,
                 "%s: permission denied; be root, or give the "
                 "switch a [daemon] user whose group you are in",
                 path);
}

/* Also bounds a connect, which a full queue of connections holds up. */
static void bound_sending(const struct dial *d, int fd)
{
    const struct timeval t = {.tv_sec = d->wait_ms / 1000,
                              .tv_usec = d->wait_ms % 1000 * 1000};

    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

static void say_unix_error(const struct dial *d, const char *path, int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:
        say_not_running(d, path, error);
        break;
    case EACCES:
    case EPERM:
        say_not_allowed(d, path);
        break;
    case EAGAIN:
        dial_say(d, "%s: too many clients are waiting; try again later", path);
        break;
    default:
        dial_say(d, "%s: %s", path, strerror(error));
    }
}

static int connect_unix(const struct dial *d, const char *path)
{
    struct unix_address a;
    int result = unix_address_open(&a, path);
    int fd;

    if (result < 0) {
        say_unix_error(d, path, -result);
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        dial_say(d, "no socket: %s", strerror(errno));
    } else {
        bound_sending(d, fd);
        if (connect(fd, (const struct sockaddr *)&a.name, sizeof(a.name)) < 0) {
            say_unix_error(d, path, errno);
            close(fd);
            fd = -1;
        }
    }
    unix_address_close(&a);
    return fd;
}

/* Takes HOST:PORT or [ADDRESS]:PORT apart; '*port' stays if there is none. */
static bool split(const char *text, char host[HOST_SIZE], const char **port)
{
    const char *colon = strrchr(text, ':');
    size_t size;

    if (colon && strchr(colon, ']'))
        colon = NULL;
    size = colon ? (size_t)(colon - text) : strlen(text);

    if (size > 2 && text[0] == '[' && text[size - 1] == ']') {
        text++;
        size -= 2;
    } else if (memchr(text, ':', size)) {
        return false;
    }
    if (size == 0 || size >= HOST_SIZE || (colon && !colon[1]))
        return false;
    memcpy(host, text, size);
    host[size] = '\0';
    if (colon)
        *port = colon + 1;
    return *port;
}

static int connect_first(const struct dial *d, const struct addrinfo *list)
{
    int error = 0;

    for (const struct addrinfo *a = list; a; a = a->ai_next) {
        int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0) {
            error = errno;
            continue;
        }
        bound_sending(d, fd);
        if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
            return fd;
        error = errno == EINPROGRESS ? ETIMEDOUT : errno;
        close(fd);
    }
    dial_say(d, "%s: %s; is the switch's %s forwarded there?", d->peer->target,
             strerror(error), d->socket);
    return -1;
}

static int connect_tcp(const struct dial *d, const char *text)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    char host[HOST_SIZE];
    const char *port = d->port;
    int result, fd;

    if (!split(text, host, &port)) {
        dial_say(d, "%s: is not tcp:HOST:PORT or tcp:[ADDRESS]:PORT",
                 d->peer->target);
        return -1;
    }
    result = getaddrinfo(host, port, &hints, &list);
    if (result != 0) {
        dial_say(d, "%s: %s", d->peer->target, gai_strerror(result));
        return -1;
    }
    fd = connect_first(d, list);
    freeaddrinfo(list);
    return fd;
}

int dial_connect(const struct dial *d)
{
    static const struct {
        const char *scheme;
        int (*connect)(const struct dial *d, const char *rest);
    } ways[] = {{"unix:", connect_unix}, {"tcp:", connect_tcp}};

    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        size_t size = strlen(ways[i].scheme);

        if (!strncmp(d->peer->target, ways[i].scheme, size))
            return ways[i].connect(d, d->peer->target + size);
    }
    dial_say(d, "%s: is neither unix:PATH nor tcp:HOST:PORT", d->peer->target);
    return -1;
}

/* Waits for 'events'; false: the time is over, and it has been said. */
bool dial_await(const struct dial *d, int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};
    int64_t left;

    while ((left = d->end_ms - clock_monotonic_ms()) > 0) {
        int result = poll(&p, 1, (int)left);

        if (result > 0)
            return true;
        if (result < 0 && errno != EINTR)
            break;
    }
    dial_say(d,
             "the switch%s%s did not answer within %d s; see its log, or try "
             "again",
             name_space(d), switch_name(d), d->wait_ms / 1000);
    return false;
}

void dial_restart_wait(struct dial *d)
{
    d->end_ms = clock_monotonic_ms() + d->wait_ms;
}

/* A switch that hangs up early may have said why: so that is no failure. */
bool dial_send(struct dial *d, int fd, const void *data, size_t size)
{
    const char *bytes = data;

    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
            dial_restart_wait(d);
        } else if (sent < 0 && errno == EAGAIN) {
            if (!dial_await(d, fd, POLLOUT))
                return false;
        } else if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) {
            return true;
        } else if (sent < 0 && errno != EINTR) {
            dial_say(d, "cannot ask the switch%s%s: %s", name_space(d),
                     switch_name(d), strerror(errno));
            return false;
        }
    }
    return true;
}

void dial_say_hung_up(const struct dial *d)
{
    dial_say(
        d,
        "the switch%s%s closed the connection without an answer; see its log",
        name_space(d), switch_name(d));
}
