/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scripted controller of the simulation: peer i waits where
 * tcp:ADDRESS:6653+i leads.  By itself it says HELLO and answers echo requests,
 * no more.
 */
#ifndef SIM_PEER_H
#define SIM_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/network.h"

enum { PEERS = 4, PEER_QUEUE_MAX = 65536, PEER_MESSAGE_MAX = 4096 };

struct peer_stream;

/* All zero at the start: nobody listens. */
struct peer {
    bool is_listening;
    bool is_frozen; /* takes connections and messages, and says nothing */
    uint8_t version;
    unsigned int attempts; /* to connect, refused ones too */
    unsigned int connections;
    unsigned int delivered; /* messages, in the connection that is there */
    /* Messages that came in the connection that is there or was last, by
     * type; and the last of each. */
    unsigned int received[256];
    size_t last_size[256];
    uint8_t last[256][PEER_MESSAGE_MAX];
    /* Of the connection that is there. */
    struct peer_stream *stream; /* NULL: none */
    size_t in_size, out_size;
    uint8_t in[PEER_QUEUE_MAX];  /* from the switch */
    uint8_t out[PEER_QUEUE_MAX]; /* to it */
};

/* For struct network; the context is an array of PEERS. */
struct stream *peer_connect(void *context, const struct target *t,
                            char error[STREAM_ERROR_SIZE]);

/* Takes what came and delivers what waits; true if there was anything. */
bool peer_turn(struct peer *p, int64_t now_ms);

bool peer_is_connected(const struct peer *p);
/* Sends a message, or a part of one, at the next turn.  A message that is not
 * whole yet waits for the rest. */
void peer_send(struct peer *p, const void *message, size_t size);
/* The same for one of eight bytes. */
void peer_send_type(struct peer *p, uint8_t type);
void peer_hang_up(struct peer *p, int64_t now_ms);

#endif
