/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One OpenFlow conversation over a stream, whichever side connected: HELLO,
 * then each message to its handler.
 *
 * The owner acts when it begins, is accepted or ends (controller.h,
 * service_connections.h).  Main thread only.
 */
#ifndef CONTROL_SESSION_H
#define CONTROL_SESSION_H

#include "control/connection.h"
#include "control/stream.h"
#include "control/switch.h"

enum {
    /* A controller that keeps the connection for so long accepts us. */
    SESSION_ACCEPTED_MS = 30000,
    /* When one that has not yet is first sent a frame to answer, for it may
     * be about to, and again; Open vSwitch takes 2 s. */
    SESSION_INVITE_MS = 1000,
    SESSION_INVITE_AGAIN_MS = 2000,
};

/* What handles the messages of a greeted connection: dispatch_message. */
typedef bool session_handle_fn(struct of_switch *s, struct connection *c,
                               const struct of_message *m, int64_t now_ms);

/* What all sessions of a switch share. */
struct session_world {
    struct of_switch *of;
    session_handle_fn *handle;
};

/* Each is called from the event loop; only 'lost' may end the session. */
struct session_owner {
    void (*opened)(void *context, int64_t now_ms);
    void (*greeted)(void *context, int64_t now_ms);
    /* A message came, which has not been handled yet. */
    void (*heard)(void *context, int64_t now_ms);
    /* The peer has shown that it accepts us; before the message that shows it
     * is handled. */
    void (*accepted)(void *context, int64_t now_ms);
    /* It is over. */
    void (*lost)(void *context, const char *why, int64_t now_ms);
    void *context;
};

struct session {
    struct connection connection; /* name, is_service and limit: its owner's */
    const struct session_world *world;
    struct session_owner owner;
    struct stream *stream; /* NULL: none */
    uint32_t versions;     /* offered */
    bool is_greeted;
    int64_t greeted_ms, invite_ms;
    char why[STREAM_ERROR_SIZE]; /* if it is to be given up: the reason */
};

/* Takes the stream over, before anything has come from it.  'world' is
 * borrowed. */
void session_begin(struct session *s, const struct session_world *world,
                   const struct session_owner *owner, struct stream *stream,
                   uint32_t versions);
/* Ends it if it is not yet over; nobody is told. */
void session_end(struct session *s);

/* Asks for an echo; false if it cannot be sent. */
bool session_probe(struct session *s);

/* Sends it a made-up frame with this source, if it is time, unless it has
 * accepted us. */
void session_invite(struct session *s, const uint8_t mac[6], int64_t now_ms);

/* To be called now and then: time alone may make it accepted. */
void session_tick(struct session *s, int64_t now_ms);

#endif
