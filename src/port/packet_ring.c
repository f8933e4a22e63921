/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/packet_ring.h"

#include <endian.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "packet/big_tcp.h"
#include "port/packet_sender.h"
#include "port/port_mark.h"
#include "port/refused.h"

#ifndef PACKET_FANOUT_FLAG_IGNORE_OUTGOING /* since Linux 5.18 */
#define PACKET_FANOUT_FLAG_IGNORE_OUTGOING 0x4000
#endif

enum {
    BLOCK_SIZE = 256 << 10,
    WHOLE_BATCH = 16, /* frames larger than a slot that one turn fetches */
    WHOLE_SIZE = 72 << 10,
    VNET_SIZE = sizeof(struct virtio_net_hdr),
};

struct packet_ring {
    struct port_queue queue;
    struct packet_sender sender;
    uint8_t *slots;
    size_t slots_size;
    unsigned int slot_count, head, tail; /* slots [tail, head) are lent out */
    uint8_t *whole; /* WHOLE_BATCH buffers for what did not fit in a slot */
    unsigned int whole_used;
    int fanout_id;
    uint32_t guest_mtu;
    /* Frames, as the kernel counts them; the last beside the ring. */
    uint64_t arrived, missed, seldom_missed;
    struct {
        uint64_t arrived, missed;
        bool is_empty;
    } before;       /* when it was last asked whether it has stalled */
    uint64_t *done; /* borrowed; or NULL */
};

static struct packet_ring *ring_of(struct port_queue *q)
{
    return (struct packet_ring *)q;
}

static struct tpacket2_hdr *slot_at(struct packet_ring *r, unsigned int index)
{
    return (struct tpacket2_hdr *)(void *)(r->slots +
                                           (size_t)index * PACKET_RING_SLOT);
}

static unsigned int slot_after(const struct packet_ring *r, unsigned int index)
{
    return index + 1 == r->slot_count ? 0 : index + 1;
}

static uint32_t slot_status(struct tpacket2_hdr *slot)
{
    return __atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE);
}

/* The first bytes of a frame, or all of it. */
static struct frame frame_in_slot(struct tpacket2_hdr *slot)
{
    struct frame f = {
        .data = (uint8_t *)slot + slot->tp_mac,
        .size = slot->tp_snaplen,
        .headroom = (uint16_t)(slot->tp_mac - sizeof(*slot)),
        .tailroom =
            (uint16_t)(PACKET_RING_SLOT - slot->tp_mac - slot->tp_snaplen),
        .is_truncated = slot->tp_snaplen < slot->tp_len,
    };

    memcpy(&f.vnet, f.data - VNET_SIZE, VNET_SIZE);
    return f;
}

/* A buffer for what does not fit in a slot, to hold a frame of 'size' bytes. */
static struct frame frame_in_buffer(struct packet_ring *r, uint32_t size)
{
    uint8_t *buffer = r->whole + (size_t)r->whole_used++ * WHOLE_SIZE;

    return (struct frame){
        .data = buffer + FRAME_HEADROOM,
        .size = size,
        .headroom = FRAME_HEADROOM,
        .tailroom = size < FRAME_MAX_SIZE ? FRAME_HEADROOM : 0,
    };
}

/* Reads a frame of 'size' bytes, that is next in order, into the pieces, the
 * first of which is for its vnet header. */
static bool fetch(struct packet_ring *r, struct iovec *pieces, size_t count,
                  uint32_t size)
{
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};

    return recvmsg(r->queue.fd, &message, MSG_DONTWAIT | MSG_TRUNC) ==
           (ssize_t)size + VNET_SIZE;
}

/* A frame that is as large as frames are: no pieces are put together. */
static void fetch_whole(struct packet_ring *r, const struct tpacket2_hdr *slot,
                        struct frame *f)
{
    uint32_t size = slot->tp_len;
    struct iovec pieces[2] = {
        {&f->vnet, VNET_SIZE},
        {NULL, WHOLE_SIZE - FRAME_HEADROOM},
    };

    *f = frame_in_buffer(r, size);
    pieces[1].iov_base = f->data;
    f->is_truncated =
        !fetch(r, pieces, 2, size) || size > WHOLE_SIZE - FRAME_HEADROOM;
    if (f->is_truncated)
        f->size = slot->tp_snaplen;
}

/* A frame that is larger than that, each part where it is to be. */
static unsigned int fetch_parts(struct packet_ring *r, const struct big_tcp *b,
                                struct frame *frames)
{
    struct virtio_net_hdr vnet;
    struct iovec pieces[WHOLE_BATCH + 1] = {{&vnet, VNET_SIZE}};
    uint32_t left = b->size - b->header_size;

