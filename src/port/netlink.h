/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions to the kernel by netlink, and its answers; for the files of this
 * folder.  Only what the kernel itself sent is ever taken for an answer.
 *
 * netlink(7), libmnl.
 */
#ifndef PORT_NETLINK_H
#define PORT_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    NETLINK_ANSWER_SIZE = 64 << 10, /* more than the kernel puts in one */
    NETLINK_TRIES = 8,
};

/* Room for one request; all that is sent here is small and of fixed size. */
struct netlink_request {
    union {
        struct nlmsghdr header;
        uint8_t bytes[512];
    };
};

/*
 * Opens a socket to 'bus' (NETLINK_ROUTE, ...), subscribed to the multicast
 * 'groups' (a mask).  Returns 0, or -errno and '*socket' is NULL.
 */
int netlink_open(int bus, unsigned int groups, int flags,
                 struct mnl_socket **socket);

/*
 * Receives one datagram.  Returns its size, 0 if it was not the kernel's,
 * -EMSGSIZE if it was larger than 'size', or another -errno.
 */
ssize_t netlink_receive(struct mnl_socket *socket, void *bytes, size_t size);

/*
 * Begins a request, of type RTM_* for routes, followed by a header of 'size'
 * bytes, which is zero and is returned.
 */
void *netlink_begin(struct netlink_request *r, uint16_t type, uint16_t flags,
                    size_t size);

/* A way through attributes, each of which lies whole in what was received. */
struct netlink_attrs {
    const uint8_t *next;
    size_t left;
};

/* The ones of a message whose own header has 'size' bytes; none if the message
 * is shorter. */
struct netlink_attrs netlink_attrs_of(const struct nlmsghdr *message,
                                      size_t size);
struct netlink_attrs netlink_attrs_in(const struct nlattr *nest);
/* NULL at the end, which also is where the rest is not an attribute. */
const struct nlattr *netlink_attr_next(struct netlink_attrs *attrs);
/* The first one of a type, or NULL. */
const struct nlattr *netlink_attr_find(struct netlink_attrs attrs,
                                       uint16_t type);

/* Of a route's next hops, an RTA_MULTIPATH gone through with netlink_attrs_in:
 * the interface of the next one.  False at the end. */
bool netlink_hop_next(struct netlink_attrs *hops, int *ifindex);

/*
 * Sends a route request on a socket of its own and calls 'each' (NULL: nobody)
 * for every message of the answer.  Returns 0 or -errno; -EAGAIN: the answer
 * is not consistent because things changed meanwhile, so ask again.
 */
int netlink_ask(struct netlink_request *r, mnl_cb_t each, void *context);
/* The same on another bus, NETLINK_SOCK_DIAG, and a request of its own. */
int netlink_ask_on(int bus, struct netlink_request *r, mnl_cb_t each,
                   void *context);

#endif
