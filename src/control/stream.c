/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/stream.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/unix_address.h"

enum {
    READ_SIZE = 256 << 10, /* bytes taken in a turn of the loop */
    IN_SIZE = READ_SIZE + OF_MESSAGE_MAX + 1,
    OUT_SIZE_FIRST = 16 << 10,
    TURN_MS = 20,   /* of work for a peer in a turn of the loop */
    REST_READS = 4, /* of what a peer has sent that is given up */
};

/* Until an owner that was not ready is asked again. */
static const double UNREADY_S = 0.0002;

static_assert(STREAM_QUEUE_LONG < STREAM_QUEUE_MAX,
              "a peer is congested before its queue is full");
static_assert((int)IN_SIZE > (int)OF_MESSAGE_MAX, "the longest message fits");

enum phase { PHASE_CONNECTING, PHASE_HANDSHAKE, PHASE_OPEN };

/* A stream over a socket. */
struct wire {
    struct stream stream;
    struct ev_loop *loop;
    ev_io io;
    ev_timer stall;
    ev_timer soon;    /* runs at the next turn, or when come_back says */
    ev_prepare flush; /* runs at the end of this one */
    enum phase phase;
    struct tls_session *tls; /* NULL: none */
    bool is_over;            /* closed by its peer or by a fault */
    bool tls_waits_to_write; /* also to read */
    bool was_held;           /* something may have been left unread */
    int64_t turn_ends_ms;    /* then others are served */
    bool has_had_turn;       /* something may have been left unanswered */
    uint8_t *in;             /* IN_SIZE, 'in_size' of them are there */
    size_t in_size;
    uint8_t *out; /* 'out_room'; what waits is from out_first to out_end */
    size_t out_first, out_end, out_room;
    char why[STREAM_ERROR_SIZE];
};

bool stream_send(struct stream *s, const void *bytes, size_t size)
{
    return s->ops->send(s, bytes, size);
}

bool stream_is_congested(const struct stream *s)
{
    return s->ops->is_congested(s);
}

void stream_close(struct stream *s)
{
    if (s)
        s->ops->close(s);
}

static struct wire *wire_of(struct stream *s)
{
    return (struct wire *)s;
}

static size_t waiting(const struct wire *w)
{
    assert(w->out_first <= w->out_end && w->out_end <= w->out_room);
    return w->out_end - w->out_first;
}

/* Remembers why it is over; the first reason counts. */
__attribute__((format(printf, 2, 3))) static void
give_up(struct wire *w, const char *format, ...)
{
    va_list args;

    if (w->is_over)
        return;
    w->is_over = true;
    va_start(args, format);
    vsnprintf(w->why, sizeof(w->why), format, args);
    va_end(args);
    ev_timer_start(w->loop, &w->soon);
}

static bool wire_is_congested(const struct stream *s)
{
    return waiting((const struct wire *)s) > STREAM_QUEUE_LONG;
}

/* Whether the owner has still to do with the message before. */
static bool is_unready(const struct wire *w)
{
    const struct stream_owner *owner = &w->stream.owner;

    return w->phase == PHASE_OPEN && owner->ready &&
           !owner->ready(owner->context, clock_monotonic_ms());
}

/* Reads nothing more from a peer until it has read its replies, so that it may
 * send many requests at once. */
static bool is_held(struct wire *w)
{
    bool is_congested = wire_is_congested(&w->stream);

    w->was_held = w->was_held || is_congested;
    return is_congested || is_unready(w);
}

/* Watches the socket for the next event. */
static void watch(struct wire *w)
{
    int events = is_held(w) ? 0 : EV_READ;

    if (w->phase == PHASE_CONNECTING)
        events = EV_WRITE;
    else if (w->tls_waits_to_write ||
             (w->phase == PHASE_OPEN && waiting(w) > 0))
        events |= EV_WRITE;
    if (w->is_over)
        events = 0;
    if (events == (w->io.events & (EV_READ | EV_WRITE)) && ev_is_active(&w->io))
        return;
    ev_io_stop(w->loop, &w->io);
    ev_io_modify(&w->io, events);
    if (events)
        ev_io_start(w->loop, &w->io);
}

