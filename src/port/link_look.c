/* SPDX-License-Identifier: BSD-2-Clause */
/* One interface as it is now, here or in another network namespace. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "port/link.h"
#include "port/link_message.h"
#include "port/netlink.h"

static int take_link(const struct nlmsghdr *message, void *context)
{
    if (message->nlmsg_type == RTM_NEWLINK)
        link_message_read(message, context);
    return MNL_CB_OK;
}

int link_look(int netns, const char *name, struct link *link)
{
    struct netlink_request r;
    int err;

    memset(link, 0, sizeof(*link));
    if (!name[0] || strlen(name) >= LINK_NAME_SIZE)
        return -ENODEV;
    netlink_begin(&r, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
    if (netns)
        mnl_attr_put_u32(&r.header, IFLA_TARGET_NETNSID, (uint32_t)netns - 1);
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, name);
    err = netlink_ask(&r, take_link, link);
    link->netns = netns;
    return !err && !link->ifindex ? -ENODEV : err;
}
