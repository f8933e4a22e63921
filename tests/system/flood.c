/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends small frames of a local experimental Ethertype at a steady rate and
 * says at the end how many the interface has taken.
 *
 *     flood INTERFACE DESTINATION RATE COUNT SOURCES
 *
 * RATE is frames a second (0: as fast as it goes), COUNT frames in all.  The
 * source is the interface's own address, or with SOURCES above 0 one of as many
 * in turn, from 02:aa:00:00:00:00 on.  SIGTERM ends it early.  What it could
 * not send because the machine was busy it does not make up for at once: no
 * burst is longer than what is due in LAG_NS.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_SIZE = 60, BURST = 32, ETHERTYPE = 0x88b5, LAG_NS = 50000000 };

static volatile sig_atomic_t is_over;

static void on_signal(int number)
{
    (void)number;
    is_over = 1;
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void wait_ns(uint64_t ns)
{
    struct timespec t = {.tv_sec = (time_t)(ns / 1000000000u),
                         .tv_nsec = (long)(ns % 1000000000u)};

    nanosleep(&t, NULL);
}

/* A socket that sends on the interface, whose address goes to 'own'. */
static int open_interface(const char *name, uint8_t own[6])
{
    struct ifreq request = {0};
    struct sockaddr_ll address = {.sll_family = AF_PACKET};
    int fd = socket(AF_PACKET, SOCK_RAW, 0);

    address.sll_ifindex = (int)if_nametoindex(name);
    if (fd < 0 || address.sll_ifindex == 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
        err(1, "%s", name);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(fd, SIOCGIFHWADDR, &request) < 0)
        err(1, "%s", name);
    memcpy(own, request.ifr_hwaddr.sa_data, 6);
    return fd;
}

/* What is the same in all frames. */
static void make_frame(uint8_t frame[FRAME_SIZE], const struct ether_addr *to,
                       const uint8_t own[6])
{
    const uint16_t type = htons(ETHERTYPE);

    memset(frame, 0, FRAME_SIZE);
    memcpy(frame, to, 6);
    memcpy(frame + 6, own, 6);
    memcpy(frame + 12, &type, 2);
}

/* Frame number 'n': the number is in its payload, too. */
static void number_frame(uint8_t frame[FRAME_SIZE], uint64_t n,
                         uint64_t sources)
{
    if (sources > 0) {
        const uint32_t source = htonl((uint32_t)(n % sources));

        frame[6] = 0x02;
        frame[7] = 0xaa;
        memcpy(frame + 8, &source, 4);
    }
    memcpy(frame + 14, &n, sizeof n);
}

/* How many frames are to be gone by now; the start is moved on by what there
 * was no time for. */
static uint64_t frames_due(uint64_t rate, uint64_t sent, uint64_t *start)
{
    uint64_t passed = now_ns() - *start;
    uint64_t most = sent * 1000000000u / rate + LAG_NS;

    if (passed > most) {
        *start += passed - most;
        passed = most;
    }
    return passed * rate / 1000000000u;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    uint64_t rate, count, sources, sent = 0, refused = 0, start;
    const struct ether_addr *to;
    uint8_t frame[FRAME_SIZE], own[6];
    int fd;

    if (argc != 6 || !(to = ether_aton(argv[2])))
        errx(2, "usage: flood INTERFACE DESTINATION RATE COUNT SOURCES");
    rate = strtoull(argv[3], NULL, 10);
    count = strtoull(argv[4], NULL, 10);
    sources = strtoull(argv[5], NULL, 10);
    sigaction(SIGTERM, &action, NULL);
    fd = open_interface(argv[1], own);
    make_frame(frame, to, own);
    puts("ready");
    fflush(stdout);
    start = now_ns();
    while (sent < count && !is_over) {
        uint64_t due = rate ? frames_due(rate, sent, &start) : count;

        if (due > count)
            due = count;
        for (int i = 0; i < BURST && sent < due; i++) {
            number_frame(frame, sent, sources);
            if (send(fd, frame, sizeof frame, 0) == FRAME_SIZE)
                sent++;
            else if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR)
                refused++;
            else
                err(1, "%s", argv[1]);
        }
        if (sent >= due)
            wait_ns(200000);
    }
    printf("sent %llu refused %llu\n", (unsigned long long)sent,
           (unsigned long long)refused);
    return 0;
}
