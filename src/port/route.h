/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which way the kernel sends what goes to an address.  rtnetlink(7).
 */
#ifndef PORT_ROUTE_H
#define PORT_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

struct route {
    int ifindex;      /* of the interface it leaves by */
    int next_family;  /* of 'next': that of the address, or AF_INET6 */
    uint8_t next[16]; /* the next hop: a router, or the address itself */
};

/* 'address' has 4 or 16 bytes.  Returns 0, or -errno: -ENETUNREACH or another
 * if there is no way. */
int route_find(int family, const uint8_t *address, struct route *r);

#endif
