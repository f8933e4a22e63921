/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The yardstick: the least that can be done to move frames between two ports
 * with AF_PACKET rings.  No lookup, no parsing, no learning: what comes in at
 * one port goes out at the other.  A switch with the same rings cannot be
 * faster; how near it comes is what its own work costs.
 *
 * One thread, both directions.  Frames are sent straight out of the receive
 * ring by sendmmsg(), with no copy in this process.  Side by side with copying
 * them into a PACKET_TX_RING, that moved 1.2 times as many 64-byte frames
 * (median of 12 pairs).
 *
 * bare_ring [-v] PORT PORT; prints "ready" when frames flow.  -v carries
 * offloads: a vnet header before each frame (PACKET_VNET_HDR), and super-frames
 * larger than a ring's slot fetched whole (PACKET_COPY_THRESH).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SLOTS = 1 << 11,
    SLOT_SIZE = 2048,
    BLOCK_SIZE = 1 << 16,
    BATCH = 64,
    LARGEST = 80 << 10, /* a super-frame with all its headers */
    VNET_SIZE = sizeof(struct virtio_net_hdr),
    SOCKET_ROOM = 16 << 20,
};

struct port {
    int fd;
    uint8_t *ring;
    unsigned int next; /* slot to look at */
};

static bool has_vnet;

static void check(int result, const char *what)
{
    if (result >= 0)
        return;
    fprintf(stderr, "bare_ring: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void set(int fd, int option, int value, const char *what)
{
    check(setsockopt(fd, SOL_PACKET, option, &value, sizeof(value)), what);
}

static void make_ring(struct port *p)
{
    struct tpacket_req layout = {.tp_block_size = BLOCK_SIZE,
                                 .tp_block_nr = SLOTS * SLOT_SIZE / BLOCK_SIZE,
                                 .tp_frame_size = SLOT_SIZE,
                                 .tp_frame_nr = SLOTS};

    check(
        setsockopt(p->fd, SOL_PACKET, PACKET_RX_RING, &layout, sizeof(layout)),
        "PACKET_RX_RING");
    p->ring = mmap(NULL, SLOTS * SLOT_SIZE, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_POPULATE, p->fd, 0);
    check(p->ring == MAP_FAILED ? -1 : 0, "mmap");
}

static void open_port(struct port *p, const char *name)
{
    struct sockaddr_ll at = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(ETH_P_ALL),
                             .sll_ifindex = (int)if_nametoindex(name)};
    struct packet_mreq promiscuous = {.mr_ifindex = at.sll_ifindex,
                                      .mr_type = PACKET_MR_PROMISC};
    int room = SOCKET_ROOM;

    check(at.sll_ifindex ? 0 : -1, name);
    p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    check(p->fd, "socket");
    set(p->fd, PACKET_VERSION, TPACKET_V2, "PACKET_VERSION");
    set(p->fd, PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING");
    set(p->fd, PACKET_QDISC_BYPASS, 1, "PACKET_QDISC_BYPASS");
    if (has_vnet) {
        set(p->fd, PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
        set(p->fd, PACKET_COPY_THRESH, 1, "PACKET_COPY_THRESH");
    }
    check(setsockopt(p->fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)),
          "SO_SNDBUFFORCE");
    check(setsockopt(p->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)),
          "SO_RCVBUFFORCE");
    make_ring(p);
    check(bind(p->fd, (struct sockaddr *)&at, sizeof(at)), name);
    check(setsockopt(p->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
                     sizeof(promiscuous)),
          "PACKET_ADD_MEMBERSHIP");
}

static struct tpacket2_hdr *slot_at(const struct port *p, unsigned int index)
{
    return (void *)(p->ring + (size_t)(index % SLOTS) * SLOT_SIZE);
}

/*
 * Where the bytes to send are: in the slot, vnet header first, or fetched into
 * 'whole' when the slot is too small for them.  A frame that cannot be had
 * whole comes back empty.
 */
static struct iovec find_bytes(const struct port *p, struct tpacket2_hdr *slot,
                               uint8_t *whole)
{
    uint8_t *start = (uint8_t *)slot + slot->tp_mac;
    ssize_t size;

    if (!has_vnet)
        return (struct iovec){start, slot->tp_snaplen};
    if (slot->tp_status & TP_STATUS_COPY) {
        size = recv(p->fd, whole, LARGEST, MSG_DONTWAIT);
        return (struct iovec){whole, size < 0 ? 0 : (size_t)size};
    }
    if (slot->tp_snaplen < slot->tp_len)
        return (struct iovec){start, 0};
    return (struct iovec){start - VNET_SIZE, slot->tp_snaplen + VNET_SIZE};
}

static void send_all(const struct port *to, struct mmsghdr *messages,
                     unsigned int count)
{
    unsigned int done = 0;

    while (done < count) {
        int taken = sendmmsg(to->fd, messages + done, count - done, 0);

        /* The first one failed: without it. */
        done += taken > 0 ? (unsigned int)taken : 1;
    }
}

/* Moves a batch; returns how many slots it emptied. */
static unsigned int move(struct port *from, const struct port *to)
{
    static uint8_t whole[BATCH][LARGEST];
    static struct mmsghdr messages[BATCH];
    static struct iovec parts[BATCH];
    unsigned int seen = 0, count = 0;

    for (; seen < BATCH; seen++) {
        struct tpacket2_hdr *slot = slot_at(from, from->next + seen);

        if (!(__atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) &
              TP_STATUS_USER))
            break;
        parts[count] = find_bytes(from, slot, whole[count]);
        messages[count].msg_hdr =
            (struct msghdr){.msg_iov = &parts[count], .msg_iovlen = 1};
        count += parts[count].iov_len > 0;
    }
    send_all(to, messages, count);
    for (unsigned int i = 0; i < seen; i++)
        __atomic_store_n(&slot_at(from, from->next + i)->tp_status,
                         TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    from->next += seen;
    return seen;
}

int main(int argc, char **argv)
{
    struct port a = {0}, b = {0};

    if (argc > 1 && !strcmp(argv[1], "-v")) {
        has_vnet = true;
        argc--;
        argv++;
    }
    if (argc != 3) {
        fprintf(stderr, "usage: bare_ring [-v] PORT PORT\n");
        return 2;
    }
    open_port(&a, argv[1]);
    open_port(&b, argv[2]);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        struct pollfd ports[] = {{a.fd, POLLIN, 0}, {b.fd, POLLIN, 0}};

        if (move(&a, &b) + move(&b, &a) > 0)
            continue;
        poll(ports, 2, -1);
        /* A port is gone or down: there is nothing left to measure. */
        if ((ports[0].revents | ports[1].revents) & (POLLERR | POLLHUP))
            return 1;
    }
}
