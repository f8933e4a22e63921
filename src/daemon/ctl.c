/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/ctl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc_flag.h"
#include "base/log.h"
#include "base/suggest.h"
#include "base/thread_role.h"
#include "daemon/ctl_request.h"
#include "daemon/socket_file.h"

enum {
    READ_MAX = 64 * 1024,    /* bytes a turn, so that all clients get theirs */
    BUFFER_KEPT = 64 * 1024, /* a larger one is given back when it is empty */
    ACCEPT_PAUSE_S = 1,      /* when files have run out */
    COMMAND_SHOWN_MAX = 32,  /* letters of an unknown command */
};

static const char too_long[] = "the request is longer than 1 MiB";
static const double idle_s_default = 1, stall_s_default = 10;

/* Bytes from 'start' to 'end' are in it. */
struct buffer {
    char *bytes;
    size_t start, end, capacity;
};

struct client {
    struct ctl *ctl;
    struct client *next;
    struct ev_io io;
    struct ev_timer stall;   /* runs while an answer is on its way */
    ev_tstamp active_at;     /* when it came or had its last answer */
    struct ctl_reply *reply; /* that is still owed */
    struct buffer in, out;
    size_t searched; /* bytes of 'in' that have no end of line */
    bool has_ended;  /* it will send no more */
    bool is_refused; /* its bytes are not read on; it goes when it is told */
};

struct ctl {
    struct ev_loop *loop;
    struct socket_file *file;
    struct ev_io accept;
    struct ev_timer accept_again;
    struct ctl_options options;
    struct client *clients;
    size_t client_count;
    uint64_t refused; /* clients and requests */
    bool is_failing;  /* it can take nobody, and that was said */
};

struct ctl_reply {
    struct client *from; /* NULL: has gone */
};

static size_t buffer_size(const struct buffer *b)
{
    /* The analyzer does not see that client_free takes a client off the list
     * that ctl_close goes through. */
    return b->end - b->start; /* NOLINT(clang-analyzer-unix.Malloc) */
}

/* Makes room for 'size' more bytes and one; false: out of memory. */
static bool buffer_reserve(struct buffer *b, size_t size)
{
    size_t needed = buffer_size(b) + size + 1;
    size_t capacity = b->capacity ? b->capacity : 1024;
    char *bytes;

    if (b->start > 0 && b->start == b->end)
        b->start = b->end = 0;
    if (b->end + size + 1 <= b->capacity)
        return true;
    if (b->start > 0) {
        memmove(b->bytes, b->bytes + b->start, buffer_size(b));
        b->end -= b->start;
        b->start = 0;
    }
    while (capacity < needed)
        capacity *= 2;
    bytes = realloc(b->bytes, capacity);
    if (!bytes)
        return false;
    b->bytes = bytes;
    b->capacity = capacity;
    return true;
}

static void buffer_clear(struct buffer *b)
{
    free(b->bytes);
    *b = (struct buffer){0};
}

static void buffer_drop(struct buffer *b, size_t size)
{
    b->start += size;
    if (b->start == b->end && b->capacity > BUFFER_KEPT)
        buffer_clear(b);
}

static void client_free(struct client *c)
{
    struct client **at = &c->ctl->clients;

    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    c->ctl->client_count--;
    ev_io_stop(c->ctl->loop, &c->io);
    ev_timer_stop(c->ctl->loop, &c->stall);
    if (c->reply)
        c->reply->from = NULL;
    close(c->io.fd);
    buffer_clear(&c->in);
    buffer_clear(&c->out);
    free(c);
}

/* Owes us nothing and is owed nothing. */
static bool is_idle(const struct client *c)
{
    return !c->reply && buffer_size(&c->out) == 0;
}

/* Returns the size of the next whole line and its end, or 0.  At the end of
 * input, the rest is a line. */
static size_t line_size(struct client *c)
{
    const char *start = c->in.bytes + c->in.start;
    size_t size = buffer_size(&c->in);
    const char *end;

    if (size == 0)
        return 0;
    end = memchr(start + c->searched, '\n', size - c->searched);
    if (end)
        return (size_t)(end - start) + 1;
    c->searched = size;
    return c->has_ended ? size : 0;
}

