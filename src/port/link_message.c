#include "port/link_message.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "port/netlink.h"

/* Copies a string with its end; false if it has none or does not fit. */
static bool read_text(const struct nlattr *a, char *text, size_t size)
{
    if (mnl_attr_validate(a, MNL_TYPE_NUL_STRING) < 0 ||
        mnl_attr_get_payload_len(a) > size)
        return false;
    memcpy(text, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
    return true;
}

static void read_kind(const struct nlattr *info, struct link *link)
{
    const struct nlattr *kind =
        netlink_attr_find(netlink_attrs_in(info), IFLA_INFO_KIND);

    /* A kind too long to keep is none that anybody asks for. */
    if (kind)
        read_text(kind, link->kind, sizeof(link->kind));
}

static bool read_attribute(const struct nlattr *a, struct link *link)
{
    switch (mnl_attr_get_type(a)) {
    case IFLA_IFNAME:
        return read_text(a, link->name, sizeof(link->name));
    case IFLA_ADDRESS:
        /* Other lengths are of devices that are not Ethernet. */
        if (mnl_attr_get_payload_len(a) == sizeof(link->mac))
            memcpy(link->mac, mnl_attr_get_payload(a), sizeof(link->mac));
        return true;
    case IFLA_MTU:
        if (mnl_attr_validate(a, MNL_TYPE_U32) < 0)
            return false;
        link->mtu = mnl_attr_get_u32(a);
        return true;
    case IFLA_LINKINFO:
        read_kind(a, link);
        return true;
    default:
        return true;
    }
}

bool link_message_read(const struct nlmsghdr *message, struct link *link)
{
    const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
    struct netlink_attrs attrs = netlink_attrs_of(message, sizeof(*info));
    const struct nlattr *a;

    memset(link, 0, sizeof(*link));
    if (message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*info) ||
        info->ifi_family != AF_UNSPEC || info->ifi_index <= 0)
        return false;
    while ((a = netlink_attr_next(&attrs)))
        if (!read_attribute(a, link))
            return false;
    link->ifindex = info->ifi_index;
    link->is_up = info->ifi_flags & IFF_UP;
    link->is_running = info->ifi_flags & IFF_LOWER_UP;
    link->is_loopback = info->ifi_flags & IFF_LOOPBACK;
    link->is_tap =
        strcmp(link->kind, "tun") == 0 && info->ifi_type == ARPHRD_ETHER;
    /* A wireless event has an index and flags, but no name. */
    return link->name[0];
}
