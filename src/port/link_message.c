/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/link_message.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
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

/* Kinds that differ in how they name the interface below: by IFLA_LINK, which
 * is the other end of a pair, or by an attribute of their own. */
static const struct {
    const char *kind;
    bool is_pair;
    uint16_t lowers[LINK_LOWERS_MAX]; /* in IFLA_INFO_DATA; 0: none */
} kinds[] = {
    /* clang-format off */
    {"veth",   true,  {0}                               },
    {"netkit", true,  {0}                               },
    {"vxcan",  true,  {0}                               },
    {"vxlan",  false, {IFLA_VXLAN_LINK}                 },
    {"hsr",    false, {IFLA_HSR_SLAVE1, IFLA_HSR_SLAVE2}},
    /* clang-format on */
};

/* A number that is there and has the right size, or 0. */
static uint32_t number_in(struct netlink_attrs attrs, uint16_t type)
{
    const struct nlattr *a = netlink_attr_find(attrs, type);

    return a && mnl_attr_validate(a, MNL_TYPE_U32) == 0 ? mnl_attr_get_u32(a)
                                                        : 0;
}

static void read_info(const struct nlattr *info, struct link *link)
{
    const struct nlattr *kind =
        netlink_attr_find(netlink_attrs_in(info), IFLA_INFO_KIND);
    const struct nlattr *data =
        netlink_attr_find(netlink_attrs_in(info), IFLA_INFO_DATA);

    /* A kind too long to keep is none that anybody asks for. */
    if (kind)
        read_text(kind, link->kind, sizeof(link->kind));
    if (!data)
        return;
    link->is_passthru =
        (!strcmp(link->kind, "macvlan") || !strcmp(link->kind, "macvtap")) &&
        number_in(netlink_attrs_in(data), IFLA_MACVLAN_MODE) ==
            MACVLAN_MODE_PASSTHRU;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        for (size_t j = 0; j < LINK_LOWERS_MAX; j++)
            if (!strcmp(link->kind, kinds[i].kind) && kinds[i].lowers[j])
                link->lowers[j] =
                    (int)number_in(netlink_attrs_in(data), kinds[i].lowers[j]);
}

/* The interface below, by IFLA_LINK, which comes before or after its kind. */
static void read_lower(const struct nlmsghdr *message, struct link *link)
{
    struct netlink_attrs attrs =
        netlink_attrs_of(message, sizeof(struct ifinfomsg));
    uint32_t lower = number_in(attrs, IFLA_LINK);

    if (netlink_attr_find(attrs, IFLA_LINK_NETNSID)) {
        link->has_far_peer = !strcmp(link->kind, "veth");
        return; /* that number is of another namespace */
    }
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (kinds[i].is_pair && !strcmp(link->kind, kinds[i].kind))
            return;
    if (lower)
        link->lowers[0] = (int)lower;
}

static void read_xdp(const struct nlattr *xdp, struct link *link)
{
    const struct nlattr *mode =
        netlink_attr_find(netlink_attrs_in(xdp), IFLA_XDP_ATTACHED);

    link->has_xdp = mode && mnl_attr_validate(mode, MNL_TYPE_U8) == 0 &&
                    mnl_attr_get_u8(mode) != XDP_ATTACHED_NONE;
}

/* A list of properties, of which names are the only ones so far. */
static void read_altnames(const struct nlattr *list, struct link *link)
{
    struct netlink_attrs attrs = netlink_attrs_in(list);
    size_t used = 0;
    const struct nlattr *a;

    while ((a = netlink_attr_next(&attrs))) {
        /* One byte stays for the empty name at the end. */
        size_t room = sizeof(link->altnames) - used - 1;

        if (mnl_attr_get_type(a) == IFLA_ALT_IFNAME &&
            read_text(a, link->altnames + used, room))
            used += strlen(link->altnames + used) + 1;
    }
    link->altnames[used] = '\0';
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
        read_info(a, link);
        return true;
    case IFLA_MASTER:
        if (mnl_attr_validate(a, MNL_TYPE_U32) < 0)
            return false;
        link->master = (int)mnl_attr_get_u32(a);
        return true;
    case IFLA_XDP:
        read_xdp(a, link);
        return true;
    case IFLA_PROP_LIST:
        read_altnames(a, link);
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
    link->is_promiscuous = info->ifi_flags & IFF_PROMISC;
    link->type = info->ifi_type;
    read_lower(message, link);
    link->is_loopback = info->ifi_flags & IFF_LOOPBACK;
    link->is_tap =
        strcmp(link->kind, "tun") == 0 && info->ifi_type == ARPHRD_ETHER;
    /* A wireless event has an index and flags, but no name. */
    return link->name[0];
}
