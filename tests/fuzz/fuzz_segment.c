/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A super-frame that is taken comes apart into frames that hold its payload, in
 * order and nothing else, and whose sizes and checksums are right in each
 * header, through all tunnels; nothing is read or written beside them.
 *
 * An input is the vnet header (10 bytes, big-endian) and the frame.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "packet/checksum.h"
#include "packet/parse.h"
#include "packet/segment.h"
#include "packet/wire.h"

enum { UDP_CHECKSUM_AT = 6, GRE_CHECKSUM_AT = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(bool is_right)
{
    if (!is_right)
        abort();
}

static bool sums_up(uint64_t sum, const uint8_t *bytes, uint32_t size)
{
    return checksum_finish(checksum_add(sum, bytes, size)) == 0;
}

static void check_layer(const struct frame *out, const struct layer *layer)
{
    const uint8_t *at = out->data + layer->at;
    uint32_t size = out->size - layer->at;
    const uint8_t *ip;

    switch (layer->kind) {
    case LAYER_IPV4:
        expect(wire_get16(at + 2) == size);
        expect(sums_up(0, at, (at[0] & 0xfu) * 4));
        break;
    case LAYER_IPV6:
        expect(IPV6_SIZE + (uint32_t)wire_get16(at + 4) == size);
        break;
    case LAYER_UDP:
        ip = out->data + layer[-1].at;
        expect(wire_get16(at + 4) == size);
        expect(wire_get16(at + UDP_CHECKSUM_AT) == 0 ||
               sums_up(checksum_pseudo(ip, IPPROTO_UDP, size), at, size));
        break;
    case LAYER_GRE:
        expect(sums_up(0, at, size));
        break;
    }
}

static void check_transport(const struct segmenter *s, const struct frame *out)
{
    const struct layers *l = &s->layers;
    const uint8_t *ip = out->data + l->layer[l->count - 1].at;
    uint32_t size = out->size - l->l4;

    if (s->has_checksum && !s->is_datagram && !l->has_route)
        expect(sums_up(checksum_pseudo(ip, l->proto, size), out->data + l->l4,
                       size));
}

/* The checksum of a datagram is reckoned when it is cut. */
static void check_payload(const struct segmenter *s, const struct frame *out,
                          const uint8_t *source)
{
    const uint8_t *bytes = out->data + s->header_size;
    uint32_t size = out->size - s->header_size;

    if (s->is_datagram && source == s->data + s->payload) {
        uint32_t sum_end = UDP_CHECKSUM_AT + 2;

        expect(size >= sum_end || source + size == s->data + s->end);
        expect(memcmp(bytes, source, UDP_CHECKSUM_AT) == 0);
        bytes += sum_end;
        source += sum_end;
        size -= sum_end;
    }
    expect(memcmp(bytes, source, size) == 0);
}

static void segment(const struct frame *f)
{
    struct segmenter s;
    struct flow_key key;
    uint32_t count = 0, at;

    if (!segment_begin(&s, f)) {
        expect(!segment_is_for_kernel(f));
        return;
    }
    segment_is_for_kernel(f);
    expect(s.end <= f->size);
    for (at = s.payload;; count++) {
        uint8_t *block = malloc(segment_largest(&s));
        struct frame out = {.data = block};

        expect(block != NULL);
        out.size = segment_next(&s, block);
        if (out.size == 0) {
            free(block);
            break;
        }
        expect(out.size <= segment_largest(&s) && out.size >= s.header_size);
        for (unsigned int i = 0; i < s.layers.count; i++)
            check_layer(&out, &s.layers.layer[i]);
        check_transport(&s, &out);
        check_payload(&s, &out, f->data + at);
        at += out.size - s.header_size;
        frame_parse(&out, 0, &key);
        free(block);
    }
    expect(at == s.end && count > 0 && count <= SEGMENT_COUNT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size);
    struct frame f = {.vnet.flags = 0};
    struct flow_key key;

    f.vnet.flags = read_u8(&r) & VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f.vnet.gso_type = read_u8(&r);
    f.vnet.hdr_len = read_u16(&r);
    f.vnet.gso_size = read_u16(&r);
    f.vnet.csum_start = read_u16(&r);
    f.vnet.csum_offset = read_u16(&r);
    if (r.bad || r.left < FRAME_HEADER_SIZE || r.left > FRAME_MAX_SIZE)
        return 0;
    f.size = (uint32_t)r.left;
    f.data = malloc(r.left);
    expect(f.data != NULL);
    memcpy(f.data, r.next, r.left);
    frame_parse(&f, 0, &key);
    frame_mtu_size(&f);
    segment(&f);
    free(f.data);
    return 0;
}
