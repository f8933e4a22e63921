/* SPDX-License-Identifier: BSD-2-Clause */
/* What a port needs changed on an interface. */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "base/array.h"
#include "port/link.h"
#include "port/netlink.h"

static struct ifinfomsg *begin_change(struct netlink_request *r, int ifindex)
{
    struct ifinfomsg *info =
        netlink_begin(r, RTM_NEWLINK, 0, sizeof(struct ifinfomsg));

    info->ifi_family = AF_UNSPEC;
    info->ifi_index = ifindex;
    return info;
}

/* The kernel changes an interface only for who is in its namespace: with
 * IFLA_TARGET_NETNSID it would move one of ours there that has the same index.
 */
int link_set_up(const struct link *link, bool is_up)
{
    struct netlink_request r;
    struct ifinfomsg *info = begin_change(&r, link->ifindex);

    info->ifi_change = IFF_UP;
    info->ifi_flags = is_up ? IFF_UP : 0;
    return link->netns ? -EOPNOTSUPP : netlink_ask(&r, NULL, NULL);
}

int link_set_mac(int ifindex, const uint8_t mac[6])
{
    struct netlink_request r;

    begin_change(&r, ifindex);
    mnl_attr_put(&r.header, IFLA_ADDRESS, 6, mac);
    return netlink_ask(&r, NULL, NULL);
}

int link_set_mtu(const struct link *link, uint32_t mtu)
{
    struct netlink_request r;

    begin_change(&r, link->ifindex);
    mnl_attr_put_u32(&r.header, IFLA_MTU, mtu);
    return link->netns ? -EOPNOTSUPP : netlink_ask(&r, NULL, NULL);
}

int link_set_address_mode(int ifindex, int mode)
{
    struct netlink_request r;
    struct nlattr *families, *ipv6;

    begin_change(&r, ifindex);
    families = mnl_attr_nest_start(&r.header, IFLA_AF_SPEC);
    ipv6 = mnl_attr_nest_start(&r.header, AF_INET6);
    mnl_attr_put_u8(&r.header, IFLA_INET6_ADDR_GEN_MODE, (uint8_t)mode);
    mnl_attr_nest_end(&r.header, ipv6);
    mnl_attr_nest_end(&r.header, families);
    return netlink_ask(&r, NULL, NULL);
}

static int take_address_mode(const struct nlmsghdr *message, void *context)
{
    static const uint16_t path[] = {IFLA_AF_SPEC, AF_INET6,
                                    IFLA_INET6_ADDR_GEN_MODE};
    struct netlink_attrs attrs =
        netlink_attrs_of(message, sizeof(struct ifinfomsg));
    const struct nlattr *a = NULL;
    int *mode = context;

    if (message->nlmsg_type != RTM_NEWLINK)
        return MNL_CB_OK;
    for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
        a = netlink_attr_find(attrs, path[i]);
        if (!a)
            return MNL_CB_OK;
        attrs = netlink_attrs_in(a);
    }
    if (mnl_attr_validate(a, MNL_TYPE_U8) == 0)
        *mode = mnl_attr_get_u8(a);
    return MNL_CB_OK;
}

int link_get_address_mode(int ifindex)
{
    struct netlink_request r;
    struct ifinfomsg *info =
        netlink_begin(&r, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
    int mode = -EAFNOSUPPORT; /* where the interface has no IPv6 at all */
    int err;

    info->ifi_index = ifindex;
    err = netlink_ask(&r, take_address_mode, &mode);
    return err ? err : mode;
}
