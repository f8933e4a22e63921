/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames as senders that leave the checksum to others make them. */
#ifndef TESTS_FRAME_PARTIAL_H
#define TESTS_FRAME_PARTIAL_H

#include <netinet/in.h>

#include "packet/checksum.h"
#include "packet/header.h"
#include "packet/wire.h"

/*
 * Puts what a sender leaves in place of the checksum: for TCP and UDP the
 * pseudo-header's sum, which is what makes the checksum come out right; for
 * SCTP whatever.  False if the frame has no such thing.
 */
static inline bool frame_make_partial(struct frame *f)
{
    uint8_t proto = f->l4 == FRAME_NO_OFFSET ? 0 : header_ip_proto(f);
    uint8_t *l4 = f->data + (proto ? f->l4 : 0), *field;
    uint16_t sum, rest;

    f->vnet.csum_offset = proto == IPPROTO_TCP   ? 16
                          : proto == IPPROTO_UDP ? 6
                                                 : 8;
    field = l4 + f->vnet.csum_offset;
    if (proto != IPPROTO_TCP && proto != IPPROTO_SCTP &&
        (proto != IPPROTO_UDP || wire_raw16(field) == 0))
        return false;
    if (f->data[f->l3] >> 4 == 4 &&
        (wire_get16(f->data + f->l3 + 6) & 0x3fff) != 0)
        return false;
    if (header_ip_end(f) != f->size)
        return false; /* a sender that leaves it undone does not pad */
    f->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f->vnet.csum_start = f->l4;
    if (proto == IPPROTO_SCTP) {
        memset(field, 0x5a, 4);
        return true;
    }
    sum = (uint16_t)~wire_raw16(field);
    memset(field, 0, sizeof(sum));
    rest = checksum_finish(checksum_add(0, l4, f->size - f->l4));
    sum = checksum_fold((uint64_t)sum + rest);
    memcpy(field, &sum, sizeof(sum));
    return true;
}

#endif
