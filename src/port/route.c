/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "port/netlink.h"

static size_t address_size(int family)
{
    return family == AF_INET ? 4 : 16;
}

static void take_next(struct route *r, int family, const void *address,
                      size_t size)
{
    if ((family != AF_INET && family != AF_INET6) ||
        size != address_size(family))
        return;
    r->next_family = family;
    memset(r->next, 0, sizeof(r->next));
    memcpy(r->next, address, size);
}

/* A next hop of another family: struct rtvia, which not all headers have. */
static void take_via(struct route *r, const struct nlattr *a)
{
    const uint8_t *via = mnl_attr_get_payload(a);
    size_t size = mnl_attr_get_payload_len(a);
    uint16_t family;

    if (size < sizeof(family))
        return;
    memcpy(&family, via, sizeof(family));
    take_next(r, family, via + sizeof(family), size - sizeof(family));
}

static int take_route(const struct nlmsghdr *message, void *context)
{
    const struct rtmsg *info = mnl_nlmsg_get_payload(message);
    struct netlink_attrs attrs = netlink_attrs_of(message, sizeof(*info));
    const struct nlattr *a;
    struct route *r = context;

    if (message->nlmsg_type != RTM_NEWROUTE ||
        message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*info) ||
        info->rtm_type != RTN_UNICAST)
        return MNL_CB_OK;
    while ((a = netlink_attr_next(&attrs))) {
        uint16_t type = mnl_attr_get_type(a);

        if (type == RTA_OIF && mnl_attr_validate(a, MNL_TYPE_U32) == 0)
            r->ifindex = (int)mnl_attr_get_u32(a);
        else if (type == RTA_GATEWAY)
            take_next(r, info->rtm_family, mnl_attr_get_payload(a),
                      mnl_attr_get_payload_len(a));
        else if (type == RTA_VIA)
            take_via(r, a);
    }
    return MNL_CB_OK;
}

int route_find(int family, const uint8_t *address, struct route *r)
{
    struct netlink_request request;
    struct rtmsg *info =
        netlink_begin(&request, RTM_GETROUTE, 0, sizeof(*info));
    int err;

    *r = (struct route){0};
    take_next(r, family, address, address_size(family));
    info->rtm_family = (uint8_t)family;
    info->rtm_dst_len = (uint8_t)(8 * address_size(family));
    mnl_attr_put(&request.header, RTA_DST, address_size(family), address);
    err = netlink_ask(&request, take_route, r);
    if (!err && !r->ifindex)
        err = -ENETUNREACH; /* to this host itself, or nowhere */
    return err;
}