    for (uint32_t i = 0; i < b->part_count; i++) {
        uint32_t chunk = left < b->chunk ? left : b->chunk;
        uint32_t at = i == 0 ? 0 : b->header_size;
        struct frame *f = &frames[i];

        *f = frame_in_buffer(r, b->header_size + chunk);
        pieces[i + 1] = (struct iovec){f->data + at, f->size - at};
        left -= chunk;
    }
    if (!fetch(r, pieces, b->part_count + 1, b->size)) {
        frames[0].is_truncated = true;
        return 1;
    }
    for (uint32_t i = 1; i < b->part_count; i++)
        memcpy(frames[i].data, frames[0].data, b->header_size);
    for (uint32_t i = 0; i < b->part_count; i++) {
        frames[i].vnet = vnet;
        big_tcp_finish(b, &frames[i], i);
    }
    return b->part_count;
}

/* The slot holds the beginning; the whole waits, in order, to be received.
 * Returns how many of the 'max' frames it makes; 0: they are too few now. */
static unsigned int take_large(struct packet_ring *r, struct tpacket2_hdr *slot,
                               struct frame *frames, unsigned int max)
{
    struct frame beginning = frame_in_slot(slot);
    struct big_tcp b = {.part_count = 1};
    bool is_big = big_tcp_look(&b, &beginning, slot->tp_len) &&
                  b.part_count <= WHOLE_BATCH;

    if (r->whole_used == WHOLE_BATCH)
        return 0;
    if (!is_big) {
        fetch_whole(r, slot, frames);
        return 1;
    }
    if (b.part_count > max || b.part_count > WHOLE_BATCH - r->whole_used)
        return 0;
    return fetch_parts(r, &b, frames);
}

static void take_small(struct tpacket2_hdr *slot, struct frame *f)
{
    struct big_tcp b;

    *f = frame_in_slot(slot);
    if (frame_is_super(f) && big_tcp_look(&b, f, f->size))
        big_tcp_finish(&b, f, 0);
    __builtin_prefetch(f->data);
}

/* The kernel took a tag out of the frame, and so out of each part of it. */
static void put_tag_back(const struct tpacket2_hdr *slot, uint32_t status,
                         struct frame *frames, unsigned int count)
{
    uint16_t tpid =
        status & TP_STATUS_VLAN_TPID_VALID ? slot->tp_vlan_tpid : ETH_P_8021Q;

    for (unsigned int i = 0; i < count; i++)
        frame_push_vlan(&frames[i], tpid, slot->tp_vlan_tci);
}

/* What the ring must not see. */
static unsigned int take_seldom(struct packet_ring *r, struct frame *frames,
                                unsigned int max)
{
    unsigned int count = 0;

    while (count < max && r->whole_used < WHOLE_BATCH) {
        struct frame *f = &frames[count];
        struct frame buffer = frame_in_buffer(r, 0);

        r->queue.has_seldom =
            refused_receive(r->queue.seldom_fd, r->guest_mtu, buffer.data,
                            WHOLE_SIZE - FRAME_HEADROOM, f);
        if (!r->queue.has_seldom)
            break;
        count++;
    }
    return count;
}

static unsigned int ring_receive(struct port_queue *q, struct frame *frames,
                                 unsigned int max)
{
    struct packet_ring *r = ring_of(q);
    unsigned int count = 0;

    if (q->has_seldom)
        count = take_seldom(r, frames, max);

    while (count < max) {
        struct tpacket2_hdr *slot = slot_at(r, r->head);
        uint32_t status = slot_status(slot);
        unsigned int next = slot_after(r, r->head), taken = 1;

        if (!(status & TP_STATUS_USER))
            break;
        __builtin_prefetch(slot_at(r, next));
        if (status & TP_STATUS_COPY)
            taken = take_large(r, slot, &frames[count], max - count);
        else
            take_small(slot, &frames[count]);
        if (taken == 0)
            break;
        if (status & TP_STATUS_VLAN_VALID)
            put_tag_back(slot, status, &frames[count], taken);
        __atomic_store_n(&r->head, next, __ATOMIC_RELAXED);
        count += taken;
    }
    return count;
}

static void ring_release(struct port_queue *q)
{
    struct packet_ring *r = ring_of(q);

    uint64_t count = 0;

    while (r->tail != r->head) {
        __atomic_store_n(&slot_at(r, r->tail)->tp_status, TP_STATUS_KERNEL,
                         __ATOMIC_RELEASE);
        r->tail = slot_after(r, r->tail);
        count++;
    }
    r->whole_used = 0;
    if (r->done && count)
        __atomic_fetch_add(r->done, count, __ATOMIC_RELEASE);
}

