/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "packet/segment.h"

enum {
    COPIES_MAX = 1024,
    ARENA_SIZE = 8 << 20,
    ARENA_SPARE = 4 << 20, /* what one frame may need */
    COPIES_SPARE = PORTS_MAX,
    SEGMENTS_MAX = 512,
    SEGMENTS_SIZE = 1 << 20,
    SEGMENT_SIZE_MAX = UINT16_MAX + (4 << 10), /* with all headers */
    MEMORY_SIZE = ARENA_SIZE + SEGMENTS_SIZE + SEGMENT_SIZE_MAX,
};

_Static_assert(QUEUE_BATCH <= UINT8_MAX + 1, "an index is a byte");
_Static_assert(PORTS_MAX <= UINT16_MAX, "a port in the list is 16 bits");
_Static_assert((int)DROP_REASON_COUNT <= UINT8_MAX, "a reason is a byte");
_Static_assert(ARENA_SPARE <= ARENA_SIZE && COPIES_SPARE <= COPIES_MAX,
               "what one frame may need is there");

struct tx_queue {
    /* Of the value of the port that the first frame met: it and its queue stay
     * until this worker is quiescent, whatever is published meanwhile. */
    const struct port_link *link;
    unsigned int count;
    bool is_listed;
    const struct frame *frames[QUEUE_BATCH];
    uint8_t index[QUEUE_BATCH]; /* in the batch */
};

/* What became of a received frame. */
struct disposition {
    bool is_sent, is_consumed;
    uint8_t reason; /* enum drop_reason */
};

struct outbox {
    unsigned int worker;
    const struct datapath_port *from;
    unsigned int batch;
    struct disposition dispositions[QUEUE_BATCH];
    unsigned int listed_count;
    uint16_t listed[PORTS_MAX]; /* ports whose queue has been used */
    struct tx_queue queues[PORTS_MAX];
    unsigned int copies;
    struct frame copied[COPIES_MAX];
    size_t arena_used;
    uint8_t *arena;
    /* Of super-frames; their memory is used again once the queues are empty. */
    unsigned int segments;
    struct frame segmented[SEGMENTS_MAX];
    size_t segments_used;
    uint8_t *segment_bytes;
};

struct outbox *outbox_create(unsigned int worker)
{
    struct outbox *o = calloc(1, sizeof(*o));
    void *arena;

    assert(worker < WORKERS_MAX);
    if (!o)
        return NULL;
    arena = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (arena == MAP_FAILED) {
        free(o);
        return NULL;
    }
    o->arena = arena;
    o->segment_bytes = o->arena + ARENA_SIZE;
    o->worker = worker;
    return o;
}

void outbox_free(struct outbox *o)
{
    if (!o)
        return;
    munmap(o->arena, MEMORY_SIZE);
    free(o);
}

void outbox_begin(struct outbox *o, const struct datapath_port *from,
                  unsigned int batch)
{
    assert(batch <= QUEUE_BATCH && !o->listed_count);
    o->from = from;
    o->batch = batch;
    memset(o->dispositions, 0, batch * sizeof(o->dispositions[0]));
}

void outbox_consumed(struct outbox *o, unsigned int index)
{
    o->dispositions[index].is_consumed = true;
}

void outbox_dropped(struct outbox *o, unsigned int index,
                    enum drop_reason reason)
{
    if (o->dispositions[index].reason == DROP_NONE)
        o->dispositions[index].reason = (uint8_t)reason;
}

/*
 * For a super-frame that the kernel has refused after all, as one does that
 * knows less than those we know: its segments, one by one.  Returns whether one
 * was sent.
 */
__attribute__((noinline, cold)) static bool
send_segments(struct outbox *o, const struct port_link *link,
              const struct frame *f)
{
    struct port_counters *c = &link->counters[o->worker];
    struct port_queue *q = link->queues[o->worker];
    struct frame segment = {.data = o->segment_bytes + SEGMENTS_SIZE,
                            .queue = f->queue};
    const struct frame *const segments[] = {&segment};
    bool is_sent = false;
    struct segmenter s;

    if (!segment_begin(&s, f) || segment_largest(&s) > SEGMENT_SIZE_MAX)
        return false;
    while ((segment.size = segment_next(&s, segment.data)) > 0) {
        enum drop_reason result;

        q->ops->send(q, segments, 1, &result);
        if (result == DROP_NONE) {
            is_sent = true;
            count(&c->tx_frames, 1);
            count(&c->tx_bytes, segment.size);
        } else {
            count(&c->tx_drops[result], 1);
        }
    }
    return is_sent;
}

static bool is_refused(const struct frame *f, enum drop_reason result)
{
    return frame_is_super(f) && (result == DROP_TX_ERROR || result == DROP_MTU);
}

static void settle_sent(struct outbox *o, const struct port_link *link,
                        const struct tx_queue *waiting,
                        const enum drop_reason *results)
{
    struct port_counters *c = &link->counters[o->worker];
    uint64_t frames = 0, bytes = 0;

    for (unsigned int i = 0; i < waiting->count; i++) {
        const struct frame *f = waiting->frames[i];
        struct disposition *d = &o->dispositions[waiting->index[i]];

        if (results[i] == DROP_NONE) {
            d->is_sent = true;
            frames++;
            bytes += f->size;
        } else if (is_refused(f, results[i]) && send_segments(o, link, f)) {
            d->is_sent = true;
        } else {
            count(&c->tx_drops[results[i]], 1);
            outbox_dropped(o, waiting->index[i], results[i]);
        }
    }
    count(&c->tx_frames, frames);
    count(&c->tx_bytes, bytes);
}

