/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/detour.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "port/shield.h"

int detour_open(void)
{
    struct sockaddr_ll lo = {
        .sll_family = AF_PACKET,
        .sll_ifindex = (int)if_nametoindex("lo"),
    };
    int fd, one = 1, err;

    if (lo.sll_ifindex == 0)
        return -ENODEV;
    fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)) == 0 &&
        bind(fd, (struct sockaddr *)&lo, sizeof(lo)) == 0)
        return fd;
    err = -errno;
    close(fd);
    return err;
}

bool detour_send(int fd, int ifindex, const struct msghdr *message)
{
    union {
        struct cmsghdr header;
        uint8_t room[CMSG_SPACE(sizeof(uint32_t))];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(uint32_t)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SO_MARK}};
    struct msghdr marked = *message;
    uint32_t mark = SHIELD_MARK | (uint32_t)ifindex;

    if ((uint32_t)ifindex & SHIELD_MARK_MASK)
        return false;
    memcpy(CMSG_DATA(&control.header), &mark, sizeof(mark));
    marked.msg_control = &control;
    marked.msg_controllen = sizeof(control);
    return sendmsg(fd, &marked, MSG_DONTWAIT) >= 0;
}
