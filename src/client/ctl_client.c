#include "client/ctl_client.h"

#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/unix_address.h"

enum {
    ANSWER_MAX = (1 << 28) + 4096, /* bytes; the switch sends no more */
    HOST_SIZE = 256,
};

struct call {
    const struct ctl_peer *peer;
    int64_t end_ms;
    int wait_ms;
    char *error;
    size_t error_size;
};

__attribute__((format(printf, 2, 3))) static void say(const struct call *c,
                                                      const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(c->error, c->error_size, format, args);
    va_end(args);
}

/* "switch of-switch", or as much of it as we know. */
static const char *switch_name(const struct call *c)
{
    return c->peer->bridge ? c->peer->bridge : "";
}

static const char *name_space(const struct call *c)
{
    return c->peer->bridge ? " " : "";
}

/* A socket that nobody listens to is left by a switch that was killed. */
static void say_not_running(const struct call *c, const char *path, int error)
{
    const char *config = c->peer->config_path;

    say(c,
        "no switch%s%s is running (%s %s); start it with: flowbridge run%s%s",
        name_space(c), switch_name(c),
        error == ECONNREFUSED ? "nobody listens at" : "no", path,
        config ? " -c " : "", config ? config : "");
}

static void say_not_allowed(const struct call *c, const char *path)
{
    const struct group *group = NULL;
    struct stat s;

    if (stat(path, &s) == 0)
        group = getgrgid(s.st_gid);
    if (group && s.st_gid != 0)
        say(c,
            "%s: you may not talk to this switch; be root, or join the group "
            "%s: usermod -aG %s USER",
            path, group->gr_name, group->gr_name);
    else
        say(c,
            "%s: you may not talk to this switch; be root, or give the "
            "switch a [daemon] user whose group you are in",
            path);
}

/* Also bounds a connect, which a full queue of connections holds up. */
static void bound_sending(const struct call *c, int fd)
{
    const struct timeval t = {.tv_sec = c->wait_ms / 1000,
                              .tv_usec = c->wait_ms % 1000 * 1000};

    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

static void say_unix_error(const struct call *c, const char *path, int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:
        say_not_running(c, path, error);
        break;
    case EACCES:
    case EPERM:
        say_not_allowed(c, path);
        break;
    case EAGAIN:
        say(c, "%s: too many clients are waiting; try again later", path);
        break;
    default:
        say(c, "%s: %s", path, strerror(error));
    }
}

static int connect_unix(const struct call *c, const char *path)
{
    struct unix_address a;
    int result = unix_address_open(&a, path);
    int fd;

    if (result < 0) {
        say_unix_error(c, path, -result);
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        say(c, "no socket: %s", strerror(errno));
    } else {
        bound_sending(c, fd);
        if (connect(fd, (const struct sockaddr *)&a.name, sizeof(a.name)) < 0) {
            say_unix_error(c, path, errno);
            close(fd);
            fd = -1;
        }
    }
    unix_address_close(&a);
    return fd;
}

/* Takes HOST:PORT or [ADDRESS]:PORT apart; the port must be there. */
static bool split(const char *text, char host[HOST_SIZE], const char **port)
{
    const char *colon = strrchr(text, ':');
    size_t size = colon ? (size_t)(colon - text) : 0;

    if (size > 2 && text[0] == '[' && text[size - 1] == ']') {
        text++;
        size -= 2;
    } else if (memchr(text, ':', size)) {
        return false;
    }
    if (size == 0 || size >= HOST_SIZE || !colon[1])
        return false;
    memcpy(host, text, size);
    host[size] = '\0';
    *port = colon + 1;
    return true;
}

static int connect_first(const struct call *c, const struct addrinfo *list)
{
    int error = 0;

    for (const struct addrinfo *a = list; a; a = a->ai_next) {
        int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0) {
            error = errno;
            continue;
        }
        bound_sending(c, fd);
        if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
            return fd;
        error = errno == EINPROGRESS ? ETIMEDOUT : errno;
        close(fd);
    }
    say(c, "%s: %s; is the switch's control socket passed on there?",
        c->peer->target, strerror(error));
    return -1;
}

