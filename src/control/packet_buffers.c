/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/packet_buffers.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow_mod.h"
#include "flow/packet_msg.h"

static_assert(PACKET_BUFFERS_NONE == PACKET_NO_BUFFER &&
                  PACKET_BUFFERS_NONE == FLOW_MOD_NO_BUFFER,
              "one number says that there is no buffer");
static_assert(PACKET_BUFFERS_MAX <= INT32_MAX, "ids leave room for the round");

/* An id is 'round' * count + place, so the first one is 0. */
struct slot {
    struct packet_buffer frame;
    uint32_t round;
    int64_t held_ms;
    uint64_t staged; /* the staging that has used it last */
    bool is_held, was_used;
};

struct packet_buffers {
    size_t count, next, held;
    uint64_t refused, stagings;
    struct slot slots[];
};

struct packet_buffers *packet_buffers_create(size_t count)
{
    struct packet_buffers *b;

    if (count > PACKET_BUFFERS_MAX)
        count = PACKET_BUFFERS_MAX;
    b = calloc(1, sizeof(*b) + count * sizeof(b->slots[0]));
    if (b)
        b->count = count;
    return b;
}

void packet_buffers_free(struct packet_buffers *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++)
        free(b->slots[i].frame.bytes);
    free(b);
}

static uint32_t id_of(const struct packet_buffers *b, const struct slot *s)
{
    return (uint32_t)(s->round * b->count + (size_t)(s - b->slots));
}

uint32_t packet_buffers_hold(struct packet_buffers *b,
                             const struct packet_buffer *frame, int64_t now_ms)
{
    struct slot *s;
    uint8_t *bytes;

    if (!b->count)
        return PACKET_BUFFERS_NONE;
    assert(b->next < b->count && b->held <= b->count);
    s = &b->slots[b->next];
    bytes = s->is_held && now_ms - s->held_ms < PACKET_BUFFERS_KEPT_MS
                ? NULL
                : malloc(frame->size ? frame->size : 1);
    if (!bytes) {
        b->refused++;
        return PACKET_BUFFERS_NONE;
    }
    memcpy(bytes, frame->bytes, frame->size);
    free(s->frame.bytes);
    s->frame = *frame;
    s->frame.bytes = bytes;
    b->held += !s->is_held;
    s->round += s->is_held || s->was_used;
    if ((s->round + 1) * b->count > INT32_MAX)
        s->round = 0;
    s->is_held = true;
    s->was_used = false;
    s->held_ms = now_ms;
    b->next = (b->next + 1) % b->count;
    return id_of(b, s);
}

struct packet_buffers_usage packet_buffers_usage(const struct packet_buffers *b)
{
    return (struct packet_buffers_usage){b->held, b->count, b->refused};
}

static enum flow_error look(const struct packet_buffers *b, uint32_t id)
{
    const struct slot *s;

    if (!b->count)
        return FLOW_BUFFER_UNKNOWN;
    s = &b->slots[id % b->count];
    if (!(s->is_held || s->was_used) || id_of(b, s) != id)
        return FLOW_BUFFER_UNKNOWN;
    return s->is_held ? FLOW_OK : FLOW_BUFFER_EMPTY;
}

enum flow_error packet_buffers_take(struct packet_buffers *b, uint32_t id,
                                    struct packet_buffer *frame)
{
    enum flow_error error = look(b, id);
    struct slot *s;

    if (error)
        return error;
    s = &b->slots[id % b->count];
    assert(s->is_held && s->frame.bytes && b->held > 0);
    *frame = s->frame;
    s->frame.bytes = NULL;
    s->is_held = false;
    b->held--;
    s->was_used = true;
    return FLOW_OK;
}

void packet_buffers_begin_staging(struct packet_buffers *b)
{
    b->stagings++;
}

enum flow_error packet_buffers_stage(struct packet_buffers *b, uint32_t id)
{
    enum flow_error error = look(b, id);
    struct slot *s;

    if (error)
        return error;
    assert(b->stagings > 0);
    s = &b->slots[id % b->count];
    if (s->staged == b->stagings)
        return FLOW_BUFFER_EMPTY;
    s->staged = b->stagings;
    return FLOW_OK;
}
