/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sending side of packet_ring.h: frames in batches by a packet socket, with
 * vnet headers.
 *
 * It is a socket of its own, which nobody polls: for each frame that one has
 * sent the kernel would walk all who wait for it, were it just for reading.
 */
#ifndef PORT_PACKET_SENDER_H
#define PORT_PACKET_SENDER_H

#include <sys/socket.h>
#include <sys/uio.h>

#include "port/queue.h"

struct packet_sender {
    int fd; /* -1: not open */
    int ifindex, detour_fd;
    uint32_t queue; /* what SO_PRIORITY is set for; as in struct frame */
    struct mmsghdr messages[QUEUE_BATCH];
    struct iovec parts[QUEUE_BATCH][2];
};

/* 'detour_fd' is that of detour.h, borrowed; -1: there is none.  Returns 0, or
 * -errno and it is to be closed. */
int packet_sender_open(struct packet_sender *s, int ifindex, int detour_fd);
void packet_sender_close(struct packet_sender *s);

/* As port_queue_ops.send. */
void packet_sender_send(struct packet_sender *s,
                        const struct frame *const *frames, unsigned int count,
                        enum drop_reason *results);

/* Makes a packet socket's buffers as large as the system lets us. */
void packet_socket_buffers(int fd);

#endif