/* The watched events follow from the state alone.  A line that can be taken
 * is taken when the socket is writable: that is at the next turn, after the
 * other clients, and only as fast as answers are read. */
static void watch(struct client *c)
{
    bool reads =
        !c->has_ended && !c->is_refused && buffer_size(&c->in) <= CTL_LINE_MAX;
    bool writes = buffer_size(&c->out) > 0 ||
                  (!c->reply && !c->is_refused && line_size(c) > 0);
    int events = (reads ? EV_READ : 0) | (writes ? EV_WRITE : 0);

    if (events == (c->io.events & (EV_READ | EV_WRITE)) && ev_is_active(&c->io))
        return;
    ev_io_stop(c->ctl->loop, &c->io);
    ev_io_set(&c->io, c->io.fd, events);
    if (events)
        ev_io_start(c->ctl->loop, &c->io);
}

/* Puts 'answer' on its way; the loop sends it.  Takes it. */
static void send_later(struct client *c, cJSON *answer)
{
    char *text = answer ? cJSON_PrintUnformatted(answer) : NULL;
    const char *line = text ? text
                            : "{\"ok\":false,\"error\":\"the switch is out of "
                              "memory; ask again later\"}";
    size_t size;

    if (strlen(line) > CTL_ANSWER_MAX)
        line = "{\"ok\":false,\"error\":\"the answer is too long\"}";
    size = strlen(line);
    if (buffer_reserve(&c->out, size + 1)) {
        memcpy(c->out.bytes + c->out.end, line, size);
        c->out.bytes[c->out.end + size] = '\n';
        c->out.end += size + 1;
    } else {
        c->is_refused = true; /* not even room to say so */
    }
    cJSON_free(text);
    cJSON_Delete(answer);
    c->active_at = ev_now(c->ctl->loop);
    ev_timer_again(c->ctl->loop, &c->stall);
    watch(c);
}

static cJSON *refusal(const char *text)
{
    cJSON *answer = cJSON_CreateObject();

    if (cJSON_AddBoolToObject(answer, "ok", false) &&
        cJSON_AddStringToObject(answer, "error", text))
        return answer;
    cJSON_Delete(answer);
    return NULL;
}

/* The client is told what it did; it hears no more after that. */
static void refuse_client(struct client *c, const char *text)
{
    c->is_refused = true;
    c->ctl->refused++;
    buffer_clear(&c->in);
    c->searched = 0;
    send_later(c, refusal(text));
}

static void refuse_command(struct ctl_reply *reply, const struct ctl_options *o,
                           const char *command)
{
    struct suggestion n = suggest_for(command);

    /* Only text that is harmless on any terminal is said back. */
    for (const char *c = command; *c; c++)
        if (*c <= ' ' || *c > '~' || c - command >= COMMAND_SHOWN_MAX) {
            ctl_refuse(reply, NULL, "unknown command");
            return;
        }
    for (size_t i = 0; i < o->command_count; i++)
        suggest_try(&n, o->commands[i].name);
    ctl_refuse(reply, NULL, "unknown command '%s'%s%s%s", command,
               n.best ? "; did you mean '" : "", n.best ? n.best : "",
               n.best ? "'?" : "");
}

static void ask(struct client *c, const cJSON *request)
{
    const struct ctl_options *o = &c->ctl->options;
    const char *command = cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(request, "command"));
    struct ctl_reply *reply = calloc(1, sizeof(*reply));

    if (!reply) {
        send_later(c, NULL);
        return;
    }
    reply->from = c;
    c->reply = reply;
    alloc_flag_clear(); /* earlier failures are told */
    for (size_t i = 0; i < o->command_count; i++)
        if (!strcmp(o->commands[i].name, command)) {
            o->commands[i].handle(o->context, request, reply);
            return;
        }
    refuse_command(reply, o, command);
}

