/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/rewrite.h"

#include <netinet/in.h>

#include "flow/key.h"
#include "packet/checksum.h"
#include "packet/header.h"
#include "packet/wire.h"

enum {
    IP_CHECKSUM_AT = 10,
    DCCP_SIZE = 12,
};

/* Where a protocol has its checksum. */
struct sum_row {
    uint8_t header_size;
    uint8_t at; /* from its header */
    bool has_pseudo;
    bool has_none; /* 0 says that the sender reckoned none */
    bool is_crc;   /* SCTP's */
};

/* clang-format off */
static const struct sum_row sum_rows[256] = {
    [IPPROTO_TCP]     = {TCP_SIZE,  .at = 16, .has_pseudo = true},
    [IPPROTO_UDP]     = {UDP_SIZE,  .at = 6,  .has_pseudo = true,
                                              .has_none = true},
    [IPPROTO_UDPLITE] = {UDP_SIZE,  .at = 6,  .has_pseudo = true},
    [IPPROTO_DCCP]    = {DCCP_SIZE, .at = 6,  .has_pseudo = true},
    [IPPROTO_ICMP]    = {ICMP_SIZE, .at = 2},
    [IPPROTO_ICMPV6]  = {ICMP_SIZE, .at = 2,  .has_pseudo = true},
    [IPPROTO_SCTP]    = {SCTP_SIZE, .at = 8,  .is_crc = true},
};
/* clang-format on */

/* NULL if the frame has none that could be found. */
static const struct sum_row *find_sum(const struct frame *f)
{
    const struct sum_row *row;

    if (f->l4 == FRAME_NO_OFFSET || header_ip_version(f) == 0)
        return NULL;
    row = &sum_rows[header_ip_proto(f)];
    if (row->header_size == 0 || f->l4 + row->header_size > header_ip_end(f))
        return NULL;
    return row;
}

static bool is_partial(const struct frame *f, const struct sum_row *row)
{
    return frame_has_partial_checksum(f) && f->vnet.csum_start == f->l4 &&
           f->vnet.csum_offset == row->at;
}

/* The change that the right checksum makes is the one that this one makes. */
static void change_sctp(struct frame *f, uint32_t at, const uint8_t *fresh,
                        uint32_t size)
{
    uint8_t *sctp = f->data + f->l4;
    uint32_t whole = header_ip_end(f) - f->l4;
    uint32_t before = checksum_sctp(sctp, whole), sum;

    memcpy(f->data + at, fresh, size);
    sum = wire_raw32(sctp + 8) ^ before ^ checksum_sctp(sctp, whole);
    memcpy(sctp + 8, &sum, sizeof(sum));
}

static void change_sum(struct frame *f, uint32_t at, const uint8_t *fresh,
                       uint32_t size, const struct sum_row *row)
{
    uint8_t *field = f->data + f->l4 + row->at;
    uint16_t sum = wire_raw16(field);
    bool is_done = !is_partial(f, row);
    /* Addresses stand at even places of the pseudo-header, and the protocol,
     * the only single byte, at an odd one, wherever it came from. */
    bool is_odd = at < f->l4 ? size == 1 : (at - f->l4) & 1;

    if (is_done && row->has_none && sum == 0)
        return;
    /* The placeholder of a later checksum is a sum, not its complement. */
    if (!is_done)
        sum = (uint16_t)~sum;
    sum = checksum_replace(sum, f->data + at, fresh, size, is_odd);
    if (!is_done)
        sum = (uint16_t)~sum;
    else if (row->has_none && sum == 0)
        sum = UINT16_MAX;
    memcpy(field, &sum, sizeof(sum));
}

void rewrite(struct frame *f, uint32_t at, const uint8_t *fresh, uint32_t size,
             unsigned int sums)
{
    const struct sum_row *row;

    if (memcmp(f->data + at, fresh, size) == 0)
        return;
    if (sums & SUM_IP) {
        uint8_t *field = f->data + f->l3 + IP_CHECKSUM_AT;
        uint16_t sum = checksum_replace(wire_raw16(field), f->data + at, fresh,
                                        size, (at - f->l3) & 1);

        memcpy(field, &sum, sizeof(sum));
    }
    row = sums & (SUM_L4 | SUM_PSEUDO) ? find_sum(f) : NULL;
    if (row && row->is_crc) {
        if (sums & SUM_L4 && !is_partial(f, row)) {
            change_sctp(f, at, fresh, size);
            return;
        }
    } else if (row && ((sums & SUM_PSEUDO && row->has_pseudo) ||
                       (sums & SUM_L4 && !is_partial(f, row)))) {
        change_sum(f, at, fresh, size, row);
    }
    memcpy(f->data + at, fresh, size);
}