static void ring_send(struct port_queue *q, const struct frame *const *frames,
                      unsigned int count, enum drop_reason *results)
{
    packet_sender_send(&ring_of(q)->sender, frames, count, results);
}

/* The kernel's count starts again each time it is read. */
static struct tpacket_stats new_statistics(int fd)
{
    struct tpacket_stats stats;
    socklen_t size = sizeof(stats);

    if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) < 0)
        return (struct tpacket_stats){0};
    return stats;
}

static void count_arrived(struct packet_ring *r)
{
    struct tpacket_stats stats = new_statistics(r->queue.fd);

    r->arrived += stats.tp_packets - stats.tp_drops;
    r->missed += stats.tp_drops;
}

static uint64_t ring_missed(struct port_queue *q)
{
    struct packet_ring *r = ring_of(q);

    count_arrived(r);
    if (q->seldom_fd > 0)
        r->seldom_missed += new_statistics(q->seldom_fd).tp_drops;
    return r->missed + r->seldom_missed;
}

/*
 * Linux (tpacket_rcv) takes a slot for a frame before it writes the frame's
 * vnet header.  If there is no header for the frame's kind (UFO, SCTP), the
 * frame is dropped, but the slot stays taken, and each later frame finds it so.
 */
static bool ring_has_stalled(struct port_queue *q)
{
    struct packet_ring *r = ring_of(q);
    unsigned int head = __atomic_load_n(&r->head, __ATOMIC_RELAXED);
    bool is_empty = slot_status(slot_at(r, head)) == TP_STATUS_KERNEL;
    bool has_stalled;

    count_arrived(r);
    has_stalled = is_empty && r->before.is_empty &&
                  r->arrived == r->before.arrived &&
                  r->missed != r->before.missed;
    r->before.is_empty = is_empty;
    r->before.arrived = r->arrived;
    r->before.missed = r->missed;
    return has_stalled;
}

static void ring_close(struct port_queue *q)
{
    struct packet_ring *r = ring_of(q);

    if (r->slots)
        munmap(r->slots, r->slots_size);
    if (r->whole)
        munmap(r->whole, (size_t)WHOLE_BATCH * WHOLE_SIZE);
    packet_sender_close(&r->sender);
    if (q->seldom_fd > 0)
        close(q->seldom_fd);
    if (q->fd >= 0)
        close(q->fd);
    free(r);
}

static const struct port_queue_ops ring_ops = {
    .receive = ring_receive,
    .release = ring_release,
    .send = ring_send,
    .missed = ring_missed,
    .has_stalled = ring_has_stalled,
    .close = ring_close,
};

static int set_int(int fd, int option, int value)
{
    return setsockopt(fd, SOL_PACKET, option, &value, sizeof(value)) < 0
               ? -errno
               : 0;
}

/*
 * What must be said before there is a ring, in this order.  Not
 * PACKET_QDISC_BYPASS: around the queueing discipline the kernel drops a
 * super-frame that the device cannot segment itself.
 */
static int set_options(int fd)
{
    const struct {
        int option, value;
    } settings[] = {
        /* clang-format off */
        {PACKET_VERSION,         TPACKET_V2    }, /* V3 hands over late */
        {PACKET_VNET_HDR,        1             },
        {PACKET_RESERVE,         FRAME_HEADROOM},
        {PACKET_COPY_THRESH,     1             },
        {PACKET_IGNORE_OUTGOING, 1             },
        /* clang-format on */
    };

    for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
        int err = set_int(fd, settings[i].option, settings[i].value);

        if (err)
            return err;
    }
    return 0;
}

