/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's own IP addresses and default routes on an interface. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "port/link.h"
#include "port/netlink.h"

static size_t address_size(int family)
{
    return family == AF_INET ? 4 : 16;
}

/* What a dump of addresses or routes is searched for. */
struct search {
    uint32_t ifindex;
    const uint8_t *gateway; /* routes: only by way of it; NULL: any */
    /* Called for each address found. */
    void (*found)(struct search *s, const struct ifaddrmsg *info,
                  const uint8_t *address);
    bool is_found;
};

static int take_address(const struct nlmsghdr *message, void *context)
{
    const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
    const uint8_t *address = NULL;
    struct netlink_attrs attrs = netlink_attrs_of(message, sizeof(*info));
    const struct nlattr *a;
    struct search *s = context;

    if (message->nlmsg_type != RTM_NEWADDR ||
        message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*info) ||
        info->ifa_index != s->ifindex ||
        (info->ifa_family != AF_INET && info->ifa_family != AF_INET6))
        return MNL_CB_OK;
    while ((a = netlink_attr_next(&attrs))) {
        uint16_t type = mnl_attr_get_type(a);

        /* On a point-to-point link IFA_ADDRESS is the other end's. */
        if ((type == IFA_LOCAL || (type == IFA_ADDRESS && !address)) &&
            mnl_attr_get_payload_len(a) == address_size(info->ifa_family))
            address = mnl_attr_get_payload(a);
    }
    if (address)
        s->found(s, info, address);
    return MNL_CB_OK;
}

/* An answer that changed meanwhile is asked for again. */
static int ask_until_consistent(struct netlink_request *r, mnl_cb_t each,
                                struct search *s)
{
    int err = -EAGAIN;

    for (int i = 0; i < NETLINK_TRIES && err == -EAGAIN; i++)
        err = netlink_ask(r, each, s);
    return err;
}

static int search_addresses(struct search *s)
{
    struct netlink_request r;
    struct ifaddrmsg *info =
        netlink_begin(&r, RTM_GETADDR, NLM_F_DUMP, sizeof(*info));

    info->ifa_index = s->ifindex;
    return ask_until_consistent(&r, take_address, s);
}

static bool is_link_local(int family, const uint8_t *address)
{
    if (family == AF_INET)
        return address[0] == 169 && address[1] == 254;
    return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

/* A route of several next hops lists them in one attribute. */
static bool has_hop_through(const struct nlattr *multipath, uint32_t ifindex)
{
    struct netlink_attrs hops = netlink_attrs_in(multipath);
    int hop;

    while (netlink_hop_next(&hops, &hop))
        if ((uint32_t)hop == ifindex)
            return true;
    return false;
}

static bool is_default_route(const struct nlmsghdr *message)
{
    const struct rtmsg *info = mnl_nlmsg_get_payload(message);

    return message->nlmsg_type == RTM_NEWROUTE &&
           message->nlmsg_len >= MNL_NLMSG_HDRLEN + sizeof(*info) &&
           (info->rtm_family == AF_INET || info->rtm_family == AF_INET6) &&
           info->rtm_dst_len == 0 && info->rtm_src_len == 0 &&
           info->rtm_type == RTN_UNICAST && info->rtm_table == RT_TABLE_MAIN &&
           !(info->rtm_flags & RTM_F_CLONED);
}

static int take_route(const struct nlmsghdr *message, void *context)
{
    const struct rtmsg *info = mnl_nlmsg_get_payload(message);
    struct netlink_attrs attrs = netlink_attrs_of(message, sizeof(*info));
    const struct nlattr *a;
    struct search *s = context;
    bool is_through = false, is_by_way = !s->gateway;

    if (!is_default_route(message))
        return MNL_CB_OK;
    while ((a = netlink_attr_next(&attrs))) {
        uint16_t type = mnl_attr_get_type(a);

        if (type == RTA_OIF && mnl_attr_validate(a, MNL_TYPE_U32) == 0)
            is_through |= mnl_attr_get_u32(a) == s->ifindex;
        if (type == RTA_MULTIPATH)
            is_through |= has_hop_through(a, s->ifindex);
        if (type == RTA_GATEWAY && s->gateway &&
            mnl_attr_get_payload_len(a) == address_size(info->rtm_family))
            is_by_way = memcmp(mnl_attr_get_payload(a), s->gateway,
                               address_size(info->rtm_family)) == 0;
    }
    s->is_found |= is_through && is_by_way;
    return MNL_CB_OK;
}

static int search_default_routes(struct search *s, int family)
{
    struct netlink_request r;
    struct rtmsg *info =
        netlink_begin(&r, RTM_GETROUTE, NLM_F_DUMP, sizeof(*info));
    int err;

    info->rtm_family = (uint8_t)family;
    info->rtm_table = RT_TABLE_MAIN;
    err = ask_until_consistent(&r, take_route, s);
    /* A host that never had a route may have no table for them. */
    return err == -ENOENT ? 0 : err;
}

int link_add_address(int ifindex, int family, const uint8_t *address,
                     uint8_t prefix_length)
{
    struct netlink_request r;
    struct ifaddrmsg *info = netlink_begin(
        &r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*info));
    size_t size = address_size(family);
    int err;

    info->ifa_family = (uint8_t)family;
    info->ifa_prefixlen = prefix_length;
    info->ifa_index = (uint32_t)ifindex;
    mnl_attr_put(&r.header, IFA_LOCAL, size, address);
    mnl_attr_put(&r.header, IFA_ADDRESS, size, address);
    if (family == AF_INET && prefix_length < 31) {
        uint32_t broadcast;

        memcpy(&broadcast, address, sizeof(broadcast));
        broadcast |= htonl(UINT32_MAX >> prefix_length);
        mnl_attr_put_u32(&r.header, IFA_BROADCAST, broadcast);
    }
    err = netlink_ask(&r, NULL, NULL);
    return err == -EEXIST ? 0 : err;
}