/* Room for 'size' more bytes at the end of what waits. */
static bool make_room(struct wire *w, size_t size)
{
    size_t room = w->out_room ? w->out_room : OUT_SIZE_FIRST;
    uint8_t *out;

    if (waiting(w) > STREAM_QUEUE_MAX)
        return false; /* One reply alone may be longer than that. */
    if (w->out_first && w->out_end + size > w->out_room) {
        memmove(w->out, w->out + w->out_first, waiting(w));
        w->out_end -= w->out_first;
        w->out_first = 0;
    }
    while (room < w->out_end + size)
        room *= 2;
    if (room == w->out_room)
        return true;
    out = realloc(w->out, room);
    if (!out)
        return false;
    w->out = out;
    w->out_room = room;
    return true;
}

static bool wire_send(struct stream *s, const void *bytes, size_t size)
{
    struct wire *w = wire_of(s);

    if (w->is_over)
        return false;
    if (!make_room(w, size)) {
        give_up(w, "does not read: %zu bytes wait for it", waiting(w));
        return false;
    }
    assert(size <= w->out_room - w->out_end);
    memcpy(w->out + w->out_end, bytes, size);
    if (!waiting(w))
        ev_timer_again(w->loop, &w->stall);
    w->out_end += size;
    ev_prepare_start(w->loop, &w->flush);
    return true;
}