static void take_line(struct client *c, size_t size)
{
    char *line = c->in.bytes + c->in.start;
    size_t text_size = line[size - 1] == '\n' ? size - 1 : size;
    const char *fault = NULL;
    cJSON *request;

    line[text_size] = '\0'; /* in place of the end, or in the spare byte */
    if (text_size > CTL_LINE_MAX) {
        refuse_client(c, too_long);
        return;
    }
    request = ctl_request_parse(line, text_size, &fault);
    buffer_drop(&c->in, size);
    c->searched = 0;
    if (request)
        ask(c, request);
    else
        send_later(c, refusal(fault));
    cJSON_Delete(request);
}

/* Requests are texts, OpenFlow begins with a small number: its client would
 * wait for an answer as long as we wait for the end of a line. */
static bool speaks_openflow(const struct client *c)
{
    return buffer_size(&c->in) > 0 && c->in.bytes[c->in.start] > 0 &&
           c->in.bytes[c->in.start] < '\t';
}

/* Returns false when the connection is broken. */
static bool receive(struct client *c)
{
    ssize_t size;

    if (!buffer_reserve(&c->in, READ_MAX)) {
        refuse_client(c, "the switch is out of memory; ask again later");
        return true;
    }
    size = recv(c->io.fd, c->in.bytes + c->in.end, READ_MAX, 0);
    if (size < 0)
        return errno == EAGAIN || errno == EINTR;
    c->in.end += (size_t)size;
    c->has_ended = size == 0;
    if (speaks_openflow(c))
        refuse_client(c, "this socket takes one line of JSON per request; the "
                         "socket for OpenFlow ends with .mgmt");
    else if (buffer_size(&c->in) > CTL_LINE_MAX && line_size(c) == 0)
        refuse_client(c, too_long);
    return true;
}

static bool send_some(struct client *c)
{
    ssize_t size = send(c->io.fd, c->out.bytes + c->out.start,
                        buffer_size(&c->out), MSG_NOSIGNAL);

    if (size < 0)
        return errno == EAGAIN || errno == EINTR;
    buffer_drop(&c->out, (size_t)size);
    if (buffer_size(&c->out) == 0)
        ev_timer_stop(c->ctl->loop, &c->stall);
    else
        ev_timer_again(c->ctl->loop, &c->stall);
    return true;
}

static void on_ready(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct client *c = io->data;
    size_t size;

    (void)loop;
    if (((events & EV_READ) && !receive(c)) ||
        (buffer_size(&c->out) > 0 && !send_some(c))) {
        client_free(c);
        return;
    }
    size = is_idle(c) && !c->is_refused ? line_size(c) : 0;
    if (size > 0)
        take_line(c, size);
    if ((c->has_ended || c->is_refused) && is_idle(c) &&
        buffer_size(&c->in) == 0)
        client_free(c);
    else
        watch(c);
}

static void on_stall(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct client *c = timer->data;

    (void)loop;
    (void)events;
    log_warning("ctl.client_dropped", "reason=stalled unsent=%zu",
                buffer_size(&c->out));
    client_free(c);
}

/* The idle client that has been silent longest, if any has been for a while:
 * one that just came has yet to say what it wants. */
static struct client *find_dispensable(const struct ctl *ctl)
{
    ev_tstamp before = ev_now(ctl->loop) - ctl->options.idle_s;
    struct client *found = NULL;

    for (struct client *c = ctl->clients; c; c = c->next)
        if (is_idle(c) && c->active_at <= before) {
            before = c->active_at;
            found = c;
        }
    return found;
}

static void client_create(struct ctl *ctl, int fd)
{
    static const char full[] = "{\"ok\":false,\"error\":\"too many clients; "
                               "try again later\"}\n";
    struct client *c = NULL;

    if (ctl->client_count == CTL_CLIENTS_MAX) {
        struct client *dispensable = find_dispensable(ctl);

        if (dispensable)
            client_free(dispensable);
    }
    if (ctl->client_count < CTL_CLIENTS_MAX)
        c = calloc(1, sizeof(*c));
    if (!c) {
        ctl->refused++;
        log_warning("ctl.client_refused", "reason=full clients=%zu",
                    ctl->client_count);
        /* It fits the empty buffer of a new socket. */
        (void)send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        close(fd);
        return;
    }
    c->ctl = ctl;
    c->active_at = ev_now(ctl->loop);
    ev_io_init(&c->io, on_ready, fd, EV_READ);
    c->io.data = c;
    ev_timer_init(&c->stall, on_stall, 0, ctl->options.stall_s);
    c->stall.data = c;
    c->next = ctl->clients;
    ctl->clients = c;
    ctl->client_count++;
    ev_io_start(ctl->loop, &c->io);
}

