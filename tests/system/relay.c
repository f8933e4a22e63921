/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plays a virtual machine's network card: holds the TAP of the switch, as QEMU
 * does, and a TAP in the guest's namespace that is the guest's interface, and
 * passes frames between them with their vnet headers, so that super-frames and
 * checksums that are not there yet reach the guest as they are.
 *
 *     relay SWITCH_TAP GUEST_NAMESPACE_PATH GUEST_TAP
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TUN_F_USO4 /* since Linux 6.2 */
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

enum { FRAME_SIZE_MAX = 10 + 14 + 8 + 65536, BATCH = 64 };

static int open_tap(const char *name)
{
    const unsigned int basic =
        TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        err(1, "/dev/net/tun");
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(fd, TUNSETIFF, &request) < 0)
        err(1, "%s", name);
    if (ioctl(fd, TUNSETOFFLOAD, basic | TUN_F_USO4 | TUN_F_USO6) < 0 &&
        ioctl(fd, TUNSETOFFLOAD, basic) < 0)
        err(1, "%s: offloads", name);
    return fd;
}

/* A frame that the other side cannot take now is lost, as on a wire. */
static void pass(int from, int to, char *buffer)
{
    for (int i = 0; i < BATCH; i++) {
        ssize_t size = read(from, buffer, FRAME_SIZE_MAX);

        if (size < 0 && errno == EAGAIN)
            return;
        if (size < 0)
            err(1, "read");
        if (write(to, buffer, (size_t)size) < 0 && errno == EBADFD)
            err(1, "write");
    }
}

int main(int argc, char **argv)
{
    static char buffer[FRAME_SIZE_MAX];
    struct pollfd ends[2] = {{.events = POLLIN}, {.events = POLLIN}};
    int namespace;

    if (argc != 4)
        errx(2, "usage: relay SWITCH_TAP GUEST_NAMESPACE GUEST_TAP");
    ends[0].fd = open_tap(argv[1]);
    namespace = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (namespace < 0 || setns(namespace, CLONE_NEWNET) < 0)
        err(1, "%s", argv[2]);
    ends[1].fd = open_tap(argv[3]);
    puts("ready");
    fflush(stdout);
    for (;;) {
        if (poll(ends, 2, -1) < 0)
            err(1, "poll");
        if ((ends[0].revents | ends[1].revents) & (POLLERR | POLLNVAL))
            errx(1, "a TAP is gone");
        if (ends[0].revents & POLLIN)
            pass(ends[0].fd, ends[1].fd, buffer);
        if (ends[1].revents & POLLIN)
            pass(ends[1].fd, ends[0].fd, buffer);
    }
}
