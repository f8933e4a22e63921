/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream of whole OpenFlow messages to and from one peer.
 *
 * A table of functions, because the simulation has peers of its own; the real
 * ones are here too: TCP, UNIX sockets and TLS on a libev loop.  Nothing
 * blocks.  The header of each message is read here and goes on with it; what
 * the message says is not looked at.
 */
#ifndef CONTROL_STREAM_H
#define CONTROL_STREAM_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/target.h"
#include "control/tls.h"
#include "openflow/of_message.h"

enum {
    STREAM_QUEUE_MAX = 4 << 20,  /* with more bytes waiting for the peer there
                                  * is no room for another message */
    STREAM_QUEUE_LONG = 1 << 20, /* above this it is congested, and nothing is
                                  * read from it */
    STREAM_STALL_S = 10,         /* a peer that takes nothing for so long is
                                  * given up */
    STREAM_ERROR_SIZE = 256,
};

/* The owner's functions.  They are called from the event loop alone and must
 * not close the stream. */
struct stream_owner {
    /* The peer can be written to. */
    void (*opened)(void *context, int64_t now_ms);
    /* What has come and has not been handed over, a whole message or its
     * begin; false: the peer is to be given up.  May be NULL. */
    bool (*begun)(void *context, const void *bytes, size_t size);
    /* Whether the next message can be taken; false while the one before it is
     * not done, and then nothing is read and this is asked again soon.  May be
     * NULL. */
    bool (*ready)(void *context, int64_t now_ms);
    /* One whole message; false: the peer is to be given up. */
    bool (*message)(void *context, const struct of_message *m, int64_t now_ms);
    /* It is over, the stream is freed right after this. */
    void (*closed)(void *context, const char *why, int64_t now_ms);
    void *context;
};

struct stream;

struct stream_ops {
    bool (*send)(struct stream *s, const void *bytes, size_t size);
    bool (*is_congested)(const struct stream *s);
    void (*close)(struct stream *s);
};

/* The first member of every stream. */
struct stream {
    const struct stream_ops *ops;
    struct stream_owner owner; /* set before anything can happen */
};

/* Puts a message in the queue.  False if that was full: give the peer up, for
 * it does not read. */
bool stream_send(struct stream *s, const void *bytes, size_t size);
/* True while asynchronous messages are better dropped. */
bool stream_is_congested(const struct stream *s);
/* Closes and frees (NULL: nothing); nobody is told. */
void stream_close(struct stream *s);

/* Starts to connect; 'tls' (NULL: none) is needed for ssl: and borrowed until
 * this returns.  NULL: 'error' says why. */
struct stream *stream_connect(struct ev_loop *loop, const struct target *t,
                              struct tls *tls, char error[STREAM_ERROR_SIZE]);
/* Takes over a connection that somebody else made to us; non-blocking.  NULL if
 * out of memory, and 'fd' is closed. */
struct stream *stream_accept(struct ev_loop *loop, int fd, struct tls *tls);

#endif
