/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sim/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TYPE_HELLO = 0,
    TYPE_ECHO_REQUEST = 2,
    TYPE_ECHO_REPLY = 3,
    HEADER_SIZE = 8,
};

struct peer_stream {
    struct stream stream;
    struct peer *peer;
    bool is_open;
};

static bool take(struct stream *s, const void *bytes, size_t size)
{
    struct peer *p = ((struct peer_stream *)s)->peer;

    if (p->in_size + size > sizeof(p->in))
        return false;
    memcpy(p->in + p->in_size, bytes, size);
    p->in_size += size;
    return true;
}

static bool is_congested(const struct stream *s)
{
    (void)s;
    return false;
}

static void close_stream(struct stream *s)
{
    ((struct peer_stream *)s)->peer->stream = NULL;
    free(s);
}

static const struct stream_ops ops = {
    .send = take,
    .is_congested = is_congested,
    .close = close_stream,
};

struct stream *peer_connect(void *context, const struct target *t,
                            char error[STREAM_ERROR_SIZE])
{
    struct peer *p = (struct peer *)context + (t->port - TARGET_PORT) % PEERS;
    struct peer_stream *s;

    p->attempts++;
    if (!p->is_listening || p->stream) {
        snprintf(error, STREAM_ERROR_SIZE, "%s", "Connection refused");
        return NULL;
    }
    s = calloc(1, sizeof(*s));
    if (!s)
        abort();
    s->stream.ops = &ops;
    s->peer = p;
    p->stream = s;
    p->connections++;
    p->delivered = 0;
    p->in_size = p->out_size = 0;
    memset(p->received, 0, sizeof(p->received));
    return &s->stream;
}

static size_t size_of(const uint8_t *message)
{
    return (size_t)message[2] << 8 | message[3];
}

static void take_message(struct peer *p, const uint8_t *message)
{
    size_t size = size_of(message);
    uint8_t type = message[1];

    p->received[type]++;
    p->last_size[type] = size < PEER_MESSAGE_MAX ? size : PEER_MESSAGE_MAX;
    memcpy(p->last[type], message, p->last_size[type]);
    if (type == TYPE_ECHO_REQUEST && !p->is_frozen)
        peer_send_type(p, TYPE_ECHO_REPLY);
}

static void open_up(struct peer *p, int64_t now_ms)
{
    p->stream->is_open = true;
    p->stream->stream.owner.opened(p->stream->stream.owner.context, now_ms);
    if (!p->is_frozen)
        peer_send_type(p, TYPE_HELLO);
}

/* One message; a stream whose owner gives it up ends. */
static void deliver(struct peer *p, int64_t now_ms)
{
    struct stream_owner owner = p->stream->stream.owner;
    uint8_t message[PEER_QUEUE_MAX];
    size_t size = size_of(p->out);
    struct of_message m;

    memcpy(message, p->out, size);
    p->out_size -= size;
    memmove(p->out, p->out + size, p->out_size);
    p->delivered++;
    m = of_message_read(reader_over(message, size));
    if (!owner.message(owner.context, &m, now_ms))
        peer_hang_up(p, now_ms);
}

static bool has_message(const struct peer *p)
{
    return p->stream && p->out_size >= HEADER_SIZE &&
           p->out_size >= size_of(p->out);
}

bool peer_turn(struct peer *p, int64_t now_ms)
{
    bool has_moved = false;
    size_t at = 0;

    if (p->stream && !p->stream->is_open) {
        open_up(p, now_ms);
        has_moved = true;
    }
    while (p->stream && at < p->in_size) {
        take_message(p, p->in + at);
        at += size_of(p->in + at);
        has_moved = true;
    }
    p->in_size = 0;
    while (has_message(p)) {
        deliver(p, now_ms);
        has_moved = true;
    }
    return has_moved;
}

bool peer_is_connected(const struct peer *p)
{
    return p->stream && p->stream->is_open;
}

void peer_send(struct peer *p, const void *message, size_t size)
{
    if (!p->stream || p->out_size + size > sizeof(p->out))
        abort();
    memcpy(p->out + p->out_size, message, size);
    p->out_size += size;
}

void peer_send_type(struct peer *p, uint8_t type)
{
    const uint8_t message[8] = {p->version, type, 0, 8, 0, 0, 0, 1};

    peer_send(p, message, sizeof(message));
}

void peer_hang_up(struct peer *p, int64_t now_ms)
{
    struct peer_stream *s = p->stream;

    if (!s)
        return;
    p->stream = NULL;
    s->stream.owner.closed(s->stream.owner.context, "hung up", now_ms);
    free(s);
}
