/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says of the interfaces of this network namespace at one
 * moment, for whoever wants to take one as a port: what lies on what, which
 * addresses and routes the host has there, which switch has it already.  It
 * judges nothing and changes nothing.
 *
 * rtnetlink(7), sock_diag(7), packet(7).
 */
#ifndef PORT_HOST_VIEW_H
#define PORT_HOST_VIEW_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port/link.h"

enum { HOST_ADDRESS_SIZE = 50 }; /* of IPv6, and the prefix's length */

enum host_route { HOST_ROUTE_NONE, HOST_ROUTE_SOME, HOST_ROUTE_DEFAULT };

enum host_holder {
    HOST_HOLDER_NONE,
    HOST_HOLDER_FLOWBRIDGE,
    HOST_HOLDER_OPEN_VSWITCH, /* the datapath in userspace */
};

struct host_link {
    struct link link;
    /* One of the host's own; empty: none but IPv6 link-local ones, which the
     * kernel gives by itself. */
    char address[HOST_ADDRESS_SIZE];
    enum host_route route; /* that leaves by it, in any table */
    enum host_holder holder;
    uint32_t owner;      /* of FLOWBRIDGE: which one; port_mark.h */
    uint32_t raw_socket; /* the inode of one that takes all frames; 0: none */
};

struct host_view {
    struct host_link *links; /* 'count' */
    size_t count;
};

/* Returns 0, or -errno and the view is empty.  On any thread. */
int host_view_read(struct host_view *v);
void host_view_clear(struct host_view *v);

/* NULL if there is none.  By any of its names. */
struct host_link *host_view_find(const struct host_view *v, int ifindex);
struct host_link *host_view_find_name(const struct host_view *v,
                                      const char *name);

/* Takes in one message of the kernel's, which lies whole in memory: a link,
 * address or route; a packet socket.  Returns MNL_CB_OK, or MNL_CB_ERROR if out
 * of memory.  'view' is a struct host_view. */
int host_view_take(const struct nlmsghdr *message, void *view);
int host_view_take_socket(const struct nlmsghdr *message, void *view);

#endif
