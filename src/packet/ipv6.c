/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/ipv6.h"

#include <netinet/in.h>

#include "flow/key.h"
#include "packet/wire.h"

enum {
    FRAGMENT_OFFSET = 0xfff8,
    FRAGMENT_MORE = 1,
    EXTENSION_SIZE_MIN = 8,
    /* Destination options stand before the routing header, at the end, or
     * both: the one at the end is a header of its own in this order. */
    RANK_FIRST_DEST = 2,
    RANK_LAST_DEST = 7,
};

/* By header number: its bit, and its place in the preferred order. */
/* clang-format off */
static const struct {
    uint16_t bit;
    uint8_t rank;
} extensions[256] = {
    [IPPROTO_HOPOPTS]  = {EXTHDR_HOP, 1},
    [IPPROTO_DSTOPTS]  = {EXTHDR_DEST, RANK_FIRST_DEST},
    [IPPROTO_ROUTING]  = {EXTHDR_ROUTER, 3},
    [IPPROTO_FRAGMENT] = {EXTHDR_FRAG, 4},
    [IPPROTO_AH]       = {EXTHDR_AUTH, 5},
    [IPPROTO_ESP]      = {EXTHDR_ESP, 6},
    [IPPROTO_NONE]     = {EXTHDR_NO_NEXT, 8},
};
/* clang-format on */

/* The headers before decide the meaning of the next one. */
struct order {
    uint8_t rank;
    uint8_t dests;
};

static uint16_t bits_of(uint8_t type, uint16_t seen, struct order *order)
{
    uint16_t bits = extensions[type].bit;
    uint8_t rank = extensions[type].rank;

    if (type == IPPROTO_DSTOPTS) {
        if (order->rank >= RANK_FIRST_DEST)
            rank = RANK_LAST_DEST;
        if (++order->dests > 2)
            bits |= EXTHDR_UNREP;
    } else if (seen & bits) {
        bits |= EXTHDR_UNREP;
    }
    if (rank < order->rank) {
        bits |= EXTHDR_UNSEQ;
        /* This bit says that it was the first header. */
        bits &= (uint16_t)~EXTHDR_HOP;
    } else {
        order->rank = rank;
    }
    return bits;
}

static uint32_t extension_size(uint8_t type, const uint8_t *header)
{
    if (type == IPPROTO_FRAGMENT)
        return EXTENSION_SIZE_MIN;
    if (type == IPPROTO_AH)
        return (header[1] + 2u) * 4;
    return (header[1] + 1u) * 8;
}

/* Takes the header of this type and size at end->offset. */
static void pass(struct ipv6_end *end, const uint8_t *header, uint32_t size)
{
    uint8_t type = end->proto;
    uint16_t fragment;

    end->proto = header[0];
    end->proto_at = end->offset;
    end->offset += size;
    if (type == IPPROTO_ROUTING && header[3] > 0)
        end->has_route = true;
    if (type != IPPROTO_FRAGMENT)
        return;
    fragment = wire_get16(header + 2) & (FRAGMENT_OFFSET | FRAGMENT_MORE);
    if (fragment)
        end->frag |= FRAG_ANY;
    if (fragment & FRAGMENT_OFFSET) {
        end->frag |= FRAG_LATER;
        end->proto = IPPROTO_FRAGMENT;
    }
}

struct ipv6_end ipv6_walk(const uint8_t *ip, uint32_t size)
{
    struct ipv6_end end = {.offset = IPV6_SIZE, .proto_at = 6, .proto = ip[6]};
    struct order order = {0};

    for (int count = 0; extensions[end.proto].bit; count++) {
        const uint8_t *header = ip + end.offset;
        uint32_t left = size - end.offset, length;

        if (end.proto == IPPROTO_NONE || end.proto == IPPROTO_ESP) {
            end.exthdr |= bits_of(end.proto, end.exthdr, &order);
            return end;
        }
        if (count == IPV6_EXTENSIONS_MAX || left < EXTENSION_SIZE_MIN)
            goto bad;
        length = extension_size(end.proto, header);
        if (left < length)
            goto bad;
        end.exthdr |= bits_of(end.proto, end.exthdr, &order);
        pass(&end, header, length);
        if (end.frag & FRAG_LATER)
            return end;
    }
    return end;

bad:
    end.proto = 0;
    end.is_bad = true;
    return end;
}
