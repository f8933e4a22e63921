/* SPDX-License-Identifier: BSD-2-Clause */
/* The way through IPv6 extension headers to what they carry. */
#ifndef PACKET_IPV6_H
#define PACKET_IPV6_H

#include <stdbool.h>
#include <stdint.h>

enum { IPV6_EXTENSIONS_MAX = 16 };

struct ipv6_end {
    uint32_t offset;   /* from the IPv6 header, of what follows the last one */
    uint32_t proto_at; /* from the IPv6 header, of the byte that names it */
    uint16_t exthdr;   /* EXTHDR_..., host order */
    uint8_t proto;     /* of what follows; IPPROTO_FRAGMENT: a later fragment */
    uint8_t frag;      /* FRAG_... */
    bool has_route;    /* the destination address is only the next stop */
    bool is_bad;       /* a header was cut short, or there are too many */
};

/*
 * 'ip' is an IPv6 header and what its payload length covers, 'size' bytes in
 * all and at least IPV6_SIZE.  Extension headers as OpenFlow 1.3.5 7.2.3.8
 * numbers them; their order is that of RFC 8200 4.1.
 */
struct ipv6_end ipv6_walk(const uint8_t *ip, uint32_t size);

#endif
