/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that the switch holds for its controllers, which name them by buffer
 * id.  OpenFlow 1.0 5.3.3 and 5.4.1, 1.3.5 6.1.2 and 7.4.1.
 *
 * A frame is handed out once.  When all buffers are in use the oldest is reused
 * if it is older than PACKET_BUFFERS_KEPT_MS; else the frame is not buffered.
 * An id is not used again for long after, so that a late one is told from
 * another's.
 */
#ifndef CONTROL_PACKET_BUFFERS_H
#define CONTROL_PACKET_BUFFERS_H

#include <linux/virtio_net.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/error.h"

enum { PACKET_BUFFERS_KEPT_MS = 5000, PACKET_BUFFERS_MAX = 65536 };

#define PACKET_BUFFERS_NONE 0xffffffffu

/* A frame as it was when it was held. */
struct packet_buffer {
    uint8_t *bytes; /* 'size' */
    uint32_t size;
    uint32_t in_port; /* OpenFlow's number, host order */
    struct virtio_net_hdr vnet;
};

struct packet_buffers;

/* Room for 'count' frames (at most PACKET_BUFFERS_MAX); 0: it never holds any.
 * NULL if out of memory. */
struct packet_buffers *packet_buffers_create(size_t count);
void packet_buffers_free(struct packet_buffers *b);

/* Holds a copy; returns its id, or PACKET_BUFFERS_NONE: then send it whole. */
uint32_t packet_buffers_hold(struct packet_buffers *b,
                             const struct packet_buffer *frame, int64_t now_ms);

/*
 * Hands the frame out; the caller frees its bytes.  FLOW_OK,
 * FLOW_BUFFER_EMPTY (it was used already) or FLOW_BUFFER_UNKNOWN.
 */
enum flow_error packet_buffers_take(struct packet_buffers *b, uint32_t id,
                                    struct packet_buffer *frame);

/* How many frames it has, has room for, and could not hold. */
struct packet_buffers_usage {
    size_t held, room;
    uint64_t refused;
};
struct packet_buffers_usage
packet_buffers_usage(const struct packet_buffers *b);

/* A dry run of packet_buffers_take: what it would return after it had been
 * called for each id that was staged since packet_buffers_begin_staging. */
void packet_buffers_begin_staging(struct packet_buffers *b);
enum flow_error packet_buffers_stage(struct packet_buffers *b, uint32_t id);

#endif
