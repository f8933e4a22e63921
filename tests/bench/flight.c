/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends UDP frames of which each is the first of a new flow, with a number of
 * them under way at a time, and waits for them on the other side: how many a
 * switch passes on in a second when each one costs it a question to its
 * controller, and, with one under way, how long that takes.
 *
 * flight INTERFACE SINK_NAMESPACE SINK_INTERFACE UNDER_WAY MILLISECONDS FIRST
 * prints "count=N lost=N ns=N p50_us=N p99_us=N".  The namespace is a path;
 * FIRST is the number of the first flow, so that no two flights share any.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stopwatch.h"
#include "udp_frame.h"

enum {
    SAMPLES_MAX = 1 << 20,
    UNDER_WAY_MAX = 4096,
    TARGET_PORT = 9000, /* the first; one for each 65,536 frames */
    PATIENCE_MS = 50,   /* then all that is under way counts as lost */
    ROOM = 4 << 20,
};

struct flight {
    int from, to;
    uint32_t sent, ended; /* numbers of frames; ended: arrived or lost */
    uint32_t count, lost;
    int64_t sent_ns[UNDER_WAY_MAX]; /* by the frame's number */
    int64_t samples[SAMPLES_MAX];
};

static int open_socket(const char *interface)
{
    struct sockaddr_ll at = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(ETH_P_ALL),
                             .sll_ifindex = (int)if_nametoindex(interface)};
    struct timeval patience = {.tv_usec = PATIENCE_MS * 1000};
    int yes = 1, room = ROOM;
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    if (fd < 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)) ||
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes)) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
        bind(fd, (struct sockaddr *)&at, sizeof(at))) {
        perror(interface);
        exit(1);
    }
    return fd;
}

static void enter(const char *namespace)
{
    int fd = open(namespace, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || setns(fd, CLONE_NEWNET)) {
        perror(namespace);
        exit(1);
    }
    close(fd);
}

static void send_next(struct flight *f)
{
    uint8_t frame[UDP_FRAME_MIN];
    uint32_t number = f->sent++;

    udp_frame_build(frame, sizeof(frame), number & 0xffff,
                    TARGET_PORT + (number >> 16));
    memcpy(frame + UDP_FRAME_PAYLOAD, &number, sizeof(number));
    f->sent_ns[number % UNDER_WAY_MAX] = stopwatch_now_ns();
    if (send(f->from, frame, sizeof(frame), 0) < 0)
        perror("flight: send");
}

/* Waits for one of the frames under way.  They may come in another order. */
static void receive(struct flight *f)
{
    uint8_t frame[UDP_FRAME_MAX];
    ssize_t size = recv(f->to, frame, sizeof(frame), 0);
    uint32_t number;

    if (size < 0) {
        f->lost += f->sent - f->ended;
        f->ended = f->sent;
        return;
    }
    if (size < UDP_FRAME_MIN ||
        udp_frame_get16(frame + UDP_FRAME_TARGET_PORT) < TARGET_PORT)
        return;
    memcpy(&number, frame + UDP_FRAME_PAYLOAD, sizeof(number));
    /* A frame that was given up, or that is not ours. */
    if (f->sent - number > UNDER_WAY_MAX || f->ended == f->sent)
        return;
    f->ended++;
    if (f->count < SAMPLES_MAX)
        f->samples[f->count++] =
            stopwatch_now_ns() - f->sent_ns[number % UNDER_WAY_MAX];
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static int fly(struct flight *f, unsigned int under_way, int64_t window_ns)
{
    int64_t begin = stopwatch_now_ns(), took;

    while (stopwatch_now_ns() - begin < window_ns) {
        while (f->sent - f->ended < under_way)
            send_next(f);
        receive(f);
    }
    took = stopwatch_now_ns() - begin;
    if (!f->count) {
        fprintf(stderr, "flight: no frame came through\n");
        return 1;
    }
    qsort(f->samples, f->count, sizeof(f->samples[0]), compare);
    printf("count=%" PRIu32 " lost=%" PRIu32 " ns=%" PRId64
           " p50_us=%.1f p99_us=%.1f\n",
           f->count, f->lost, took, (double)f->samples[f->count / 2] / 1e3,
           (double)f->samples[(size_t)f->count * 99 / 100] / 1e3);
    return 0;
}

int main(int argc, char **argv)
{
    static struct flight f;
    struct sched_param priority = {.sched_priority = 1};
    int under_way = argc == 7 ? atoi(argv[4]) : 0;

    if (under_way < 1 || under_way > UNDER_WAY_MAX) {
        fprintf(stderr, "usage: flight INTERFACE SINK_NAMESPACE SINK_INTERFACE "
                        "UNDER_WAY MILLISECONDS FIRST\n");
        return 2;
    }
    prctl(PR_SET_TIMERSLACK, 1UL);
    /* Without the right to it the figures are worse, not wrong. */
    sched_setscheduler(0, SCHED_FIFO, &priority);
    f.sent = f.ended = (uint32_t)atol(argv[6]);
    f.from = open_socket(argv[1]);
    enter(argv[2]);
    f.to = open_socket(argv[3]);
    return fly(&f, (unsigned int)under_way, atoi(argv[5]) * INT64_C(1000000));
}
