/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Edits, completion and segmentation stay inside any frame, whatever its vnet
 * header says; a refused edit changes nothing; after a done one l3 and l4 are
 * where a parser finds them, and checksums that were right are right, whether
 * they were there or left undone.
 *
 * An input is a count of actions, the actions (6 bytes each), the vnet header
 * (10 bytes), and the frame.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "packet/checksum.h"
#include "packet/edit.h"
#include "packet/header.h"
#include "packet/ipv6.h"
#include "packet/parse.h"
#include "packet/segment.h"
#include "packet/wire.h"

enum {
    ACTIONS_MAX = 8,
    TAILROOM = 8, /* too little for some frames to be padded */
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(bool is_right)
{
    if (!is_right)
        abort();
}

/* Two cells follow with bytes for a value and a mask. */
static void read_action(struct reader *r, struct flow_action cells[3])
{
    union action_operand operand = {.bytes = {0}};

    memset(cells, 0, 3 * sizeof(cells[0]));
    cells[0].type = read_u8(r) % ACTION_TYPE_COUNT;
    cells[0].extra = read_u8(r) % 3;
    if (cells[0].type == ACTION_SET_FIELD)
        cells[0].field = read_u16(r) % FIELD_COUNT;
    else
        cells[0].ethertype = read_u16(r);
    for (int i = 1; i < 3; i++) {
        memset(operand.bytes, read_u8(r), sizeof(operand.bytes));
        cells[i] = operand.cell;
    }
}

static struct virtio_net_hdr read_vnet(struct reader *r)
{
    struct virtio_net_hdr vnet = {
        .flags = read_u8(r) & 3,
        .gso_type = read_u8(r),
        .hdr_len = read_u16(r),
        .gso_size = read_u16(r),
        .csum_start = read_u16(r),
        .csum_offset = read_u16(r),
    };

    return vnet;
}

static struct frame copy_of(const struct frame *f)
{
    struct frame copy = *f;
    size_t size = (size_t)f->headroom + f->size + f->tailroom;
    uint8_t *block = malloc(size);

