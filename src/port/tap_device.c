/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/tap_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "port/netlink.h"

enum { STOCK_MAX = 1024 };

/* There is one /dev/net/tun and one process that may open it no more, so there
 * is one stock, which threads take turns with. */
static pthread_mutex_t stock_lock = PTHREAD_MUTEX_INITIALIZER;
static int stock[STOCK_MAX];
static unsigned int stock_count, stock_wanted;

static int open_file(void)
{
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

/* The stock is for when the process may not open the file any more. */
static int take_file(void)
{
    int fd = open_file();

    pthread_mutex_lock(&stock_lock);
    if (fd < 0 && stock_count)
        fd = stock[--stock_count];
    pthread_mutex_unlock(&stock_lock);
    return fd;
}

void tap_device_give_back(int fd)
{
    unsigned int any = 0;
    bool is_kept;

    pthread_mutex_lock(&stock_lock);
    /* The kernel would take the number of the queue that the file was for the
     * number that the next device is to have.  It refuses while attached. */
    is_kept = stock_count < stock_wanted && ioctl(fd, TUNSETIFINDEX, &any) == 0;
    if (is_kept)
        stock[stock_count++] = fd;
    pthread_mutex_unlock(&stock_lock);
    if (!is_kept)
        close(fd);
}

int tap_stock_fill(unsigned int count)
{
    stock_wanted = count < STOCK_MAX ? count : STOCK_MAX;
    while (stock_count < stock_wanted) {
        int fd = open_file();

        if (fd < 0)
            return fd;
        stock[stock_count++] = fd;
    }
    return (int)stock_count;
}

void tap_stock_empty(void)
{
    stock_wanted = 0;
    while (stock_count)
        close(stock[--stock_count]);
}

static uint32_t number_of(const struct nlattr *a)
{
    if (a && mnl_attr_validate(a, MNL_TYPE_U8) == 0)
        return mnl_attr_get_u8(a);
    if (a && mnl_attr_validate(a, MNL_TYPE_U32) == 0)
        return mnl_attr_get_u32(a);
    return 0;
}

static uint64_t tx_dropped_of(const struct nlattr *a)
{
    const size_t at = offsetof(struct rtnl_link_stats64, tx_dropped);
    uint64_t value = 0;

    if (a && mnl_attr_get_payload_len(a) >= at + sizeof(value))
        memcpy(&value, (const uint8_t *)mnl_attr_get_payload(a) + at,
               sizeof(value));
    return value;
}

static bool is_kind_tun(const struct nlattr *kind)
{
    return kind && mnl_attr_validate(kind, MNL_TYPE_NUL_STRING) == 0 &&
           strcmp(mnl_attr_get_str(kind), "tun") == 0;
}

/* Keeps 'size' - 1 bytes at the most; what is longer is left out. */
static void read_text(const struct nlattr *a, char *text, size_t size)
{
    text[0] = '\0';
    if (a && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) == 0 &&
        mnl_attr_get_payload_len(a) <= size)
        memcpy(text, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
}

/* An account that is not set is not told. */
static uint32_t account_of(const struct nlattr *a)
{
    return a && mnl_attr_validate(a, MNL_TYPE_U32) == 0 ? mnl_attr_get_u32(a)
                                                        : UINT32_MAX;
}

static void read_tun(struct netlink_attrs tun, struct tap_device *d)
{
    d->is_multi_queue = number_of(netlink_attr_find(tun, IFLA_TUN_MULTI_QUEUE));
    d->is_persistent = number_of(netlink_attr_find(tun, IFLA_TUN_PERSIST));
    d->queues = number_of(netlink_attr_find(tun, IFLA_TUN_NUM_QUEUES));
    d->owner = account_of(netlink_attr_find(tun, IFLA_TUN_OWNER));
    d->group = account_of(netlink_attr_find(tun, IFLA_TUN_GROUP));
}

void tap_device_read(const struct nlmsghdr *message, struct tap_device *d)
{
    const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
    struct netlink_attrs attrs = netlink_attrs_of(message, sizeof(*info));
    const struct nlattr *a = netlink_attr_find(attrs, IFLA_LINKINFO);
    struct netlink_attrs inner = {0}, tun = {0};

    memset(d, 0, sizeof(*d));
    if (message->nlmsg_type != RTM_NEWLINK ||
        message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*info))
        return;
    if (a)
        inner = netlink_attrs_in(a);
    d->ifindex = info->ifi_index;
    d->is_tap = info->ifi_type == ARPHRD_ETHER &&
                is_kind_tun(netlink_attr_find(inner, IFLA_INFO_KIND));
    d->tx_dropped = tx_dropped_of(netlink_attr_find(attrs, IFLA_STATS64));
    d->is_held = number_of(netlink_attr_find(attrs, IFLA_CARRIER));
    read_text(netlink_attr_find(attrs, IFLA_IFNAME), d->name, sizeof(d->name));
    read_text(netlink_attr_find(attrs, IFLA_IFALIAS), d->alias,
              sizeof(d->alias));
    a = d->is_tap ? netlink_attr_find(inner, IFLA_INFO_DATA) : NULL;
    if (a)
        tun = netlink_attrs_in(a);
    read_tun(tun, d);
}

static int take_device(const struct nlmsghdr *message, void *context)
{
    struct tap_device d;

    tap_device_read(message, &d);
    if (d.ifindex)
        *(struct tap_device *)context = d;
    return MNL_CB_OK;
}

static int look(struct netlink_request *r, struct tap_device *d)
{
    int err;

    memset(d, 0, sizeof(*d));
    err = netlink_ask(r, take_device, d);
    return !err && !d->ifindex ? -ENODEV : err;
}

int tap_device_look(const char *name, struct tap_device *d)
{
    struct netlink_request r;

    if (!name[0] || strlen(name) >= IFNAMSIZ)
        return -ENODEV;
    netlink_begin(&r, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, name);
    return look(&r, d);
}

int tap_device_look_there(const struct link *link, struct tap_device *d)
{
    struct netlink_request r;
    struct ifinfomsg *info = netlink_begin(&r, RTM_GETLINK, 0, sizeof(*info));

    info->ifi_index = link->ifindex;
    if (link->netns)
        mnl_attr_put_u32(&r.header, IFLA_TARGET_NETNSID,
                         (uint32_t)link->netns - 1);
    return look(&r, d);
}

int tap_device_attach(const char *name, short flags)
{
    struct ifreq request = {.ifr_flags = flags};
    int fd;

    /* The kernel would take a name with '%' for a pattern and make one up. */
    if (!name[0] || strlen(name) >= IFNAMSIZ || strchr(name, '%'))
        return -EINVAL;
    fd = take_file();
    if (fd < 0)
        return fd;
    memcpy(request.ifr_name, name, strlen(name) + 1);
    if (ioctl(fd, TUNSETIFF, &request) < 0) {
        int err = -errno;

        tap_device_give_back(fd);
        return err;
    }
    return fd;
}
