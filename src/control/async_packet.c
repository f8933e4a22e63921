/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/async.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "control/packet_buffers.h"
#include "flow/packet_msg.h"
#include "flow/port_no.h"
#include "openflow/of_packet.h"
#include "packet/checksum.h"
#include "packet/header.h"
#include "packet/segment.h"

enum { WHOLE = 0xffff /* OFPCML_NO_BUFFER, and as much as 1.0 can ask for */ };

/* A frame on its way to the controllers. */
struct sending {
    struct of_switch *s;
    const struct upcall *upcall;
    int64_t now_ms;
    struct frame frame; /* a copy, with all checksums and padding */
    uint32_t in_port;
    bool has_tried_buffer;
    uint32_t buffer_id;
};

static bool wants(const struct connection *c, const struct upcall *u)
{
    /* Since 1.3 a table has an entry for its misses, or drops them. */
    if (u->reason == PACKET_IN_NO_ENTRY && c->version >= OF13)
        return false;
    if (u->reason == PACKET_IN_INVALID_TTL && c->wants_invalid_ttl &&
        c->role != ROLE_SLAVE)
        return async_is_listening(c);
    return async_wants(c, c->async.packet_in, u->reason);
}

static bool does_any_want(const struct of_switch *s, const struct upcall *u)
{
    for (size_t i = 0; i < connection_list_count(s->connections); i++)
        if (wants(connection_list_at(s->connections, i), u))
            return true;
    return false;
}

/* A copy as it would be on the wire.  A super-frame stays incomplete until it
 * is known whether it goes out whole. */
static bool copy_frame(struct sending *g)
{
    const struct upcall *u = g->upcall;
    uint32_t room = u->size < FRAME_MIN_SIZE ? FRAME_MIN_SIZE : u->size;
    uint8_t *bytes = calloc(1, room);

    if (!bytes)
        return false;
    memcpy(bytes, u + 1, u->size);
    g->frame = (struct frame){
        .data = bytes,
        .size = u->size,
        .tailroom = (uint16_t)(room - u->size),
        .vnet = u->vnet,
    };
    header_locate(&g->frame);
    if (u->size < FRAME_MIN_SIZE)
        frame_pad(&g->frame);
    if (!frame_is_super(&g->frame))
        checksum_complete(&g->frame);
    return true;
}

/* One buffer serves all controllers: the first that names it gets the frame. */
static uint32_t buffer_of(struct sending *g)
{
    struct packet_buffer held = {
        .bytes = g->frame.data,
        .size = g->upcall->size, /* its padding is only told */
        .in_port = g->in_port,
        .vnet = g->frame.vnet,
    };

    if (!g->has_tried_buffer)
        g->buffer_id = packet_buffers_hold(g->s->buffers, &held, g->now_ms);
    g->has_tried_buffer = true;
    return g->buffer_id;
}

static void send_message(struct connection *c, const struct packet_in *in)
{
    static const enum of_kind kinds[] = {
        [PACKET_IN_STANDARD] = OF_PACKET_IN,
        [PACKET_IN_NXT] = OF_NX_PACKET_IN,
        [PACKET_IN_NXT2] = OF_NX_PACKET_IN2,
    };
    struct of_buffer message = {.data = NULL};
    uint64_t congested = c->counts.congested;

    assert(c->packet_in_format < ARRAY_SIZE(kinds));
    assert(in->size <= in->total_size);
    of_packet_write_in(&message, c->version, kinds[c->packet_in_format], in);
    async_send(c, &message);
    of_buffer_clear(&message);
    c->counts.packet_ins += c->counts.congested == congested;
}

/* A super-frame leaves as the frames that it stands for. */
static void send_segments(struct sending *g, struct connection *c,
                          struct packet_in *in)
{
    struct segmenter segmenter;
    uint8_t *buffer;
    uint32_t size;

    if (!segment_begin(&segmenter, &g->frame))
        return;
    buffer = malloc(segment_largest(&segmenter));
    while (buffer && (size = segment_next(&segmenter, buffer)) > 0) {
        in->data = buffer;
        in->size = in->total_size = size;
        send_message(c, in);
    }
    free(buffer);
}

/* How much of a buffered frame a message has of those that ask for so much:
 * NXT_PACKET_IN2 must have some. */
static uint16_t begin_of(const struct connection *c, uint16_t limit)
{
    return !limit && c->packet_in_format == PACKET_IN_NXT2 ? FRAME_HEADER_SIZE
                                                           : limit;
}

static void send_to(struct sending *g, struct connection *c)
{
    const struct upcall *u = g->upcall;
    bool is_of_miss =
        u->reason == PACKET_IN_NO_ENTRY || u->reason == PACKET_IN_INVALID_TTL;
    uint16_t limit = is_of_miss ? c->miss_send_len : u->max_len;
    struct packet_in in = {
        .buffer_id = limit == WHOLE ? PACKET_NO_BUFFER : buffer_of(g),
        .total_size = g->frame.size,
        .reason = u->reason,
        .table = u->table,
        .cookie = u->cookie,
        .match = packet_in_context(&u->key),
        .data = g->frame.data,
        .size = g->frame.size,
    };

    limit = begin_of(c, limit);
    if (in.buffer_id != PACKET_NO_BUFFER && limit < in.size)
        in.size = limit;
    if (in.buffer_id == PACKET_NO_BUFFER && frame_is_super(&g->frame))
        send_segments(g, c, &in);
    else
        send_message(c, &in);
}

void async_made_up_packet_in(struct connection *c, const uint8_t mac[6])
{
    static const uint8_t request[] = {0x80, 0x35, 0, 1, 0x08, 0, 6, 4, 0, 3};
    uint8_t bytes[FRAME_MIN_SIZE] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct flow_key key = {.in_port = htonl(PORT_NO_LOCAL)};
    struct packet_in in = {
        .buffer_id = PACKET_NO_BUFFER,
        .total_size = sizeof(bytes),
        .reason = PACKET_IN_NO_ENTRY,
        .cookie = PACKET_NO_COOKIE,
        .match = packet_in_context(&key),
        .data = bytes,
        .size = sizeof(bytes),
    };

    memcpy(bytes + 6, mac, 6);
    memcpy(bytes + 12, request, sizeof(request));
    memcpy(bytes + 22, mac, 6); /* sender, whose IPv4 address is asked for */
    memcpy(bytes + 32, mac, 6);
    if (async_wants(c, c->async.packet_in, PACKET_IN_NO_ENTRY))
        send_message(c, &in);
}

void async_packet_in(struct of_switch *s, const struct upcall *u,
                     int64_t now_ms)
{
    struct sending g = {
        .s = s,
        .upcall = u,
        .now_ms = now_ms,
        .in_port = ntohl(u->key.in_port),
    };
    bool has_frame;

    if (u->size < FRAME_HEADER_SIZE || !does_any_want(s, u))
        return;
    has_frame = copy_frame(&g);
    for (size_t i = 0; i < connection_list_count(s->connections); i++) {
        struct connection *c = connection_list_at(s->connections, i);

        if (!wants(c, u))
            continue;
        if (!has_frame)
            c->counts.congested++;
        else if (token_buckets_takes(&c->packet_in_limit, g.in_port, now_ms))
            send_to(&g, c);
        else
            c->counts.limited++;
    }
    free(g.frame.data);
}
