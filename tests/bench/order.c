/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks whether the frames of a flow arrive in the order in which they were
 * sent.  The generator numbers all its frames; within a flow the numbers have
 * to rise.  Frames that are lost, here too, change nothing about that.
 *
 * order INTERFACE MILLISECONDS, prints "frames=N reordered=N flows=N first=N
 * last=N", the smallest and the largest number among them.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stopwatch.h"
#include "udp_frame.h"

enum {
    BATCH = 64,
    FLOWS = 1 << 20,
    ROOM = 64 << 20,
    NUMBER_END = UDP_FRAME_PAYLOAD + sizeof(uint64_t),
};

struct tally {
    uint64_t frames, reordered, flows, first, end;
    uint64_t last[FLOWS]; /* of a flow's numbers; none is 0 */
};

static int open_socket(const char *interface)
{
    struct sockaddr_ll at = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(ETH_P_ALL),
                             .sll_ifindex = (int)if_nametoindex(interface)};
    struct timeval patience = {.tv_usec = 10000};
    int yes = 1, room = ROOM;
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    if (fd < 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes)) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
        bind(fd, (struct sockaddr *)&at, sizeof(at))) {
        perror(interface);
        exit(1);
    }
    return fd;
}

static void look_at(struct tally *t, const uint8_t *frame)
{
    uint32_t flow = udp_frame_get16(frame + UDP_FRAME_SOURCE_PORT) |
                    (frame[UDP_FRAME_TARGET_PORT] & 15u) << 16;
    uint64_t number;

    memcpy(&number, frame + UDP_FRAME_PAYLOAD, sizeof(number));
    if (!t->frames++ || number < t->first)
        t->first = number;
    if (number > t->end)
        t->end = number;
    t->flows += !t->last[flow];
    t->reordered += number <= t->last[flow];
    t->last[flow] = number;
}

int main(int argc, char **argv)
{
    static struct tally t;
    static uint8_t frames[BATCH][UDP_FRAME_MAX];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];
    int64_t end;
    int fd;

    if (argc != 3) {
        fprintf(stderr, "usage: order INTERFACE MILLISECONDS\n");
        return 2;
    }
    fd = open_socket(argv[1]);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){frames[i], sizeof(frames[i])};
        messages[i].msg_hdr =
            (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    end = stopwatch_now_ns() + atoi(argv[2]) * INT64_C(1000000);
    while (stopwatch_now_ns() < end) {
        int got = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);

        for (int i = 0; i < got; i++) {
            if (messages[i].msg_len >= NUMBER_END)
                look_at(&t, frames[i]);
        }
    }
    printf("frames=%" PRIu64 " reordered=%" PRIu64 " flows=%" PRIu64
           " first=%" PRIu64 " last=%" PRIu64 "\n",
           t.frames, t.reordered, t.flows, t.first, t.end);
    return 0;
}
