/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/tap.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "port/tap_device.h"
#include "port/tap_place.h"

#ifndef TUN_F_USO4 /* since Linux 6.2 */
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

enum {
    TAP_FLAGS = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR,
    VNET_SIZE = sizeof(struct virtio_net_hdr),
    /* Room for the largest frame, and that the beginnings of buffers do not
     * all fall into the same lines of the processor's cache. */
    BUFFER_SIZE = (68 << 10) + 320,
    CAPACITY = BUFFER_SIZE - FRAME_HEADROOM,
    READS_MAX = 2 * QUEUE_BATCH,
};

struct tap_queue {
    struct port_queue queue;
    uint8_t *buffers; /* QUEUE_BATCH; memory only where one was written */
    uint64_t lost;    /* reads that failed with a frame */
    bool is_first; /* The kernel counts for the device; this one reports it. */
    uint64_t dropped_before, dropped;
};

static struct tap_queue *tap_of(struct port_queue *q)
{
    return (struct tap_queue *)q;
}

static void fill_frame(struct frame *f, uint8_t *buffer, uint32_t size)
{
    uint32_t left = CAPACITY - size;

    f->data = buffer + FRAME_HEADROOM;
    f->size = size;
    f->headroom = FRAME_HEADROOM;
    f->tailroom = left > UINT16_MAX ? UINT16_MAX : (uint16_t)left;
    f->queue = 0;
    f->is_truncated = left == 0; /* the kernel cuts without a word */
}

static unsigned int tap_receive(struct port_queue *q, struct frame *frames,
                                unsigned int max)
{
    struct tap_queue *t = tap_of(q);
    unsigned int count = 0;

    if (max > QUEUE_BATCH)
        max = QUEUE_BATCH;
    for (unsigned int i = 0; i < READS_MAX && count < max; i++) {
        uint8_t *buffer = t->buffers + (size_t)count * BUFFER_SIZE;
        struct iovec parts[2] = {
            {&frames[count].vnet, VNET_SIZE},
            {buffer + FRAME_HEADROOM, CAPACITY},
        };
        ssize_t size = readv(q->fd, parts, 2);

        if (size > VNET_SIZE) {
            fill_frame(&frames[count++], buffer, (uint32_t)size - VNET_SIZE);
            continue;
        }
        if (size < 0 && errno == EAGAIN)
            break;
        if (size < 0 && errno == EBADFD) {
            q->is_dead = true;
            break;
        }
        if (size >= 0 || errno != EINTR)
            t->lost++;
    }
    return count;
}

/* The next receive writes over what this one lent. */
static void tap_release(struct port_queue *q)
{
    (void)q;
}

static enum drop_reason reason_of_errno(int error)
{
    switch (error) {
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM:
        return DROP_TX_FULL;
    case EIO: /* the interface is down */
    case EBADFD:
        return DROP_PORT_DOWN;
    default:
        return DROP_TX_ERROR;
    }
}

static enum drop_reason send_one(struct port_queue *q, const struct frame *f)
{
    struct iovec parts[2] = {
        {(void *)(uintptr_t)&f->vnet, VNET_SIZE},
        {f->data, f->size},
    };
    ssize_t sent;

    do {
        sent = writev(q->fd, parts, 2);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return DROP_NONE;
    if (errno == EBADFD)
        q->is_dead = true;
    return reason_of_errno(errno);
}

static void tap_send(struct port_queue *q, const struct frame *const *frames,
                     unsigned int count, enum drop_reason *results)
{
    for (unsigned int i = 0; i < count; i++)
        results[i] = send_one(q, frames[i]);
}

static uint64_t tap_missed(struct port_queue *q)
{
    struct tap_queue *t = tap_of(q);
    struct tap_device d;
    struct link link;

    if (t->is_first && tap_place_look(q, &link) == 0 &&
        tap_device_look_there(&link, &d) == 0)
        t->dropped = d.tx_dropped - t->dropped_before;
    return t->lost + t->dropped;
}

static void tap_close(struct port_queue *q)
{
    struct tap_queue *t = tap_of(q);

    if (t->buffers)
        munmap(t->buffers, (size_t)QUEUE_BATCH * BUFFER_SIZE);
    if (q->is_dead)
        tap_device_give_back(q->fd);
    else if (q->fd >= 0)
        close(q->fd);
    free(t);
}

static const struct port_queue_ops tap_ops = {
    .receive = tap_receive,
    .release = tap_release,
    .send = tap_send,
    .missed = tap_missed,
    .close = tap_close,
};

/* The kernel says just EBUSY of any interface that has the name. */
static int why_not_ours(const char *name)
{
    struct tap_device d;

    if (tap_device_look(name, &d) < 0)
        return -EBUSY; /* it went away this moment */
    if (!d.is_tap || (d.is_persistent && !d.is_multi_queue))
        return -EEXIST;
    return d.is_multi_queue && d.queues == 0 ? 0 : -EBUSY;
}

static int attach_first(const char *name)
{
    short flags = TAP_FLAGS | IFF_MULTI_QUEUE;
    int fd = tap_device_attach(name, (short)(flags | IFF_TUN_EXCL));
    int err;

    if (fd != -EBUSY)
        return fd;
    err = why_not_ours(name);
    return err ? err : tap_device_attach(name, flags);
}

static int set_offloads(int fd)
{
    unsigned int offloads =
        TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    int size = VNET_SIZE;

    if (ioctl(fd, TUNSETVNETHDRSZ, &size) < 0)
        return -errno;
    if (ioctl(fd, TUNSETOFFLOAD, offloads | TUN_F_USO4 | TUN_F_USO6) < 0 &&
        ioctl(fd, TUNSETOFFLOAD, offloads) < 0)
        return -errno;
    return 0;
}

static int make_buffers(struct tap_queue *t)
{
    void *map =
        mmap(NULL, (size_t)QUEUE_BATCH * BUFFER_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (map == MAP_FAILED)
        return -errno;
    t->buffers = map;
    return 0;
}

static int open_queue(const char *name, bool is_first,
                      struct port_queue **queue)
{
    struct tap_queue *t = calloc(1, sizeof(*t));
    struct tap_device d = {0};
    int err;

    *queue = NULL;
    if (!t)
        return -ENOMEM;
    t->queue.ops = &tap_ops;
    t->queue.fd = is_first
                      ? attach_first(name)
                      : tap_device_attach(name, TAP_FLAGS | IFF_MULTI_QUEUE);
    err = t->queue.fd < 0 ? t->queue.fd : make_buffers(t);
    if (!err && is_first) {
        err = set_offloads(t->queue.fd);
        if (!err)
            err = tap_device_look(name, &d);
        t->is_first = true;
        t->dropped_before = d.tx_dropped;
    }
    if (err) {
        tap_close(&t->queue);
        return err;
    }
    *queue = &t->queue;
    return 0;
}

int tap_open(const char *name, unsigned int count, struct port_queue **queues)
{
    for (unsigned int i = 0; i < count; i++) {
        int err = open_queue(name, i == 0, &queues[i]);

        if (err) {
            while (i-- > 0)
                tap_close(queues[i]);
            return err;
        }
    }
    return 0;
}
