/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/packet_sender.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/detour.h"
#include "port/htb.h"

enum {
    SOCKET_BUFFER = 64 << 20, /* super-frames wait in it, in both directions */
    VNET_SIZE = sizeof(struct virtio_net_hdr),
};

/* As large as the system lets us: the forced ones need CAP_NET_ADMIN. */
void packet_socket_buffers(int fd)
{
    int size = SOCKET_BUFFER;

    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

/* Without a protocol, so that it receives nothing. */
int packet_sender_open(struct packet_sender *s, int ifindex, int detour_fd)
{
    struct sockaddr_ll device = {
        .sll_family = AF_PACKET,
        .sll_ifindex = ifindex,
    };
    int one = 1;

    s->ifindex = ifindex;
    s->detour_fd = detour_fd;
    for (unsigned int i = 0; i < QUEUE_BATCH; i++)
        s->messages[i].msg_hdr.msg_iov = s->parts[i];
    s->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->fd < 0 ||
        setsockopt(s->fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)) < 0)
        return -errno;
    packet_socket_buffers(s->fd);
    if (bind(s->fd, (struct sockaddr *)&device, sizeof(device)) < 0)
        return -errno;
    return 0;
}

void packet_sender_close(struct packet_sender *s)
{
    if (s->fd >= 0)
        close(s->fd);
}

/* Whether frames that were sent before still wait for the device. */
static bool has_waiting(const struct packet_sender *s)
{
    uint32_t info[SK_MEMINFO_VARS];
    socklen_t size = sizeof(info);

    return getsockopt(s->fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0 ||
           size <= SK_MEMINFO_WMEM_ALLOC * sizeof(info[0]) ||
           info[SK_MEMINFO_WMEM_ALLOC];
}

/* The kernel has one error for a full queueing discipline and for a filter
 * before it (tc, nftables' egress) that drops the frame. */
static enum drop_reason reason_of_errno(const struct packet_sender *s,
                                        int error)
{
    switch (error) {
    case ENOBUFS:
        return has_waiting(s) ? DROP_TX_FULL : DROP_TX_REFUSED;
    case EAGAIN:
        return DROP_TX_FULL;
    case ENETDOWN:
    case ENXIO:
    case ENODEV:
        return DROP_PORT_DOWN;
    case EMSGSIZE:
        return DROP_MTU;
    default:
        return DROP_TX_ERROR;
    }
}

/* Frames name their queue by the priority of the socket: one that a kernel
 * before 6.14 could take with each message there is not. */
static void select_queue(struct packet_sender *s, uint32_t queue)
{
    uint32_t priority = queue ? htb_priority(queue - 1) : 0;

    if (queue == s->queue)
        return;
    setsockopt(s->fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority));
    s->queue = queue;
}

/* Of this the kernel takes the second tag for payload when it segments. */
static bool needs_detour(const struct packet_sender *s, const struct frame *f)
{
    return frame_is_super(f) && s->detour_fd >= 0 && frame_is_double_tagged(f);
}

static enum drop_reason send_by_detour(struct packet_sender *s, unsigned int i)
{
    return s->detour_fd >= 0 && detour_send(s->detour_fd, s->ifindex,
                                            &s->messages[i].msg_hdr)
               ? DROP_NONE
               : DROP_MTU;
}

/* sendmmsg stops at the first frame that fails: that one is marked, and it
 * goes on with the next. */
static void send_run(struct packet_sender *s, unsigned int first,
                     unsigned int end, enum drop_reason *results)
{
    while (first < end) {
        int sent =
            sendmmsg(s->fd, s->messages + first, end - first, MSG_DONTWAIT);

        if (sent > 0) {
            first += (unsigned int)sent;
        } else if (errno == EMSGSIZE) {
            results[first] = send_by_detour(s, first);
            first++;
        } else if (errno != EINTR) {
            results[first++] = reason_of_errno(s, errno);
        }
    }
}

/* The kernel copies one piece of memory in a shorter way than two, so the vnet
 * header goes right in front of the frame if there is room. */
static void prepare_message(struct packet_sender *s, unsigned int i,
                            const struct frame *f)
{
    struct iovec *parts = s->parts[i];
    struct msghdr *message = &s->messages[i].msg_hdr;

    if (f->headroom >= VNET_SIZE) {
        memcpy(f->data - VNET_SIZE, &f->vnet, VNET_SIZE);
        parts[0] = (struct iovec){f->data - VNET_SIZE, f->size + VNET_SIZE};
        message->msg_iovlen = 1;
        return;
    }
    parts[0] = (struct iovec){(void *)(uintptr_t)&f->vnet, VNET_SIZE};
    parts[1] = (struct iovec){f->data, f->size};
    message->msg_iovlen = 2;
}

void packet_sender_send(struct packet_sender *s,
                        const struct frame *const *frames, unsigned int count,
                        enum drop_reason *results)
{
    unsigned int first = 0;

    for (unsigned int i = 0; i < count; i++) {
        prepare_message(s, i, frames[i]);
        results[i] = DROP_NONE;
    }
    while (first < count) {
        unsigned int end = first + 1;

        if (needs_detour(s, frames[first])) {
            results[first] = send_by_detour(s, first);
            first = end;
            continue;
        }
        while (end < count && frames[end]->queue == frames[first]->queue &&
               !needs_detour(s, frames[end]))
            end++;
        select_queue(s, frames[first]->queue);
        send_run(s, first, end, results);
        first = end;
    }
}
