/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as they stand in a frame: unaligned, in network order.  The caller
 * has checked that the bytes are there.
 */
#ifndef PACKET_WIRE_H
#define PACKET_WIRE_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "flow/ethertype.h"

enum {
    VLAN_TAG_SIZE = 4,
    SNAP_SIZE = 8,
    MPLS_LABEL_SIZE = 4,
    PBB_TAG_SIZE = 4,
    IPV4_SIZE = 20,
    IPV6_SIZE = 40,
    TCP_SIZE = 20,
    UDP_SIZE = 8,
    SCTP_SIZE = 12,
    ICMP_SIZE = 8,
    ND_SIZE = 24, /* a solicitation or advertisement before its options */
};

/* As they are in memory, for keys. */
static inline uint16_t wire_raw16(const uint8_t *bytes)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint32_t wire_raw32(const uint8_t *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint64_t wire_raw64(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint16_t wire_get16(const uint8_t *bytes)
{
    return ntohs(wire_raw16(bytes));
}

static inline uint32_t wire_get32(const uint8_t *bytes)
{
    return ntohl(wire_raw32(bytes));
}

static inline void wire_put16(uint8_t *bytes, uint16_t value)
{
    value = htons(value);
    memcpy(bytes, &value, sizeof(value));
}

static inline void wire_put32(uint8_t *bytes, uint32_t value)
{
    value = htonl(value);
    memcpy(bytes, &value, sizeof(value));
}

/* LLC for SNAP with the OUI that means Ethertypes; 'bytes' are SNAP_SIZE. */
static inline bool wire_is_snap(const uint8_t *bytes)
{
    static const uint8_t snap[] = {0xaa, 0xaa, 3, 0, 0, 0};

    return memcmp(bytes, snap, sizeof(snap)) == 0 &&
           wire_get16(bytes + 6) >= ETHERTYPE_MIN;
}

#endif
