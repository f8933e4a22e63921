/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/host_view.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/packet_diag.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "port/link_message.h"
#include "port/netlink.h"
#include "port/port_mark.h"

struct host_link *host_view_find(const struct host_view *v, int ifindex)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->links[i].link.ifindex == ifindex)
            return &v->links[i];
    return NULL;
}

struct host_link *host_view_find_name(const struct host_view *v,
                                      const char *name)
{
    for (size_t i = 0; i < v->count; i++)
        if (link_has_name(&v->links[i].link, name))
            return &v->links[i];
    return NULL;
}

static int take_link(struct host_view *v, const struct nlmsghdr *message)
{
    struct host_link link = {.address = ""};
    struct host_link *links;

    if (!link_message_read(message, &link.link))
        return MNL_CB_OK;
    links = realloc(v->links, (v->count + 1) * sizeof(*links));
    if (!links) {
        errno = ENOMEM;
        return MNL_CB_ERROR;
    }
    v->links = links;
    v->links[v->count++] = link;
    return MNL_CB_OK;
}

static size_t address_size(int family)
{
    return family == AF_INET ? 4 : 16;
}

static bool is_ipv6_link_local(int family, const uint8_t *address)
{
    return family == AF_INET6 && address[0] == 0xfe &&
           (address[1] & 0xc0) == 0x80;
}

static void take_address(struct host_view *v, const struct nlmsghdr *message)
{
    const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
    struct netlink_attrs attrs = netlink_attrs_of(message, sizeof(*info));
    const struct nlattr *a = netlink_attr_find(attrs, IFA_LOCAL);
    char text[INET6_ADDRSTRLEN];
    struct host_link *link;

    if (!a) /* else IFA_ADDRESS may be the other end's */
        a = netlink_attr_find(attrs, IFA_ADDRESS);
    if (message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*info) || !a ||
        (info->ifa_family != AF_INET && info->ifa_family != AF_INET6) ||
        mnl_attr_get_payload_len(a) != address_size(info->ifa_family) ||
        is_ipv6_link_local(info->ifa_family, mnl_attr_get_payload(a)))
        return;
    link = host_view_find(v, (int)info->ifa_index);
    if (link && inet_ntop(info->ifa_family, mnl_attr_get_payload(a), text,
                          sizeof(text)))
        snprintf(link->address, sizeof(link->address), "%s/%u", text,
                 info->ifa_prefixlen);
}

static void note_route(struct host_view *v, int ifindex, bool is_default)
{
    struct host_link *link = host_view_find(v, ifindex);

    if (link && link->route != HOST_ROUTE_DEFAULT)
        link->route = is_default ? HOST_ROUTE_DEFAULT : HOST_ROUTE_SOME;
}

/* A route of several next hops lists them in one attribute. */
static void note_hops(struct host_view *v, const struct nlattr *multipath,
                      bool is_default)
{
    struct netlink_attrs hops = netlink_attrs_in(multipath);
    int ifindex;

    while (netlink_hop_next(&hops, &ifindex))
        note_route(v, ifindex, is_default);
}

/* Those that the kernel makes for each interface that is up: to IPv6 link-local
 * and multicast addresses. */
static bool is_of_any_interface(const struct rtmsg *info,
                                struct netlink_attrs attrs)
{
    const struct nlattr *to = netlink_attr_find(attrs, RTA_DST);
    const uint8_t *address = to ? mnl_attr_get_payload(to) : NULL;

    return info->rtm_family == AF_INET6 && address &&
           mnl_attr_get_payload_len(to) == address_size(AF_INET6) &&
           (address[0] == 0xff || is_ipv6_link_local(AF_INET6, address));
}

static void take_route(struct host_view *v, const struct nlmsghdr *message)
{
    const struct rtmsg *info = mnl_nlmsg_get_payload(message);
    struct netlink_attrs attrs = netlink_attrs_of(message, sizeof(*info));
    const struct nlattr *a;

    if (message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*info) ||
        (info->rtm_family != AF_INET && info->rtm_family != AF_INET6) ||
        info->rtm_type != RTN_UNICAST || info->rtm_flags & RTM_F_CLONED ||
        is_of_any_interface(info, attrs))
        return;
    while ((a = netlink_attr_next(&attrs))) {
        uint16_t type = mnl_attr_get_type(a);

        if (type == RTA_OIF && mnl_attr_validate(a, MNL_TYPE_U32) == 0)
            note_route(v, (int)mnl_attr_get_u32(a), !info->rtm_dst_len);
        if (type == RTA_MULTIPATH)
            note_hops(v, a, !info->rtm_dst_len);
    }
}

static void take_marks(struct host_view *v, const struct nlattr *list)
{
    const uint8_t *at = mnl_attr_get_payload(list);
    size_t left = mnl_attr_get_payload_len(list);

    for (; left >= sizeof(struct packet_diag_mclist);
         at += sizeof(struct packet_diag_mclist),
         left -= sizeof(struct packet_diag_mclist)) {
        struct packet_diag_mclist m;
        struct host_link *link;
        uint32_t owner;

        memcpy(&m, at, sizeof(m));
        link = host_view_find(v, (int)m.pdmc_index);
        if (!link || m.pdmc_type != PACKET_MR_MULTICAST ||
            m.pdmc_alen != PORT_MARK_SIZE ||
            !port_mark_read(m.pdmc_addr, &owner))
            continue;
        link->holder = HOST_HOLDER_FLOWBRIDGE;
        link->owner = owner;
    }
}

/* A packet socket.  Those that read all frames one by one, with their tags, are
 * what Open vSwitch has, and some others. */
int host_view_take_socket(const struct nlmsghdr *message, void *view)
{
    struct host_view *v = view;
    const struct packet_diag_msg *socket = mnl_nlmsg_get_payload(message);
    struct netlink_attrs attrs = netlink_attrs_of(message, sizeof(*socket));
    const struct nlattr *marks = netlink_attr_find(attrs, PACKET_DIAG_MCLIST);
    const struct nlattr *a = netlink_attr_find(attrs, PACKET_DIAG_INFO);
    struct packet_diag_info info;
    struct host_link *link;

    if (message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*socket) ||
        socket->pdiag_family != AF_PACKET)
        return MNL_CB_OK;
    if (marks)
        take_marks(v, marks);
    if (!a || mnl_attr_get_payload_len(a) < sizeof(info) ||
        netlink_attr_find(attrs, PACKET_DIAG_RX_RING) ||
        socket->pdiag_type != SOCK_RAW || socket->pdiag_num != ETH_P_ALL)
        return MNL_CB_OK;
    memcpy(&info, mnl_attr_get_payload(a), sizeof(info));
    link = host_view_find(v, (int)info.pdi_index);
    if (link && link->link.is_promiscuous && info.pdi_flags & PDI_AUXDATA)
        link->raw_socket = socket->pdiag_ino;
    return MNL_CB_OK;
}

int host_view_take(const struct nlmsghdr *message, void *view)
{
    switch (message->nlmsg_type) {
    case RTM_NEWLINK:
        return take_link(view, message);
    case RTM_NEWADDR:
        take_address(view, message);
        return MNL_CB_OK;
    case RTM_NEWROUTE:
        take_route(view, message);
        return MNL_CB_OK;
    default:
        return MNL_CB_OK;
    }
}

void host_view_clear(struct host_view *v)
{
    free(v->links);
    *v = (struct host_view){0};
}