/* One a turn, so that a client is heard before the next is let in. */
static void on_connection(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct ctl *ctl = io->data;
    int fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    (void)events;
    if (fd >= 0) {
        if (ctl->is_failing)
            log_info("ctl.accept_resumed", "%s", "");
        ctl->is_failing = false;
        client_create(ctl, fd);
        return;
    }
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
        return;
    if (!ctl->is_failing)
        log_warning("ctl.accept_failed", "error=%s", strerror(errno));
    ctl->is_failing = true;
    ev_io_stop(loop, io);
    ev_timer_again(loop, &ctl->accept_again);
}

static void on_accept_again(struct ev_loop *loop, struct ev_timer *timer,
                            int events)
{
    struct ctl *ctl = timer->data;

    (void)events;
    ev_timer_stop(loop, timer);
    ev_io_start(loop, &ctl->accept);
}

int ctl_open(struct ctl **c, struct ev_loop *loop, const struct ctl_options *o,
             char *error, size_t error_size)
{
    const struct socket_file_options file = {
        .path = o->path,
        .uid = o->uid,
        .gid = o->gid,
        .backlog = CTL_CLIENTS_MAX,
    };
    struct ctl *made = calloc(1, sizeof(*made));
    int result;

    assert_main_thread();
    *c = NULL;
    if (!made) {
        snprintf(error, error_size, "%s: out of memory", o->path);
        return -ENOMEM;
    }
    result = socket_file_open(&made->file, &file, error, error_size);
    if (result < 0) {
        free(made);
        return result;
    }
    alloc_flag_watch();
    made->loop = loop;
    made->options = *o;
    if (o->idle_s == 0)
        made->options.idle_s = idle_s_default;
    if (o->stall_s == 0)
        made->options.stall_s = stall_s_default;
    ev_io_init(&made->accept, on_connection, socket_file_fd(made->file),
               EV_READ);
    made->accept.data = made;
    ev_timer_init(&made->accept_again, on_accept_again, 0, ACCEPT_PAUSE_S);
    made->accept_again.data = made;
    ev_io_start(loop, &made->accept);
    *c = made;
    return 0;
}

size_t ctl_clients(const struct ctl *c)
{
    return c->client_count;
}

uint64_t ctl_refused(const struct ctl *c)
{
    return c->refused;
}

void ctl_close(struct ctl *c)
{
    if (!c)
        return;
    while (c->clients) {
        if (buffer_size(&c->clients->out) > 0)
            send_some(c->clients);
        client_free(c->clients);
    }
    ev_io_stop(c->loop, &c->accept);
    ev_timer_stop(c->loop, &c->accept_again);
    socket_file_close(c->file);
    free(c);
}

/* Takes 'answer' and frees the reply. */
static void settle(struct ctl_reply *reply, cJSON *answer)
{
    struct client *c = reply->from;

    free(reply);
    if (!c) {
        cJSON_Delete(answer);
        return;
    }
    c->reply = NULL;
    send_later(c, answer);
}

void ctl_answer(struct ctl_reply *reply, cJSON *result)
{
    cJSON *answer = cJSON_CreateObject();

    assert_main_thread();
    if (result && !alloc_flag_is_raised() &&
        cJSON_AddBoolToObject(answer, "ok", true) &&
        cJSON_AddItemToObject(answer, "result", result)) {
        settle(reply, answer);
        return;
    }
    cJSON_Delete(result);
    cJSON_Delete(answer);
    settle(reply, NULL);
}

void ctl_refuse(struct ctl_reply *reply, cJSON *faults, const char *format, ...)
{
    char text[1024];
    cJSON *answer;
    va_list args;

    assert_main_thread();
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    answer = refusal(text);
    if (faults && !cJSON_AddItemToObject(answer, "faults", faults))
        cJSON_Delete(faults);
    settle(reply, answer);
}