    expect(block != NULL);
    memcpy(block, f->data - f->headroom, size);
    copy.data = block + f->headroom;
    return copy;
}

/* Where the checksum over IP is; 0 if none is looked at. */
static uint32_t sum_at(const struct frame *f)
{
    static const uint8_t places[256] = {
        [IPPROTO_TCP] = 16, [IPPROTO_UDP] = 6,    [IPPROTO_ICMP] = 2,
        [IPPROTO_SCTP] = 8, [IPPROTO_ICMPV6] = 2,
    };
    unsigned int version = header_ip_version(f);
    const uint8_t *ip = f->data + (version ? f->l3 : 0);
    uint8_t proto;

    if (version == 0 || f->l4 == FRAME_NO_OFFSET)
        return 0;
    if (version == 4 && wire_get16(ip + 6) & 0x3fff)
        return 0;
    if (version == 6) {
        struct ipv6_end end = ipv6_walk(ip, header_ip_end(f) - f->l3);

        if (end.frag || end.has_route)
            return 0;
    }
    proto = header_ip_proto(f);
    if (proto == (version == 4 ? IPPROTO_ICMPV6 : IPPROTO_ICMP) ||
        places[proto] == 0 || f->l4 + 8u > header_ip_end(f))
        return 0;
    return f->l4 + places[proto];
}

/* What would be in the checksum's place if it were right. */
static uint32_t right_sum(const struct frame *f, uint32_t at)
{
    uint8_t proto = header_ip_proto(f);
    uint32_t size = header_ip_end(f) - f->l4;
    uint64_t sum = proto == IPPROTO_ICMP
                       ? 0
                       : checksum_pseudo(f->data + f->l3, proto, size);
    uint16_t field = wire_raw16(f->data + at);

    if (proto == IPPROTO_SCTP)
        return checksum_sctp(f->data + f->l4, size);
    sum = checksum_add(sum, f->data + f->l4, size);
    return checksum_finish(sum + (uint16_t)~field);
}

/* True if the checksum is the one that the sender left undone. */
static bool is_undone(const struct frame *f, uint32_t at)
{
    return frame_has_partial_checksum(f) && f->vnet.csum_start == f->l4 &&
           f->l4 + f->vnet.csum_offset == at;
}

/* Makes both checksums right, or as a sender does that leaves one undone. */
static void make_right(struct frame *f)
{
    uint32_t at = sum_at(f), sum;
    bool is_sctp = at != 0 && header_ip_proto(f) == IPPROTO_SCTP;

    if (header_ip_version(f) == 4) {
        uint8_t *ip = f->data + f->l3;
        uint16_t field;

        memset(ip + 10, 0, 2);
        field = checksum_finish(checksum_add(0, ip, (ip[0] & 15u) * 4));
        memcpy(ip + 10, &field, 2);
    }
    if (at == 0)
        return;
    if (frame_has_partial_checksum(f) && f->vnet.csum_start % 2) {
        f->vnet.csum_start = f->l4;
        f->vnet.csum_offset = (uint16_t)(at - f->l4);
    }
    /* One that is not over all the rest of the frame cannot come right. */
    if (is_undone(f, at) && header_ip_end(f) != f->size)
        f->vnet.flags = 0;
    if (is_undone(f, at)) {
        uint64_t pseudo = checksum_pseudo(f->data + f->l3, header_ip_proto(f),
                                          f->size - f->l4);
        uint16_t field = checksum_fold(pseudo);

        if (header_ip_proto(f) == IPPROTO_ICMP)
            field = 0;
        memcpy(f->data + at, &field, 2);
        return;
    }
    sum = right_sum(f, at);
    memcpy(f->data + at, &sum, is_sctp ? 4 : 2);
}

static void check_sums(const struct frame *f)
{
    struct frame copy = copy_of(f);
    uint32_t at = sum_at(f), want, got = 0;
    bool is_sctp = at != 0 && header_ip_proto(f) == IPPROTO_SCTP;
    const uint8_t *ip = f->data + (f->l3 == FRAME_NO_OFFSET ? 0 : f->l3);

    if (header_ip_version(f) == 4)
        expect(checksum_finish(checksum_add(0, ip, (ip[0] & 15u) * 4)) == 0);
    if (at != 0) {
        if (is_undone(f, at))
            checksum_complete(&copy);
        want = right_sum(&copy, at);
        memcpy(&got, copy.data + at, is_sctp ? 4 : 2);
        /* 0 and all ones are the same, and UDP's 0 is none. */
        expect(got == want ||
               (!is_sctp && got % UINT16_MAX == 0 &&
                (want % UINT16_MAX == 0 || header_ip_proto(f) == IPPROTO_UDP)));
    }
    free(copy.data - copy.headroom);
}

/* Edits after which the frame has the same L4 as before. */
static bool keeps_headers(const struct flow_action *a)
{
    if (a->type == ACTION_SET_FIELD)
        return a->field != FIELD_ETH_TYPE && a->field != FIELD_IP_PROTO;
    return a->type != ACTION_POP_VLAN && a->type != ACTION_STRIP_VLAN &&
           a->type != ACTION_POP_MPLS && a->type != ACTION_POP_PBB;
}

static void edit(struct frame *f, const struct flow_action *action)
{
    struct frame before, again;
    struct flow_key key;
    enum edit_result result;

    make_right(f);
    before = copy_of(f);
    result = edit_apply(f, action);
    expect(f->size >= FRAME_HEADER_SIZE);
    if (result != EDIT_DONE) {
        expect(f->size == before.size && f->headroom == before.headroom);
        expect(memcmp(&f->vnet, &before.vnet, sizeof(f->vnet)) == 0);
        expect(memcmp(f->data, before.data, f->size) == 0);
    }
    again = *f;
    frame_parse(&again, 0, &key);
    expect(again.l3 == f->l3 && again.l4 == f->l4);
    if (keeps_headers(action))
        check_sums(f);
    free(before.data - before.headroom);
}

/* Segments of a good size, each of which can be parsed. */
static void segment(const struct frame *f)
{
    struct segmenter s;
    struct flow_key key;
    uint32_t count = 0;

    if (!segment_begin(&s, f)) {
        expect(!segment_is_for_kernel(f));
        return;
    }
    segment_is_for_kernel(f);
    for (;;) {
        uint8_t *block = malloc(segment_largest(&s));
        struct frame out = {.data = block};

        expect(block != NULL);
        out.size = segment_next(&s, block);
        expect(out.size <= segment_largest(&s));
        if (out.size > 0)
            frame_parse(&out, 0, &key);
        free(block);
        if (out.size == 0)
            break;
        expect(++count <= SEGMENT_COUNT_MAX);
    }
    expect(count > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size);
    struct flow_action actions[ACTIONS_MAX][3];
    unsigned int count = read_u8(&r) % (ACTIONS_MAX + 1);
    struct frame f = {.headroom = FRAME_HEADROOM, .tailroom = TAILROOM}, copy;
    struct flow_key key;

    for (unsigned int i = 0; i < count; i++)
        read_action(&r, actions[i]);
    f.vnet = read_vnet(&r);
    if (r.bad || r.left < FRAME_HEADER_SIZE || r.left > FRAME_MAX_SIZE)
        return 0;
    f.size = (uint32_t)r.left;
    f.data = calloc(1, FRAME_HEADROOM + r.left + TAILROOM);
    expect(f.data != NULL);
    f.data += FRAME_HEADROOM;
    memcpy(f.data, r.next, r.left);
    frame_parse(&f, 0, &key);
    for (unsigned int i = 0; i < count; i++)
        edit(&f, actions[i]);
    frame_mtu_size(&f);
    copy = copy_of(&f);
    checksum_complete(&copy);
    frame_pad(&copy);
    free(copy.data - copy.headroom);
    segment(&f);
    free(f.data - f.headroom);
    return 0;
}