static void send_queue(struct outbox *o, struct tx_queue *waiting)
{
    const struct port_link *link = waiting->link;
    struct port_queue *q = link->queues[o->worker];
    enum drop_reason results[QUEUE_BATCH];

    if (!waiting->count)
        return;
    q->ops->send(q, waiting->frames, waiting->count, results);
    settle_sent(o, link, waiting, results);
    waiting->count = 0;
}

void outbox_send(struct outbox *o)
{
    for (unsigned int i = 0; i < o->listed_count; i++) {
        struct tx_queue *waiting = &o->queues[o->listed[i]];

        send_queue(o, waiting);
        waiting->is_listed = false;
    }
    o->listed_count = 0;
    o->segments = 0;
    o->segments_used = 0;
}

void outbox_make_room(struct outbox *o)
{
    if (o->arena_used <= ARENA_SIZE - ARENA_SPARE &&
        o->copies <= COPIES_MAX - COPIES_SPARE)
        return;
    outbox_send(o);
    o->arena_used = 0;
    o->copies = 0;
}

/* The memory of a frame and of what surrounds it. */
static size_t room_for(uint32_t frame_size)
{
    return ((size_t)frame_size + 2 * FRAME_HEADROOM + 63) & ~(size_t)63;
}

/* A frame whose bytes are not yet written. */
static struct frame blank_frame(uint8_t *bytes, uint32_t frame_size)
{
    return (struct frame){
        .data = bytes + FRAME_HEADROOM,
        .size = frame_size,
        .headroom = FRAME_HEADROOM,
        .tailroom = FRAME_HEADROOM,
    };
}

struct frame *outbox_copy(struct outbox *o, const struct frame *f)
{
    size_t size = room_for(f->size);
    struct frame *copy;

    if (o->copies == COPIES_MAX || o->arena_used + size > ARENA_SIZE)
        return NULL;
    copy = &o->copied[o->copies++];
    *copy = blank_frame(o->arena + o->arena_used, f->size);
    o->arena_used += size;
    copy->vnet = f->vnet;
    copy->queue = f->queue;
    copy->l3 = f->l3;
    copy->l4 = f->l4;
    memcpy(copy->data, f->data, f->size);
    return copy;
}

enum drop_reason outbox_obstacle(const struct datapath_port *to,
                                 unsigned int worker, const struct frame *f)
{
    const struct port_link *link = &to->link;

    if (!link->is_up || !link->queues[worker])
        return DROP_PORT_DOWN;
    if (to->has_no_fwd)
        return DROP_PORT_NO_FWD;
    if (f->size - FRAME_HEADER_SIZE > link->mtu &&
        frame_mtu_size(f) > link->mtu)
        return DROP_MTU;
    return DROP_NONE;
}

static void put_in_queue(struct outbox *o, const struct datapath_port *to,
                         const struct frame *f, unsigned int index)
{
    struct tx_queue *waiting = &o->queues[to->index];

    if (!waiting->is_listed) {
        waiting->is_listed = true;
        waiting->link = &to->link;
        o->listed[o->listed_count++] = to->index;
    }
    waiting->frames[waiting->count] = f;
    waiting->index[waiting->count++] = (uint8_t)index;
    if (waiting->count == QUEUE_BATCH)
        send_queue(o, waiting);
}

/* Sends what waits where there is no room for one more. */
static struct frame *make_segment(struct outbox *o, uint32_t largest)
{
    size_t size = room_for(largest);
    struct frame *f;

    if (o->segments == SEGMENTS_MAX || o->segments_used + size > SEGMENTS_SIZE)
        outbox_send(o);
    f = &o->segmented[o->segments++];
    *f = blank_frame(o->segment_bytes + o->segments_used, largest);
    o->segments_used += size;
    return f;
}

/* What the kernel would not segment, or not as it is meant.  Out of line, so
 * that other frames do not pay for the guard of its stack. */
__attribute__((noinline)) static enum drop_reason
add_segments(struct outbox *o, const struct datapath_port *to,
             const struct frame *f, unsigned int index)
{
    struct segmenter s;
    uint32_t size = 1;

    if (!segment_begin(&s, f))
        return DROP_BAD_GSO;
    while (size) {
        struct frame *segment = make_segment(o, segment_largest(&s));

        size = segment_next(&s, segment->data);
        segment->size = size;
        segment->queue = f->queue;
        if (size)
            put_in_queue(o, to, segment, index);
    }
    return DROP_NONE;
}

void outbox_add(struct outbox *o, const struct datapath_port *to,
                const struct frame *f, unsigned int index)
{
    enum drop_reason reason = outbox_obstacle(to, o->worker, f);

    if (reason == DROP_NONE) {
        if (!frame_is_super(f) || segment_is_for_kernel(f))
            put_in_queue(o, to, f, index);
        else
            reason = add_segments(o, to, f, index);
    }
    if (reason != DROP_NONE) {
        count(&to->link.counters[o->worker].tx_drops[reason], 1);
        outbox_dropped(o, index, reason);
    }
}

void outbox_flush(struct outbox *o)
{
    struct port_counters *c = &o->from->link.counters[o->worker];
    uint64_t forwarded = 0, consumed = 0;

    outbox_send(o);
    for (unsigned int i = 0; i < o->batch; i++) {
        const struct disposition *d = &o->dispositions[i];

        if (d->is_sent)
            forwarded++;
        else if (d->is_consumed)
            consumed++;
        else
            count(&c->drops[d->reason ? d->reason : DROP_ACTION], 1);
    }
    if (forwarded)
        count(&c->forwarded, forwarded);
    if (consumed)
        count(&c->consumed, consumed);
    o->copies = 0;
    o->arena_used = 0;
}
