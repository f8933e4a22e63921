/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/session.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "control/async.h"
#include "control/dispatch.h"
#include "control/handle_basic.h"
#include "openflow/of_error.h"
#include "openflow/of_hello.h"

static_assert(offsetof(struct session, connection) == 0,
              "a connection of a session is cast to its session");

static struct session *session_of(struct connection *c)
{
    return (struct session *)c;
}

static bool send_bytes(struct connection *c, const void *bytes, size_t size)
{
    struct session *s = session_of(c);

    return s->stream && stream_send(s->stream, bytes, size);
}

static bool is_congested(const struct connection *c)
{
    const struct session *s = (const struct session *)c;

    return s->stream && stream_is_congested(s->stream);
}

/* Sends a message that was just written, and clears it. */
static bool send_message(struct session *s, struct of_buffer *b)
{
    bool is_sent = !b->is_bad && send_bytes(&s->connection, b->data, b->size);

    of_buffer_clear(b);
    return is_sent;
}

/* Returns false, for the stream to end. */
__attribute__((format(printf, 2, 3))) static bool
refuse(struct session *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(s->why, sizeof(s->why), format, args);
    va_end(args);
    return false;
}

/* Finds a peer that speaks another protocol at once: a HELLO begins with a
 * version, whose highest bit is 0, and the type 0. */
static bool on_begun(void *context, const void *bytes, size_t size)
{
    struct session *s = context;
    const uint8_t *b = bytes;

    if (s->is_greeted)
        return true;
    if (!b[0] || b[0] >= 0x80)
        return refuse(s, "begins with 0x%02x, not a version of OpenFlow", b[0]);
    if (size > 1 && b[1])
        return refuse(s, "begins with 0x%02x 0x%02x, not with HELLO", b[0],
                      b[1]);
    return true;
}

/* The error is in the highest version that the peer speaks, as far as we can.
 */
static bool refuse_versions(struct session *s, uint32_t xid, uint32_t by_peer)
{
    enum of_version version = of_hello_negotiate(OF_VERSIONS_ALL, by_peer);
    char theirs[OF_HELLO_TEXT_SIZE], ours[OF_HELLO_TEXT_SIZE];
    struct of_buffer b = {0};

    of_hello_text(by_peer, theirs);
    of_hello_text(s->versions, ours);
    refuse(s, "no version of OpenFlow in common: it offers %s, this switch %s",
           *theirs ? theirs : "none", ours);
    of_error_write_hello_failed(&b, version == OF_NONE ? OF10 : version, xid,
                                s->why);
    send_message(s, &b);
    return false;
}

/* The peer's first message. */
static bool greet(struct session *s, const struct of_message *m, int64_t now_ms)
{
    struct reader body = m->body;
    enum of_version version;
    uint32_t by_peer;

    if (m->kind != OF_HELLO)
        return refuse(s, "sent %s instead of HELLO", of_kind_name(m->kind));
    by_peer = of_hello_read(&m->header, &body);
    version = of_hello_negotiate(s->versions, by_peer);
    if (version == OF_NONE)
        return refuse_versions(s, m->header.xid, by_peer);
    connection_reset(&s->connection, version);
    s->connection.is_accepted = false;
    if (!connection_list_add(s->world->of->connections, &s->connection))
        return refuse(s, "%s", "out of memory");
    s->is_greeted = true;
    s->greeted_ms = now_ms;
    s->invite_ms = now_ms + SESSION_INVITE_MS;
    async_connections_changed(s->world->of);
    s->owner.greeted(s->owner.context, now_ms);
    return true;
}

static void accept_now(struct session *s, int64_t now_ms)
{
    s->connection.is_accepted = true;
    s->owner.accepted(s->owner.context, now_ms);
}

static void on_opened(void *context, int64_t now_ms)
{
    struct session *s = context;
    struct of_buffer b = {0};

    of_hello_write(&b, s->versions, 1);
    send_message(s, &b);
    s->owner.opened(s->owner.context, now_ms);
}

static bool on_ready(void *context, int64_t now_ms)
{
    struct session *s = context;

    (void)now_ms;
    return !s->connection.awaits_barrier ||
           handle_barrier_over(s->world->of, &s->connection);
}

static bool on_message(void *context, const struct of_message *m,
                       int64_t now_ms)
{
    struct session *s = context;

    if (!s->is_greeted)
        return greet(s, m, now_ms);
    s->owner.heard(s->owner.context, now_ms);
    if (!s->connection.is_accepted && !dispatch_is_idle_talk(m->kind))
        accept_now(s, now_ms);
    return s->world->handle(s->world->of, &s->connection, m, now_ms);
}

/* The connection is no longer one of the switch's. */
static void leave(struct session *s)
{
    if (!s->is_greeted)
        return;
    s->is_greeted = false;
    connection_list_remove(s->world->of->connections, &s->connection);
    async_connections_changed(s->world->of);
    s->connection.version = OF_NONE;
    s->connection.is_accepted = false;
    s->connection.awaits_barrier = false;
}

static void on_closed(void *context, const char *why, int64_t now_ms)
{
    struct session *s = context;

    s->stream = NULL; /* It frees itself. */
    leave(s);
    s->owner.lost(s->owner.context, *s->why ? s->why : why, now_ms);
}

void session_begin(struct session *s, const struct session_world *world,
                   const struct session_owner *owner, struct stream *stream,
                   uint32_t versions)
{
    assert(!s->stream && !s->is_greeted && versions);
    assert(owner->opened && owner->greeted && owner->heard && owner->accepted &&
           owner->lost);
    s->world = world;
    s->owner = *owner;
    s->stream = stream;
    s->versions = versions;
    s->is_greeted = false;
    s->why[0] = '\0';
    s->connection.version = OF_NONE;
    s->connection.is_accepted = false;
    s->connection.send = send_bytes;
    s->connection.is_congested = is_congested;
    stream->owner = (struct stream_owner){
        .opened = on_opened,
        .begun = on_begun,
        .ready = on_ready,
        .message = on_message,
        .closed = on_closed,
        .context = s,
    };
}

void session_end(struct session *s)
{
    leave(s);
    stream_close(s->stream);
    s->stream = NULL;
}

bool session_probe(struct session *s)
{
    struct of_buffer b = {0};
    size_t start = of_begin(&b, s->connection.version, OF_ECHO_REQUEST, 0);

    assert(s->is_greeted);
    of_end(&b, start);
    return send_message(s, &b);
}

void session_invite(struct session *s, const uint8_t mac[6], int64_t now_ms)
{
    if (!s->is_greeted || s->connection.is_accepted || now_ms < s->invite_ms)
        return;
    s->invite_ms = now_ms + SESSION_INVITE_AGAIN_MS;
    async_made_up_packet_in(&s->connection, mac);
}

void session_tick(struct session *s, int64_t now_ms)
{
    if (s->is_greeted && !s->connection.is_accepted &&
        now_ms - s->greeted_ms >= SESSION_ACCEPTED_MS)
        accept_now(s, now_ms);
}