static int connect_tcp(const struct call *c, const char *text)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    char host[HOST_SIZE];
    const char *port;
    int result, fd;

    if (!split(text, host, &port)) {
        say(c, "%s: is not tcp:HOST:PORT or tcp:[ADDRESS]:PORT",
            c->peer->target);
        return -1;
    }
    result = getaddrinfo(host, port, &hints, &list);
    if (result != 0) {
        say(c, "%s: %s", c->peer->target, gai_strerror(result));
        return -1;
    }
    fd = connect_first(c, list);
    freeaddrinfo(list);
    return fd;
}

static int connect_peer(const struct call *c)
{
    static const struct {
        const char *scheme;
        int (*connect)(const struct call *c, const char *rest);
    } ways[] = {
        {"unix:", connect_unix},
        {"tcp:",  connect_tcp }
    };

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        size_t size = strlen(ways[i].scheme);

        if (!strncmp(c->peer->target, ways[i].scheme, size))
            return ways[i].connect(c, c->peer->target + size);
    }
    say(c, "%s: is neither unix:PATH nor tcp:HOST:PORT", c->peer->target);
    return -1;
}

/* Waits for 'events'; false: the time is over, and it has been said. */
static bool await(const struct call *c, int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};
    int64_t left;

    while ((left = c->end_ms - clock_monotonic_ms()) > 0) {
        int result = poll(&p, 1, (int)left);

        if (result > 0)
            return true;
        if (result < 0 && errno != EINTR)
            break;
    }
    say(c,
        "the switch%s%s did not answer within %d s; look into its log, or try "
        "again",
        name_space(c), switch_name(c), c->wait_ms / 1000);
    return false;
}

/* A switch that hangs up early may have said why: so that is no failure. */
static bool send_all(const struct call *c, int fd, const char *bytes,
                     size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        } else if (sent < 0 && errno == EAGAIN) {
            if (!await(c, fd, POLLOUT))
                return false;
        } else if (sent < 0 && errno != EINTR) {
            return true;
        }
    }
    return true;
}

/* Returns the line without its end, to be freed, or NULL. */
static char *read_line(const struct call *c, int fd)
{
    size_t size = 0, capacity = 64 * 1024;
    char *line = malloc(capacity);

    if (!line)
        say(c, "out of memory");
    while (line && await(c, fd, POLLIN)) {
        ssize_t got = recv(fd, line + size, capacity - size - 1, MSG_DONTWAIT);
        char *end = got > 0 ? memchr(line + size, '\n', (size_t)got) : NULL;
        char *larger;

        if (end) {
            *end = '\0';
            return line;
        }
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got <= 0 || size + (size_t)got > ANSWER_MAX) {
            say(c,
                "the switch%s%s hung up without an answer; look into its log",
                name_space(c), switch_name(c));
            break;
        }
        size += (size_t)got;
        if (size + 1 < capacity)
            continue;
        capacity *= 2;
        larger = realloc(line, capacity);
        if (!larger) {
            say(c, "out of memory");
            break;
        }
        line = larger;
    }
    free(line);
    return NULL;
}

static cJSON *talk(const struct call *c, int fd, const cJSON *request)
{
    char *text = cJSON_PrintUnformatted(request), *line = NULL;
    cJSON *answer = NULL;

    if (!text)
        say(c, "out of memory");
    else if (send_all(c, fd, text, strlen(text)) && send_all(c, fd, "\n", 1))
        line = read_line(c, fd);
    if (line) {
        answer = cJSON_Parse(line);
        if (!cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(answer, "ok"))) {
            say(c, "%s: what answers there is no control socket of flowbridge",
                c->peer->target);
            cJSON_Delete(answer);
            answer = NULL;
        }
    }
    cJSON_free(text);
    free(line);
    return answer;
}

cJSON *ctl_client_ask(const struct ctl_peer *peer, const cJSON *request,
                      int wait_ms, char *error, size_t error_size)
{
    const struct call c = {
        .peer = peer,
        .end_ms = clock_monotonic_ms() + wait_ms,
        .wait_ms = wait_ms,
        .error = error,
        .error_size = error_size,
    };
    int fd = connect_peer(&c);
    cJSON *answer;

    if (fd < 0)
        return NULL;
    answer = talk(&c, fd, request);
    close(fd);
    return answer;
}
