/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One Ethernet frame on its way through the switch, wherever its bytes lie.
 *
 * The bytes are borrowed: from a receive ring's slot, a TAP's read buffer or a
 * scratch buffer of the worker.  They may be edited in place, and the frame may
 * grow to the left into 'headroom'.  'vnet' says what the sender left undone
 * (checksum, segmentation), as virtio 1.2, 5.1.6 has it, in host byte order;
 * its csum_start counts from 'data'.
 */
#ifndef PACKET_FRAME_H
#define PACKET_FRAME_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdint.h>

/* virtio 1.3; kernel headers before 6.2 do not have it. */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

enum {
    FRAME_HEADER_SIZE = 14,
    FRAME_MIN_SIZE = 60, /* without FCS; shorter ones are padded */
    FRAME_MAX_SIZE = 65535 + 18,
    FRAME_HEADROOM = 64, /* every receive path leaves at least this */
    FRAME_NO_OFFSET = 0xffff,
};

struct frame {
    uint8_t *data;
    uint32_t size;     /* bytes */
    uint16_t headroom; /* bytes before 'data' that may be written */
    uint16_t tailroom; /* bytes after the last one that may be written */
    struct virtio_net_hdr vnet;
    /* Offsets from 'data', set by frame_parse; FRAME_NO_OFFSET: not there. */
    uint16_t l3, l4;
    bool is_truncated; /* the rest did not come: to be dropped */
    uint32_t queue;    /* of the port it leaves by: id + 1; 0: none */
};

static inline bool frame_has_partial_checksum(const struct frame *f)
{
    return f->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
}

static inline bool frame_is_super(const struct frame *f)
{
    return f->vnet.gso_type != VIRTIO_NET_HDR_GSO_NONE;
}

/*
 * Makes room for 'size' bytes at 'offset' from the start, which grows the frame
 * to the left, or takes such bytes out; offsets and vnet are kept right.
 * frame_insert returns false, and nothing has changed, without headroom.
 */
bool frame_insert(struct frame *f, uint16_t offset, uint16_t size);
void frame_remove(struct frame *f, uint16_t offset, uint16_t size);

/* Puts an 802.1Q or 802.1ad tag in front of the EtherType; see frame_insert.
 * 'tpid' and 'tci' are in host order. */
bool frame_push_vlan(struct frame *f, uint16_t tpid, uint16_t tci);
/* Takes the outermost tag; the frame must have one.  If another one was behind
 * it, the frame is to be parsed again for what that one hid. */
void frame_pop_vlan(struct frame *f);

/* Fills a frame up with zeros to FRAME_MIN_SIZE; false, and nothing has
 * changed, without tailroom. */
bool frame_pad(struct frame *f);

/* The size that an MTU is compared with: the largest packet that this frame
 * puts on the wire, which for a super-frame is that of one segment.  As in
 * Linux, which keeps the outermost VLAN tag elsewhere and grants four bytes
 * more, neither that tag counts nor a second one or an MPLS label. */
uint32_t frame_mtu_size(const struct frame *f);

/* Two VLAN tags or more. */
bool frame_is_double_tagged(const struct frame *f);

#endif
