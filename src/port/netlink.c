/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { WAIT_S = 5 }; /* the kernel answers at once; this is only a bound */

int netlink_open(int bus, unsigned int groups, int flags,
                 struct mnl_socket **socket)
{
    struct mnl_socket *s = mnl_socket_open2(bus, SOCK_CLOEXEC | flags);
    struct timeval wait = {.tv_sec = WAIT_S};
    int is_on = 1;
    int err;

    *socket = NULL;
    if (!s)
        return -errno;
    /* Lets the kernel select what it dumps; older ones send everything. */
    mnl_socket_setsockopt(s, NETLINK_GET_STRICT_CHK, &is_on, sizeof(is_on));
    if (setsockopt(mnl_socket_get_fd(s), SOL_SOCKET, SO_RCVTIMEO, &wait,
                   sizeof(wait)) < 0 ||
        mnl_socket_bind(s, groups, MNL_SOCKET_AUTOPID) < 0) {
        err = -errno;
        mnl_socket_close(s);
        return err;
    }
    *socket = s;
    return 0;
}

ssize_t netlink_receive(struct mnl_socket *socket, void *bytes, size_t size)
{
    struct sockaddr_nl sender = {0};
    struct iovec part = {bytes, size};
    struct msghdr message = {
        .msg_name = &sender,
        .msg_namelen = sizeof(sender),
        .msg_iov = &part,
        .msg_iovlen = 1,
    };
    ssize_t got;

    do {
        got = recvmsg(mnl_socket_get_fd(socket), &message, 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    if (message.msg_namelen != sizeof(sender) || sender.nl_pid != 0)
        return 0;
    return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : got;
}

void *netlink_begin(struct netlink_request *r, uint16_t type, uint16_t flags,
                    size_t size)
{
    struct nlmsghdr *header;

    memset(r, 0, sizeof(*r));
    header = mnl_nlmsg_put_header(r->bytes);
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    header->nlmsg_seq = 1; /* the socket sees no other */
    return mnl_nlmsg_put_extra_header(header, size);
}

struct netlink_attrs netlink_attrs_of(const struct nlmsghdr *message,
                                      size_t size)
{
    size_t before = MNL_NLMSG_HDRLEN + MNL_ALIGN(size);

    if (message->nlmsg_len < before)
        return (struct netlink_attrs){0};
    return (struct netlink_attrs){
        .next = (const uint8_t *)message + before,
        .left = message->nlmsg_len - before,
    };
}

struct netlink_attrs netlink_attrs_in(const struct nlattr *nest)
{
    return (struct netlink_attrs){
        .next = mnl_attr_get_payload(nest),
        .left = mnl_attr_get_payload_len(nest),
    };
}

const struct nlattr *netlink_attr_next(struct netlink_attrs *attrs)
{
    const struct nlattr *a = (const void *)attrs->next;
    size_t size;

    if (attrs->left < sizeof(*a) || a->nla_len < sizeof(*a) ||
        a->nla_len > attrs->left)
        return NULL;
    size = MNL_ALIGN(a->nla_len);
    if (size > attrs->left) /* the last one may lack its padding */
        size = attrs->left;
    attrs->next += size;
    attrs->left -= size;
    return a;
}

bool netlink_hop_next(struct netlink_attrs *hops, int *ifindex)
{
    struct rtnexthop hop;
    size_t size;

    if (hops->left < sizeof(hop))
        return false;
    memcpy(&hop, hops->next, sizeof(hop));
    if (hop.rtnh_len < sizeof(hop) || hop.rtnh_len > hops->left)
        return false;
    *ifindex = hop.rtnh_ifindex;
    size = RTNH_ALIGN(hop.rtnh_len);
    if (size > hops->left) /* the last one may lack its padding */
        size = hops->left;
    hops->next += size;
    hops->left -= size;
    return true;
}

const struct nlattr *netlink_attr_find(struct netlink_attrs attrs,
                                       uint16_t type)
{
    const struct nlattr *a;

    while ((a = netlink_attr_next(&attrs)))
        if (mnl_attr_get_type(a) == type)
            return a;
    return NULL;
}

static int read_answer(struct mnl_socket *s, mnl_cb_t each, void *context)
{
    uint8_t *answer = malloc(NETLINK_ANSWER_SIZE);
    int state = MNL_CB_OK;
    int err = 0;

    if (!answer)
        return -ENOMEM;
    while (state > MNL_CB_STOP && !err) {
        ssize_t size = netlink_receive(s, answer, NETLINK_ANSWER_SIZE);

        if (size < 0)
            err = size == -EAGAIN ? -ETIMEDOUT : (int)size;
        else if (size > 0)
            state = mnl_cb_run(answer, (size_t)size, 1,
                               mnl_socket_get_portid(s), each, context);
        if (state < 0)
            err = errno == EINTR ? -EAGAIN : -errno;
    }
    free(answer);
    return err;
}

int netlink_ask_on(int bus, struct netlink_request *r, mnl_cb_t each,
                   void *context)
{
    struct mnl_socket *s;
    int err = netlink_open(bus, 0, 0, &s);

    if (err)
        return err;
    if (mnl_socket_sendto(s, &r->header, r->header.nlmsg_len) < 0)
        err = -errno;
    else
        err = read_answer(s, each, context);
    mnl_socket_close(s);
    return err;
}

int netlink_ask(struct netlink_request *r, mnl_cb_t each, void *context)
{
    return netlink_ask_on(NETLINK_ROUTE, r, each, context);
}
