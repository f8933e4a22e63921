/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/big_tcp.h"

#include <netinet/in.h>

#include "packet/checksum.h"
#include "packet/wire.h"

enum {
    TYPE_AT = 2 * ETH_ALEN,
    TAGS_MAX = 8,
    JUMBO_SIZE = 8, /* a hop-by-hop header with nothing else in it */
    JUMBO_OPTION = 0xc204,
    TCP_SEQUENCE_AT = 4,
    TCP_FLAGS_AT = 13,
    TCP_CHECKSUM_AT = 16,
    TCP_FIN = 0x01,
    TCP_PSH = 0x08,
    TCP_CWR = 0x80,
    /* A frame above 65535 bytes the kernel does not hand to a device that has
     * not asked for more; a tag may come yet. */
    PART_SIZE_MAX = UINT16_MAX - 2 * VLAN_TAG_SIZE,
};

/* The offset of the IP header behind tags; 0: none. */
static uint32_t find_ip(const struct frame *f)
{
    uint32_t at = TYPE_AT;

    for (int i = 0; i < TAGS_MAX && at + 2 + IPV6_SIZE <= f->size; i++) {
        uint16_t type = wire_get16(f->data + at);

        if (ethertype_is_ip(type))
            return at + 2;
        if (!ethertype_is_vlan(type))
            return 0;
        at += VLAN_TAG_SIZE;
    }
    return 0;
}

static bool is_ipv6(const struct big_tcp *b, const uint8_t *frame)
{
    return frame[b->l3] >> 4 == 6;
}

/* Finds l4, where the header says nothing of its packet's size. */
static bool take_ip(struct big_tcp *b, const struct frame *f)
{
    const uint8_t *ip = f->data + b->l3, *option = ip + IPV6_SIZE;

    if (!is_ipv6(b, f->data)) {
        b->l4 = b->l3 + (ip[0] & 0xfu) * 4;
        return ip[0] >> 4 == 4 && (ip[0] & 0xf) >= 5 &&
               wire_get16(ip + 2) == 0 && ip[9] == IPPROTO_TCP;
    }
    b->l4 = b->l3 + IPV6_SIZE + JUMBO_SIZE;
    return b->l4 <= f->size && wire_get16(ip + 4) == 0 &&
           ip[6] == IPPROTO_HOPOPTS && option[0] == IPPROTO_TCP &&
           option[1] == 0 && wire_get16(option + 2) == JUMBO_OPTION &&
           wire_get32(option + 4) == b->size - b->l3 - IPV6_SIZE;
}

bool big_tcp_look(struct big_tcp *b, const struct frame *f, uint32_t size)
{
    uint32_t room, gso_size = f->vnet.gso_size, tcp_size;
    uint8_t type = f->vnet.gso_type & (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;

    if (type != VIRTIO_NET_HDR_GSO_TCPV4 && type != VIRTIO_NET_HDR_GSO_TCPV6)
        return false;
    *b = (struct big_tcp){.l3 = find_ip(f), .size = size};
    if (b->l3 == 0 || !take_ip(b, f) || b->l4 + TCP_SIZE > f->size)
        return false;
    tcp_size = (f->data[b->l4 + 12] >> 4) * 4u;
    b->header_size = b->l4 + tcp_size;
    if (tcp_size < TCP_SIZE || b->header_size > f->size || gso_size == 0 ||
        gso_size > PART_SIZE_MAX - b->header_size)
        return false;
    room = PART_SIZE_MAX - b->header_size;
    b->chunk = room - room % gso_size;
    b->part_count = (size - b->header_size + b->chunk - 1) / b->chunk;
    if (b->part_count == 0)
        b->part_count = 1;
    return true;
}

static void finish_ip(struct big_tcp *b, struct frame *f, uint32_t index)
{
    uint8_t *ip = f->data + b->l3;
    uint32_t step = b->chunk / f->vnet.gso_size;
    uint16_t sum;

    if (is_ipv6(b, f->data)) {
        ip[6] = IPPROTO_TCP;
        frame_remove(f, (uint16_t)(b->l4 - JUMBO_SIZE), JUMBO_SIZE);
        b->l4 -= JUMBO_SIZE;
        ip = f->data + b->l3;
        wire_put16(ip + 4, (uint16_t)(f->size - b->l4));
        return;
    }
    wire_put16(ip + 2, (uint16_t)(f->size - b->l3));
    wire_put16(ip + 4, (uint16_t)(wire_get16(ip + 4) + index * step));
    memset(ip + 10, 0, sizeof(sum));
    sum = checksum_finish(checksum_add(0, ip, b->l4 - b->l3));
    memcpy(ip + 10, &sum, sizeof(sum));
}

static void finish_tcp(const struct big_tcp *b, struct frame *f, uint32_t index)
{
    uint8_t *tcp = f->data + b->l4;
    uint32_t sequence = wire_get32(tcp + TCP_SEQUENCE_AT);
    uint16_t sum = checksum_fold(
        checksum_pseudo(f->data + b->l3, IPPROTO_TCP, f->size - b->l4));

    wire_put32(tcp + TCP_SEQUENCE_AT, sequence + index * b->chunk);
    if (index + 1 < b->part_count)
        tcp[TCP_FLAGS_AT] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
    if (index > 0)
        tcp[TCP_FLAGS_AT] &= (uint8_t)~TCP_CWR;
    /* Each part's checksum is left to whoever cuts it, as that of the whole. */
    memcpy(tcp + TCP_CHECKSUM_AT, &sum, sizeof(sum));
    f->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f->vnet.csum_start = (uint16_t)b->l4;
    f->vnet.csum_offset = TCP_CHECKSUM_AT;
}

void big_tcp_finish(const struct big_tcp *b, struct frame *f, uint32_t index)
{
    struct big_tcp part = *b;

    finish_ip(&part, f, index);
    finish_tcp(&part, f, index);
    f->vnet.hdr_len =
        (uint16_t)(f->size < b->header_size ? f->size : b->header_size);
    if (f->size - part.l4 - (b->header_size - b->l4) <= f->vnet.gso_size) {
        f->vnet.gso_type = VIRTIO_NET_HDR_GSO_NONE;
        f->vnet.gso_size = 0;
    }
}
