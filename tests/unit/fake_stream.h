/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams without a network: what is sent is kept, what comes is what the test
 * says.
 */
#ifndef UNIT_FAKE_STREAM_H
#define UNIT_FAKE_STREAM_H

#include "control/network.h"

enum { FAKE_SENT_MAX = 1 << 20 };

struct fake_stream {
    struct stream stream;
    bool is_full, is_congested;
    size_t sent_size;
    uint8_t sent[FAKE_SENT_MAX];
};

/* Where connections lead; all zero at the start. */
struct fake_network {
    bool is_refusing;
    unsigned int attempts;
    struct fake_stream *peer; /* the newest one that is not closed, or NULL */
};

extern struct fake_network fake_network;

struct fake_stream *fake_stream_create(void);

/* A network's connect. */
struct stream *fake_connect(void *context, const struct target *t,
                            char error[STREAM_ERROR_SIZE]);

/* The connection is up. */
void fake_open(struct fake_stream *f, int64_t now_ms);

/* As a real one ends: the owner is told, then it is freed. */
void fake_end(struct fake_stream *f, const char *why, int64_t now_ms);

/* One message from the peer; a stream whose owner gives it up ends. */
void fake_receive(struct fake_stream *f, const void *bytes, size_t size,
                  int64_t now_ms);

/* A message of eight bytes. */
void fake_receive_header(struct fake_stream *f, uint8_t version, uint8_t type,
                         int64_t now_ms);

#endif