static ssize_t put(struct wire *w, const void *bytes, size_t size)
{
    ssize_t sent;

    if (w->tls)
        return tls_session_write(w->tls, bytes, size);
    sent = send(w->io.fd, bytes, size, MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

static ssize_t get(struct wire *w, void *bytes, size_t size)
{
    ssize_t got;

    if (w->tls)
        return tls_session_read(w->tls, bytes, size);
    got = recv(w->io.fd, bytes, size, 0);
    return got < 0 ? -errno : got;
}

static bool is_for_later(ssize_t result)
{
    return result == -EAGAIN || result == -EWOULDBLOCK || result == -EINTR;
}

static void give_up_on(struct wire *w, ssize_t result)
{
    if (result == 0)
        give_up(w, "the peer has closed the connection");
    else if (w->tls)
        give_up(w, "%s", tls_session_error(w->tls));
    else
        give_up(w, "%s", strerror((int)-result));
}

static void write_some(struct wire *w)
{
    if (w->is_over)
        return; /* What waits is for say_last_words. */
    while (waiting(w) > 0) {
        ssize_t sent = put(w, w->out + w->out_first, waiting(w));

        if (is_for_later(sent)) {
            w->tls_waits_to_write |= w->tls && tls_session_wants_write(w->tls);
            return;
        }
        if (sent < 0) {
            give_up_on(w, sent);
            return;
        }
        w->out_first += (size_t)sent;
        ev_timer_again(w->loop, &w->stall);
    }
    w->out_first = w->out_end = 0;
    if (w->out_room > STREAM_QUEUE_MAX) {
        free(w->out); /* It was for one long reply. */
        w->out = NULL;
        w->out_room = 0;
    }
    ev_timer_stop(w->loop, &w->stall);
}

/* One request may take long, and a peer may send many at once. */
static int64_t look_at_clock(struct wire *w)
{
    int64_t now_ms = clock_monotonic_ms();

    w->has_had_turn = now_ms >= w->turn_ends_ms;
    return now_ms;
}

/* Whether messages are to be taken from the peer, for now. */
static bool is_served(struct wire *w)
{
    return !w->is_over && !w->has_had_turn && !is_held(w);
}

/* There is more to do for the peer, though nothing need come from it. */
static void come_back(struct wire *w, double after_s)
{
    if (ev_is_active(&w->soon))
        return;
    ev_timer_set(&w->soon, after_s, 0);
    ev_timer_start(w->loop, &w->soon);
}

static void hand_over(struct wire *w, const struct of_header *h,
                      const void *bytes)
{
    const struct stream_owner *owner = &w->stream.owner;
    struct of_message m = of_message_of(h, reader_over(bytes, h->size));

    if (!owner->message(owner->context, &m, look_at_clock(w)))
        give_up(w, "%s", "it sent an invalid message, or does not read");
}

/* Hands over each whole message and keeps the rest. */
static void take_messages(struct wire *w)
{
    const struct stream_owner *owner = &w->stream.owner;
    size_t at = 0;

    if (w->in_size && owner->begun &&
        !owner->begun(owner->context, w->in, w->in_size))
        give_up(w, "%s", "it sent an invalid message");
    while (is_served(w) && w->in_size - at >= OF_HEADER_SIZE) {
        struct reader r = reader_over(w->in + at, w->in_size - at);
        struct of_header h = of_read_header(&r);

        if (h.size < OF_HEADER_SIZE) {
            give_up(w, "sent a message of %u bytes, less than a header",
                    h.size);
            return;
        }
        if (h.size > w->in_size - at)
            break;
        hand_over(w, &h, w->in + at);
        at += h.size;
    }
    assert(at <= w->in_size && w->in_size <= IN_SIZE);
    memmove(w->in, w->in + at, w->in_size - at);
    w->in_size -= at;
}

static void read_some(struct wire *w)
{
    size_t taken = 0;

    while (is_served(w) && taken < READ_SIZE) {
        ssize_t got = get(w, w->in + w->in_size, IN_SIZE - w->in_size);

        assert(w->in_size < IN_SIZE); /* or recv tells of an end */
        if (is_for_later(got)) {
            w->tls_waits_to_write |= w->tls && tls_session_wants_write(w->tls);
            return;
        }
        if (got <= 0) {
            give_up_on(w, got);
            return;
        }
        w->in_size += (size_t)got;
        taken += (size_t)got;
        take_messages(w);
        /* More than this is left to the next turn; TLS may hold some of it
         * where the socket does not show it. */
        if (!w->tls && (size_t)got < READ_SIZE / 2)
            return;
    }
    if (!w->is_over && !is_held(w))
        come_back(w, 0);
}

/* Reads and answers, beginning with what was left while the peer was held. */
static void talk(struct wire *w)
{
    w->was_held = w->has_had_turn = false;
    w->turn_ends_ms = clock_monotonic_ms() + TURN_MS;
    take_messages(w);
    read_some(w);
    write_some(w);
    if (w->is_over || wire_is_congested(&w->stream))
        return;
    if (is_unready(w))
        come_back(w, UNREADY_S);
    else if (w->was_held || w->has_had_turn)
        come_back(w, 0);
}

static void open_up(struct wire *w)
{
    assert(w->stream.owner.opened && w->stream.owner.message &&
           w->stream.owner.closed);
    w->phase = PHASE_OPEN;
    w->stream.owner.opened(w->stream.owner.context, clock_monotonic_ms());
}

static void shake_hands(struct wire *w)
{
    int result = w->tls ? tls_session_handshake(w->tls) : 0;

    if (result == 0)
        open_up(w);
    else if (is_for_later(result))
        w->tls_waits_to_write = tls_session_wants_write(w->tls);
    else
        give_up_on(w, result);
}

static void finish_connect(struct wire *w)
{
    socklen_t size = sizeof(int);
    int error = 0;

    if (getsockopt(w->io.fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error) {
        give_up(w, "%s", strerror(error));
        return;
    }
    w->phase = PHASE_HANDSHAKE;
    shake_hands(w);
}

/* Answers and errors that wait, such as why a HELLO was refused, as far as the
 * socket takes them at once. */
static void say_last_words(struct wire *w)
{
    while (w->phase == PHASE_OPEN && waiting(w) > 0) {
        ssize_t sent = put(w, w->out + w->out_first, waiting(w));

        if (sent <= 0)
            return;
        w->out_first += (size_t)sent;
    }
}

/* A socket that is closed with something unread resets the connection, and then
 * the peer may not read the last words. */
static void read_rest(struct wire *w)
{
    for (int i = 0; i < REST_READS; i++)
        if (recv(w->io.fd, w->in, IN_SIZE, MSG_DONTWAIT) <= 0)
            return;
}

static void wire_close(struct stream *s)
{
    struct wire *w = wire_of(s);

    say_last_words(w);
    ev_io_stop(w->loop, &w->io);
    ev_timer_stop(w->loop, &w->stall);
    ev_timer_stop(w->loop, &w->soon);
    ev_prepare_stop(w->loop, &w->flush);
    tls_session_free(w->tls);
    read_rest(w);
    close(w->io.fd);
    free(w->in);
    free(w->out);
    free(w);
}

/* Tells the owner if it is over; true if it was. */
static bool end_if_over(struct wire *w)
{
    if (!w->is_over)
        return false;
    say_last_words(w);
    w->stream.owner.closed(w->stream.owner.context, w->why,
                           clock_monotonic_ms());
    wire_close(&w->stream);
    return true;
}

static void on_ready(struct ev_loop *loop, ev_io *io, int events)
{
    struct wire *w = io->data;

    (void)loop;
    (void)events;
    w->tls_waits_to_write = false;
    if (w->phase == PHASE_CONNECTING)
        finish_connect(w);
    else if (w->phase == PHASE_HANDSHAKE)
        shake_hands(w);
    if (w->phase == PHASE_OPEN)
        talk(w);
    if (!end_if_over(w))
        watch(w);
}

static void on_soon(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct wire *w = timer->data;

    ev_timer_stop(loop, timer);
    on_ready(loop, &w->io, events);
}

/* All output of a turn of the loop is sent together, without a poll first. */
static void on_flush(struct ev_loop *loop, ev_prepare *flush, int events)
{
    struct wire *w = flush->data;

    (void)events;
    ev_prepare_stop(loop, flush);
    if (w->phase == PHASE_OPEN)
        write_some(w);
    watch(w);
}

static void on_stall(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct wire *w = timer->data;

    (void)loop;
    (void)events;
    give_up(w, "has read nothing for %d s", STREAM_STALL_S);
    end_if_over(w);
}

static const struct stream_ops wire_ops = {
    .send = wire_send,
    .is_congested = wire_is_congested,
    .close = wire_close,
};

/* Takes 'fd' over. */
static struct wire *wire_create(struct ev_loop *loop, int fd, enum phase phase)
{
    struct wire *w = calloc(1, sizeof(*w));

    if (w)
        w->in = malloc(IN_SIZE);
    if (!w || !w->in) {
        free(w);
        close(fd);
        return NULL;
    }
    w->stream.ops = &wire_ops;
    w->loop = loop;
    w->phase = phase;
    ev_io_init(&w->io, on_ready, fd,
               phase == PHASE_CONNECTING ? EV_WRITE : EV_READ);
    ev_timer_init(&w->stall, on_stall, 0, STREAM_STALL_S);
    ev_timer_init(&w->soon, on_soon, 0, 0);
    ev_prepare_init(&w->flush, on_flush);
    w->io.data = w->stall.data = w->soon.data = w->flush.data = w;
    return w;
}

/* Small messages go at once; a peer that vanished is found out. */
static void tune(int fd)
{
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

static int connect_unix(int fd, const char *path)
{
    struct unix_address a;
    int result = unix_address_open(&a, path);

    if (result < 0)
        return result;
    if (connect(fd, (const struct sockaddr *)&a.name, sizeof(a.name)) < 0)
        result = -errno;
    unix_address_close(&a);
    return result;
}

static int start_connect(int fd, const struct target *t)
{
    struct sockaddr_storage a;
    socklen_t size;

    if (t->family == AF_UNIX)
        return connect_unix(fd, t->path);
    tune(fd);
    size = target_address(t, &a);
    if (connect(fd, (const struct sockaddr *)&a, size) < 0 &&
        errno != EINPROGRESS)
        return -errno;
    return 0;
}

struct stream *stream_connect(struct ev_loop *loop, const struct target *t,
                              struct tls *tls, char error[STREAM_ERROR_SIZE])
{
    int fd = socket(t->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int err = fd < 0 ? -errno : start_connect(fd, t);
    struct wire *w;

    if (err) {
        snprintf(error, STREAM_ERROR_SIZE, "%s", strerror(-err));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    w = wire_create(loop, fd, PHASE_CONNECTING);
    if (w && tls)
        w->tls = tls_session_create(tls, fd, false);
    if (!w || (tls && !w->tls)) {
        snprintf(error, STREAM_ERROR_SIZE, "%s", strerror(ENOMEM));
        stream_close(w ? &w->stream : NULL);
        return NULL;
    }
    ev_io_start(loop, &w->io);
    return &w->stream;
}

struct stream *stream_accept(struct ev_loop *loop, int fd, struct tls *tls)
{
    struct wire *w = wire_create(loop, fd, PHASE_HANDSHAKE);

    if (!w)
        return NULL;
    tune(fd);
    if (tls) {
        w->tls = tls_session_create(tls, fd, true);
        if (!w->tls) {
            wire_close(&w->stream);
            return NULL;
        }
    }
    ev_timer_start(loop, &w->soon);
    return &w->stream;
}