int link_remove_address(int ifindex, int family, const uint8_t *address,
                        uint8_t prefix_length)
{
    struct netlink_request r;
    struct ifaddrmsg *info = netlink_begin(&r, RTM_DELADDR, 0, sizeof(*info));
    int err;

    info->ifa_family = (uint8_t)family;
    info->ifa_prefixlen = prefix_length;
    info->ifa_index = (uint32_t)ifindex;
    mnl_attr_put(&r.header, IFA_LOCAL, address_size(family), address);
    err = netlink_ask(&r, NULL, NULL);
    return err == -EADDRNOTAVAIL ? 0 : err;
}

int link_remove_default_route(int ifindex, int family, const uint8_t *gateway)
{
    struct netlink_request r;
    struct rtmsg *info = netlink_begin(&r, RTM_DELROUTE, 0, sizeof(*info));
    int err;

    info->rtm_family = (uint8_t)family;
    info->rtm_table = RT_TABLE_MAIN;
    info->rtm_scope = RT_SCOPE_UNIVERSE;
    mnl_attr_put(&r.header, RTA_GATEWAY, address_size(family), gateway);
    mnl_attr_put_u32(&r.header, RTA_OIF, (uint32_t)ifindex);
    err = netlink_ask(&r, NULL, NULL);
    return err == -ESRCH ? 0 : err;
}

int link_add_default_route(int ifindex, int family, const uint8_t *gateway)
{
    struct netlink_request r;
    struct rtmsg *info = netlink_begin(
        &r, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof(*info));
    struct search same = {.ifindex = (uint32_t)ifindex, .gateway = gateway};
    int err;

    info->rtm_family = (uint8_t)family;
    info->rtm_table = RT_TABLE_MAIN;
    info->rtm_protocol = RTPROT_STATIC;
    info->rtm_scope = RT_SCOPE_UNIVERSE;
    info->rtm_type = RTN_UNICAST;
    mnl_attr_put(&r.header, RTA_GATEWAY, address_size(family), gateway);
    mnl_attr_put_u32(&r.header, RTA_OIF, (uint32_t)ifindex);
    err = netlink_ask(&r, NULL, NULL);
    if (err != -EEXIST)
        return err;
    err = search_default_routes(&same, family);
    if (err)
        return err;
    return same.is_found ? 0 : -EEXIST;
}

static void remove_link_local(struct search *s, const struct ifaddrmsg *info,
                              const uint8_t *address)
{
    struct netlink_request r;
    struct ifaddrmsg *gone = netlink_begin(&r, RTM_DELADDR, 0, sizeof(*gone));

    (void)s;
    if (info->ifa_family != AF_INET6 || !is_link_local(AF_INET6, address))
        return;
    gone->ifa_family = AF_INET6;
    gone->ifa_prefixlen = info->ifa_prefixlen;
    gone->ifa_index = info->ifa_index;
    mnl_attr_put(&r.header, IFA_LOCAL, address_size(AF_INET6), address);
    netlink_ask(&r, NULL, NULL);
}

int link_set_quiet(int ifindex)
{
    struct search s = {
        .ifindex = (uint32_t)ifindex,
        .found = remove_link_local,
    };
    int err = link_set_address_mode(ifindex, IN6_ADDR_GEN_MODE_NONE);

    if (err) /* without IPv6 it is quiet already */
        return err == -EAFNOSUPPORT ? 0 : err;
    return search_addresses(&s);
}
