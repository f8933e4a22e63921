/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/fake_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_network fake_network;

static bool fake_send(struct stream *s, const void *bytes, size_t size)
{
    struct fake_stream *f = (struct fake_stream *)s;

    if (f->is_full || f->sent_size + size > sizeof(f->sent))
        return false;
    memcpy(f->sent + f->sent_size, bytes, size);
    f->sent_size += size;
    return true;
}

static bool fake_is_congested(const struct stream *s)
{
    return ((const struct fake_stream *)s)->is_congested;
}

static void fake_close(struct stream *s)
{
    if (fake_network.peer && &fake_network.peer->stream == s)
        fake_network.peer = NULL;
    free(s);
}

struct fake_stream *fake_stream_create(void)
{
    static const struct stream_ops ops = {
        .send = fake_send,
        .is_congested = fake_is_congested,
        .close = fake_close,
    };
    struct fake_stream *f = calloc(1, sizeof(*f));

    if (!f)
        abort();
    f->stream.ops = &ops;
    return f;
}

struct stream *fake_connect(void *context, const struct target *t,
                            char error[STREAM_ERROR_SIZE])
{
    (void)context;
    (void)t;
    fake_network.attempts++;
    if (fake_network.is_refusing) {
        snprintf(error, STREAM_ERROR_SIZE, "%s", "refused");
        return NULL;
    }
    fake_network.peer = fake_stream_create();
    return &fake_network.peer->stream;
}

void fake_open(struct fake_stream *f, int64_t now_ms)
{
    f->stream.owner.opened(f->stream.owner.context, now_ms);
}

void fake_end(struct fake_stream *f, const char *why, int64_t now_ms)
{
    f->stream.owner.closed(f->stream.owner.context, why, now_ms);
    fake_close(&f->stream);
}

void fake_receive(struct fake_stream *f, const void *bytes, size_t size,
                  int64_t now_ms)
{
    struct of_message m = of_message_read(reader_over(bytes, size));

    if (!f->stream.owner.message(f->stream.owner.context, &m, now_ms))
        fake_end(f, "given up", now_ms);
}

void fake_receive_header(struct fake_stream *f, uint8_t version, uint8_t type,
                         int64_t now_ms)
{
    const uint8_t header[8] = {version, type, 0, 8, 0, 0, 0, 9};

    fake_receive(f, header, sizeof(header), now_ms);
}
