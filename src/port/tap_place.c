/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/tap_place.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/netlink.h"

#ifndef TUNGETDEVNETNS /* since Linux 5.8 */
#define TUNGETDEVNETNS _IO('T', 227)
#endif

/* A file of the namespace of this process. */
static int open_own(void)
{
    int any = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int fd = any < 0 ? -errno : ioctl(any, SIOCGSKNS);

    if (fd < 0 && any >= 0)
        fd = -errno;
    if (any >= 0)
        close(any);
    return fd;
}

/* 1: this file is of the namespace of this process; 0: of another; or -errno.
 */
static int is_own(int netns_fd)
{
    struct stat own, other;
    int fd = open_own(), err = 0;

    if (fd < 0)
        return fd;
    if (fstat(fd, &own) < 0 || fstat(netns_fd, &other) < 0)
        err = -errno;
    close(fd);
    return err ? err : own.st_ino == other.st_ino && own.st_dev == other.st_dev;
}

static int take_number(const struct nlmsghdr *message, void *context)
{
    struct netlink_attrs attrs =
        netlink_attrs_of(message, sizeof(struct rtgenmsg));
    const struct nlattr *a = netlink_attr_find(attrs, NETNSA_NSID);
    int *number = context;

    if (message->nlmsg_type == RTM_NEWNSID && a &&
        mnl_attr_validate(a, MNL_TYPE_U32) == 0)
        *number = (int)mnl_attr_get_u32(a);
    return MNL_CB_OK;
}

static int ask_about(uint16_t type, int netns_fd, int *number)
{
    struct netlink_request r;

    netlink_begin(&r, type, 0, sizeof(struct rtgenmsg));
    mnl_attr_put_u32(&r.header, NETNSA_FD, (uint32_t)netns_fd);
    if (type == RTM_NEWNSID)
        mnl_attr_put_u32(&r.header, NETNSA_NSID,
                         (uint32_t)NETNSA_NSID_NOT_ASSIGNED);
    return netlink_ask(&r, take_number, number);
}

/* The number by which this namespace knows that one, which gets one if it has
 * none. */
static int number_of(int netns_fd, int *number)
{
    int err;

    *number = NETNSA_NSID_NOT_ASSIGNED;
    err = ask_about(RTM_GETNSID, netns_fd, number);
    if (err || *number != NETNSA_NSID_NOT_ASSIGNED)
        return err;
    err = ask_about(RTM_NEWNSID, netns_fd, number);
    return err ? err : ask_about(RTM_GETNSID, netns_fd, number);
}

int tap_place_look(const struct port_queue *queue, struct link *link)
{
    struct ifreq request = {.ifr_flags = 0};
    int fd, err, number;

    if (ioctl(queue->fd, TUNGETIFF, &request) < 0)
        return errno == EBADFD ? -ENODEV : -errno;
    fd = ioctl(queue->fd, TUNGETDEVNETNS);
    if (fd < 0)
        return errno == EBADFD ? -ENODEV : -errno;
    err = is_own(fd);
    if (err < 0)
        goto close_netns;
    number = -1;
    if (err == 0) {
        err = number_of(fd, &number);
        if (err)
            goto close_netns;
    }
    err = link_look(number + 1, request.ifr_name, link);

close_netns:
    close(fd);
    return err;
}