static int map_ring(struct packet_ring *r, unsigned int slots)
{
    unsigned int per_block = BLOCK_SIZE / PACKET_RING_SLOT;
    struct tpacket_req layout = {
        .tp_block_size = BLOCK_SIZE,
        .tp_block_nr = (slots + per_block - 1) / per_block,
        .tp_frame_size = PACKET_RING_SLOT,
    };
    void *map;

    layout.tp_frame_nr = layout.tp_block_nr * per_block;
    if (setsockopt(r->queue.fd, SOL_PACKET, PACKET_RX_RING, &layout,
                   sizeof(layout)) < 0)
        return -errno;
    r->slot_count = layout.tp_frame_nr;
    r->slots_size = (size_t)layout.tp_block_nr * BLOCK_SIZE;
    map = mmap(NULL, r->slots_size, PROT_READ | PROT_WRITE, MAP_SHARED,
               r->queue.fd, 0);
    if (map == MAP_FAILED)
        return -errno;
    r->slots = map;
    map = mmap(NULL, (size_t)WHOLE_BATCH * WHOLE_SIZE, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return -errno;
    r->whole = map;
    return 0;
}

static int join_fanout(struct packet_ring *r,
                       const struct packet_ring_options *o)
{
    /* The group has a hook of its own: it must be told about outgoing too. */
    int flags = PACKET_FANOUT_FLAG_IGNORE_OUTGOING;
    int value;
    socklen_t size = sizeof(value);

    if (o->queues < 2)
        return 0;
    if (o->fanout_id < 0)
        value = (PACKET_FANOUT_HASH | flags | PACKET_FANOUT_FLAG_UNIQUEID)
                << 16;
    else
        value = (PACKET_FANOUT_HASH | flags) << 16 | o->fanout_id;
    if (setsockopt(r->queue.fd, SOL_PACKET, PACKET_FANOUT, &value,
                   sizeof(value)) < 0 ||
        getsockopt(r->queue.fd, SOL_PACKET, PACKET_FANOUT, &value, &size) < 0)
        return -errno;
    r->fanout_id = value & 0xffff;
    return 0;
}

static int set_mark(int fd, const struct packet_ring_options *o)
{
    struct packet_mreq mark = {
        .mr_ifindex = o->ifindex,
        .mr_type = PACKET_MR_MULTICAST,
        .mr_alen = PORT_MARK_SIZE,
    };

    port_mark_write(o->owner, mark.mr_address);
    return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mark,
                      sizeof(mark));
}

static int bind_to(struct packet_ring *r, const struct packet_ring_options *o)
{
    struct sockaddr_ll device = {
        .sll_family = AF_PACKET,
        .sll_protocol = htobe16(ETH_P_ALL),
        .sll_ifindex = o->ifindex,
    };
    struct packet_mreq promiscuous = {
        .mr_ifindex = o->ifindex,
        .mr_type = PACKET_MR_PROMISC,
    };

    if (bind(r->queue.fd, (struct sockaddr *)&device, sizeof(device)) < 0 ||
        setsockopt(r->queue.fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
                   sizeof(promiscuous)) < 0)
        return -errno;
    if (o->owner && set_mark(r->queue.fd, o) < 0)
        return -errno;
    return join_fanout(r, o);
}

/* The first of the port's queues has it, for they are few. */
static int open_for_refused(struct packet_ring *r,
                            const struct packet_ring_options *o)
{
    int err;

    if (o->guest_mtu == 0)
        return 0;
    err = refused_keep_away(r->queue.fd, o->guest_mtu);
    if (err || (o->queues > 1 && o->fanout_id >= 0))
        return err;
    err = refused_open(o->ifindex, o->guest_mtu);
    if (err < 0)
        return err;
    r->queue.seldom_fd = err;
    r->guest_mtu = o->guest_mtu;
    return 0;
}

static int attach_filter(int fd, int program_fd)
{
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &program_fd,
                      sizeof(program_fd)) < 0
               ? -errno
               : 0;
}

int packet_ring_open(const struct packet_ring_options *o,
                     struct port_queue **queue)
{
    struct packet_ring *r = calloc(1, sizeof(*r));
    int err;

    *queue = NULL;
    if (!r)
        return -ENOMEM;
    r->queue.ops = &ring_ops;
    r->done = o->done;
    r->fanout_id = r->sender.fd = -1;
    /* Protocol 0: no frame may arrive before bind() names the device. */
    r->queue.fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (r->queue.fd < 0) {
        err = -errno;
        goto close_ring;
    }
    err = set_options(r->queue.fd);
    if (!err) {
        packet_socket_buffers(r->queue.fd);
        err = map_ring(r, o->slots);
    }
    if (!err)
        err = packet_sender_open(&r->sender, o->ifindex, o->detour_fd);
    if (!err)
        err = open_for_refused(r, o);
    if (!err && o->filter_fd >= 0)
        err = attach_filter(r->queue.fd, o->filter_fd);
    if (!err)
        err = bind_to(r, o);
    if (err)
        goto close_ring;
    *queue = &r->queue;
    return 0;

close_ring:
    ring_close(&r->queue);
    return err;
}

int packet_ring_fanout_id(const struct port_queue *queue)
{
    return ((const struct packet_ring *)queue)->fanout_id;
}
