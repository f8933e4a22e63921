/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The round trip of one frame through the switch and back.
 *
 * "latency echo INTERFACE" returns what comes to the echo port (UDP 7) with
 * addresses and ports exchanged, until it is ended; it prints "ready" first.
 * "latency ping INTERFACE SECONDS" sends one frame after the other, a
 * little apart, and prints "count=N lost=N p50_us=N p99_us=N".
 *
 * Both run at real-time priority where they may, so that beside a busy
 * generator they measure the switch and not the scheduler.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "stopwatch.h"
#include "udp_frame.h"

enum {
    ECHO_PORT = 7,
    PING_PORT = 2048,
    SAMPLES_MAX = 1 << 18,
    GAP_NS = 300000,    /* from an answer to the next question */
    PATIENCE_MS = 100,  /* then it counts as lost */
    LOST_IN_A_ROW = 10, /* then there is no way through */
};

/* A socket that takes UDP frames to 'port' alone.  ETH_P_ALL, as sockets for
 * one protocol come after the ingress hook, where the test bed drops
 * everything. */
static int open_socket(const char *interface, unsigned int port)
{
    struct sock_filter program[] = {
        /* clang-format off */
        {BPF_LD | BPF_H | BPF_ABS,  0, 0, UDP_FRAME_TARGET_PORT},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, port                 },
        {BPF_RET | BPF_K,           0, 0, UDP_FRAME_MAX        },
        {BPF_RET | BPF_K,           0, 0, 0                    },
        /* clang-format on */
    };
    struct sock_fprog filter = {ARRAY_SIZE(program), program};
    struct sockaddr_ll at = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(ETH_P_ALL),
                             .sll_ifindex = (int)if_nametoindex(interface)};
    struct timeval patience = {.tv_usec = PATIENCE_MS * 1000};
    int yes = 1;
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) ||
        setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)) ||
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes)) ||
        (port != ECHO_PORT && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
                                         sizeof(patience))) ||
        bind(fd, (struct sockaddr *)&at, sizeof(at))) {
        perror(interface);
        exit(1);
    }
    return fd;
}

static void exchange(uint8_t *a, uint8_t *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t kept = a[i];

        a[i] = b[i];
        b[i] = kept;
    }
}

static void echo(int fd)
{
    uint8_t frame[UDP_FRAME_MAX];

    printf("ready\n");
    fflush(stdout);
    for (;;) {
        ssize_t size = recv(fd, frame, sizeof(frame), 0);

        if (size < UDP_FRAME_MIN)
            continue;
        /* No checksum changes, whatever the order of what it adds up. */
        exchange(frame, frame + 6, 6);
        exchange(frame + UDP_FRAME_IP + 12, frame + UDP_FRAME_IP + 16, 4);
        exchange(frame + UDP_FRAME_SOURCE_PORT, frame + UDP_FRAME_TARGET_PORT,
                 2);
        if (send(fd, frame, (size_t)size, 0) < 0)
            perror("latency: echo");
    }
}

/* Returns the nanoseconds, or -1 when no answer came in time. */
static int64_t ask(int fd, uint32_t number)
{
    uint8_t question[UDP_FRAME_MIN], answer[UDP_FRAME_MAX];
    int64_t begin;

    udp_frame_build(question, sizeof(question), PING_PORT, ECHO_PORT);
    memcpy(question + UDP_FRAME_PAYLOAD, &number, sizeof(number));
    begin = stopwatch_now_ns();
    if (send(fd, question, sizeof(question), 0) < 0)
        return -1;
    do {
        if (recv(fd, answer, sizeof(answer), 0) < UDP_FRAME_MIN)
            return -1;
        /* A late answer to an earlier question does not count. */
    } while (memcmp(answer + UDP_FRAME_PAYLOAD, &number, sizeof(number)));
    return stopwatch_now_ns() - begin;
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static int ping(int fd, double seconds)
{
    static int64_t samples[SAMPLES_MAX];
    int64_t end = stopwatch_now_ns() + (int64_t)(seconds * 1e9);
    size_t count = 0;
    unsigned int lost = 0, in_a_row = 0;

    for (uint32_t number = 1; stopwatch_now_ns() < end && count < SAMPLES_MAX &&
                              in_a_row < LOST_IN_A_ROW;
         number++) {
        int64_t took = ask(fd, number);

        if (took < 0) {
            lost++;
            in_a_row++;
            continue;
        }
        in_a_row = 0;
        samples[count++] = took;
        stopwatch_sleep_until(stopwatch_now_ns() + GAP_NS);
    }
    if (!count) {
        fprintf(stderr, "latency: no answer\n");
        return 1;
    }
    qsort(samples, count, sizeof(samples[0]), compare);
    printf("count=%zu lost=%u p50_us=%.1f p99_us=%.1f\n", count, lost,
           (double)samples[count / 2] / 1e3,
           (double)samples[count * 99 / 100] / 1e3);
    return 0;
}

int main(int argc, char **argv)
{
    struct sched_param priority = {.sched_priority = 1};

    prctl(PR_SET_TIMERSLACK, 1UL);
    /* Without the right to it the figures are worse, not wrong. */
    sched_setscheduler(0, SCHED_FIFO, &priority);
    if (argc == 3 && !strcmp(argv[1], "echo"))
        echo(open_socket(argv[2], ECHO_PORT));
    if (argc == 4 && !strcmp(argv[1], "ping"))
        return ping(open_socket(argv[2], PING_PORT), atof(argv[3]));
    fprintf(stderr, "usage: latency echo INTERFACE\n"
                    "       latency ping INTERFACE SECONDS\n");
    return 2;
}
