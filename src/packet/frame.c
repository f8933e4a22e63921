/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/frame.h"

#include <netinet/in.h>

#include "packet/wire.h"

enum {
    TYPE_AT = 2 * ETH_ALEN,
    TCP_SIZE_AT = 12, /* its header's size, in words, in the upper half */
};

static uint16_t after_insert(uint16_t at, uint16_t place, uint16_t size)
{
    if (at == FRAME_NO_OFFSET || at < place)
        return at;
    return (uint16_t)(at + size);
}

bool frame_insert(struct frame *f, uint16_t offset, uint16_t size)
{
    if (size > f->headroom || f->vnet.csum_start > UINT16_MAX - size ||
        f->vnet.hdr_len > UINT16_MAX - size)
        return false;
    memmove(f->data - size, f->data, offset);
    f->data -= size;
    f->size += size;
    f->headroom = (uint16_t)(f->headroom - size);
    f->l3 = after_insert(f->l3, offset, size);
    f->l4 = after_insert(f->l4, offset, size);
    if (frame_has_partial_checksum(f))
        f->vnet.csum_start = after_insert(f->vnet.csum_start, offset, size);
    if (f->vnet.hdr_len > offset)
        f->vnet.hdr_len = (uint16_t)(f->vnet.hdr_len + size);
    return true;
}

/* FRAME_NO_OFFSET for a header that begins in what is taken out. */
static uint16_t after_remove(uint16_t at, uint16_t place, uint16_t size)
{
    if (at == FRAME_NO_OFFSET || at < place)
        return at;
    return at < place + size ? FRAME_NO_OFFSET : (uint16_t)(at - size);
}

void frame_remove(struct frame *f, uint16_t offset, uint16_t size)
{
    uint16_t start = after_remove(f->vnet.csum_start, offset, size);

    memmove(f->data + size, f->data, offset);
    f->data += size;
    f->size -= size;
    f->headroom = (uint16_t)(f->headroom + size);
    f->l3 = after_remove(f->l3, offset, size);
    f->l4 = after_remove(f->l4, offset, size);
    if (f->vnet.hdr_len >= offset + size)
        f->vnet.hdr_len = (uint16_t)(f->vnet.hdr_len - size);
    else if (f->vnet.hdr_len > offset)
        f->vnet.hdr_len = offset;
    if (!frame_has_partial_checksum(f))
        return;
    if (start != FRAME_NO_OFFSET) {
        f->vnet.csum_start = start;
        return;
    }
    /* The bytes to be summed have been taken out: nothing is left to do. */
    f->vnet.flags &= (uint8_t)~VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f->vnet.csum_start = f->vnet.csum_offset = 0;
}

static bool is_tagged(const struct frame *f)
{
    return f->size >= FRAME_HEADER_SIZE + VLAN_TAG_SIZE &&
           ethertype_is_vlan(wire_get16(f->data + TYPE_AT));
}

bool frame_is_double_tagged(const struct frame *f)
{
    return is_tagged(f) &&
           ethertype_is_vlan(wire_get16(f->data + TYPE_AT + VLAN_TAG_SIZE));
}

bool frame_push_vlan(struct frame *f, uint16_t tpid, uint16_t tci)
{
    bool was_tagged = is_tagged(f);

    if (!frame_insert(f, TYPE_AT, VLAN_TAG_SIZE))
        return false;
    wire_put16(f->data + TYPE_AT, tpid);
    wire_put16(f->data + TYPE_AT + 2, tci);
    /* Bytes behind a second tag are not looked at. */
    if (was_tagged)
        f->l3 = f->l4 = FRAME_NO_OFFSET;
    return true;
}

void frame_pop_vlan(struct frame *f)
{
    frame_remove(f, TYPE_AT, VLAN_TAG_SIZE);
}

bool frame_pad(struct frame *f)
{
    uint32_t missing = FRAME_MIN_SIZE - f->size;

    if (f->size >= FRAME_MIN_SIZE)
        return true;
    if (missing > f->tailroom)
        return false;
    memset(f->data + f->size, 0, missing);
    f->size += missing;
    f->tailroom = (uint16_t)(f->tailroom - missing);
    return true;
}

/* Offset of what follows the headers that every segment repeats; 0 if the
 * frame lies about it. */
static uint32_t repeated_size(const struct frame *f)
{
    uint32_t l4 = frame_has_partial_checksum(f) ? f->vnet.csum_start : f->l4;

    switch (f->vnet.gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
    case VIRTIO_NET_HDR_GSO_TCPV4:
    case VIRTIO_NET_HDR_GSO_TCPV6:
        if (l4 + TCP_SIZE > f->size)
            return 0;
        return l4 + (f->data[l4 + TCP_SIZE_AT] >> 4) * 4u;
    case VIRTIO_NET_HDR_GSO_UDP_L4:
        return l4 + UDP_SIZE;
    case VIRTIO_NET_HDR_GSO_UDP: /* as fragments: without UDP's header */
        return l4;
    default:
        return 0;
    }
}

/* Ethernet and what does not count: two tags, or a tag and a label. */
static uint32_t link_size_of(const struct frame *f)
{
    uint32_t at = FRAME_HEADER_SIZE;

    for (int i = 0; i < 2 && at + VLAN_TAG_SIZE <= f->size; i++) {
        uint16_t type = wire_get16(f->data + at - 2);

        if (ethertype_is_mpls(type))
            return at + MPLS_LABEL_SIZE;
        if (!ethertype_is_vlan(type))
            break;
        at += VLAN_TAG_SIZE;
    }
    return at;
}

uint32_t frame_mtu_size(const struct frame *f)
{
    uint32_t link_size = link_size_of(f);
    uint32_t size = f->size - link_size, repeated;

    if (!frame_is_super(f))
        return size;
    repeated = repeated_size(f);
    if (repeated < link_size || f->vnet.gso_size == 0 ||
        repeated + f->vnet.gso_size > f->size)
        return size;
    return repeated - link_size + f->vnet.gso_size;
}
