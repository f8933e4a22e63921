/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl_client.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ANSWER_MAX = (1 << 28) + 4096, /* bytes; the switch sends no more */
};

/* A HELLO begins with the number of a version, which is no text. */
static bool is_openflow(const char *bytes)
{
    return bytes[0] > 0 && bytes[0] < '\t';
}

static void say_openflow(const struct dial *d)
{
    dial_say(d,
             "%s speaks OpenFlow; this command uses the control socket, whose "
             "name ends in .ctl",
             d->peer->target);
}

/* Returns the line without its end, to be freed, or NULL. */
static char *read_line(const struct dial *d, int fd)
{
    size_t size = 0, capacity = 64 * 1024;
    char *line = malloc(capacity);

    if (!line)
        dial_say(d, "out of memory");
    while (line && dial_await(d, fd, POLLIN)) {
        ssize_t got = recv(fd, line + size, capacity - size - 1, MSG_DONTWAIT);
        char *end = got > 0 ? memchr(line + size, '\n', (size_t)got) : NULL;
        char *larger;

        if (end) {
            *end = '\0';
            return line;
        }
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got > 0 && is_openflow(line)) {
            say_openflow(d);
            break;
        }
        if (got <= 0 || size + (size_t)got > ANSWER_MAX) {
            dial_say_hung_up(d);
            break;
        }
        size += (size_t)got;
        if (size + 1 < capacity)
            continue;
        capacity *= 2;
        larger = realloc(line, capacity);
        if (!larger) {
            dial_say(d, "out of memory");
            break;
        }
        line = larger;
    }
    free(line);
    return NULL;
}

static cJSON *talk(struct dial *d, int fd, const cJSON *request)
{
    char *text = cJSON_PrintUnformatted(request), *out, *line = NULL;
    cJSON *answer = NULL;

    if (!text || asprintf(&out, "%s\n", text) < 0)
        out = NULL;
    if (!out)
        dial_say(d, "out of memory");
    else if (dial_send(d, fd, out, strlen(out)))
        line = read_line(d, fd);
    if (line) {
        answer = cJSON_Parse(line);
        if (!cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(answer, "ok"))) {
            dial_say(d, "%s is not a control socket of flowbridge",
                     d->peer->target);
            cJSON_Delete(answer);
            answer = NULL;
        }
    }
    cJSON_free(text);
    free(out);
    free(line);
    return answer;
}

cJSON *ctl_client_ask(const struct dial_peer *peer, const cJSON *request,
                      int wait_ms, char *error, size_t error_size)
{
    struct dial d = {
        .peer = peer,
        .socket = "control socket",
        .wait_ms = wait_ms,
        .error = error,
        .error_size = error_size,
    };
    cJSON *answer;
    int fd;

    dial_restart_wait(&d);
    fd = dial_connect(&d);
    if (fd < 0)
        return NULL;
    answer = talk(&d, fd, request);
    close(fd);
    return answer;
}
