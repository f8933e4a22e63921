/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/segment.h"

#include <netinet/in.h>

#include "packet/checksum.h"
#include "packet/wire.h"

enum {
    TCP_SEQUENCE_AT = 4,
    TCP_FLAGS_AT = 13,
    TCP_FIN = 0x01,
    TCP_PSH = 0x08,
    TCP_CWR = 0x80,
    TCP_CHECKSUM_AT = 16,
    UDP_LENGTH_AT = 4,
    UDP_CHECKSUM_AT = 6,
    GRE_CHECKSUM_AT = 4,
    IPV4_MORE = 0x2000,
    IPV6_MORE = 1,
    FRAGMENT_UNIT = 8,
    FRAGMENT_SIZE = 8,      /* IPv6's header */
    UDP_SEGMENTS_MAX = 64,  /* that Linux takes, before 6.9 */
    SIZE_BY_FRAGS = 0xffff, /* to Linux this gso_size means something else */
};

static uint8_t gso_type(const struct frame *f)
{
    return f->vnet.gso_type & (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;
}

/* The IP header before the transport. */
static uint32_t last_ip(const struct layers *l)
{
    return l->layer[l->count - 1].at;
}

static bool is_ipv6(const struct layers *l)
{
    return l->layer[l->count - 1].kind == LAYER_IPV6;
}

/* The size of the transport header; 0 if it is not whole. */
static uint32_t transport_size(const struct layers *l, const struct frame *f)
{
    uint32_t left = l->end - l->l4, size;

    if (l->proto == IPPROTO_UDP)
        return left < UDP_SIZE ? 0 : UDP_SIZE;
    size = left < TCP_SIZE ? 0 : (f->data[l->l4 + 12] >> 4) * 4u;
    return size < TCP_SIZE || size > left ? 0 : size;
}

/*
 * Begins the sum of every segment with that of the pseudo-header but its size.
 * The last address of a route is nowhere else than in the sum that the sender
 * has left in the checksum's place, which has the size of the whole in it.
 */
static void take_checksum(struct segmenter *s, const struct frame *f)
{
    const struct layers *l = &s->layers;
    bool is_partial = frame_has_partial_checksum(f);
    uint32_t size = l->end - l->l4;
    uint16_t field;

    s->checksum_at =
        l->l4 + (l->proto == IPPROTO_TCP ? TCP_CHECKSUM_AT : UDP_CHECKSUM_AT);
    field = wire_raw16(f->data + s->checksum_at);
    if (l->has_route && is_partial)
        s->pseudo = (uint64_t)field + checksum_finish(htonl(size));
    else
        s->pseudo = checksum_pseudo(f->data + last_ip(l), l->proto, 0);
    s->has_checksum = l->proto != IPPROTO_UDP || is_partial || field != 0;
}

static uint16_t finished(uint64_t sum, uint8_t proto)
{
    uint16_t checksum = checksum_finish(sum);

    /* UDP's 0 says that there is none. */
    return checksum == 0 && proto == IPPROTO_UDP ? UINT16_MAX : checksum;
}

/* One datagram: its UDP header is part of what is cut, and is summed once. */
static bool begin_datagram(struct segmenter *s)
{
    const struct layers *l = &s->layers;
    const uint8_t *udp = s->data + l->l4;
    uint32_t size = l->end - l->l4;
    uint16_t field = wire_raw16(udp + UDP_CHECKSUM_AT);

    s->is_datagram = true;
    s->payload = s->next = l->l4;
    s->header_size = l->l4 + (is_ipv6(l) ? FRAGMENT_SIZE : 0u);
    s->chunk &= ~(uint32_t)(FRAGMENT_UNIT - 1);
    /* The checksum's own place is not summed. */
    s->udp_sum = finished(checksum_add(s->pseudo + htonl(size), udp, size) +
                              (uint16_t)~field,
                          l->proto);
    /* Whoever puts it together must not take it for another one. */
    s->id = checksum_sctp(s->data + last_ip(l), l->end - last_ip(l));
    return s->chunk != 0;
}

uint32_t segment_largest(const struct segmenter *s)
{
    uint32_t left = s->end - s->payload;

    return s->header_size + (left < s->chunk ? left : s->chunk);
}

bool segment_begin(struct segmenter *s, const struct frame *f)
{
    uint32_t size;

    *s = (struct segmenter){.data = f->data, .chunk = f->vnet.gso_size};
    if (s->chunk == 0 || !layers_find(&s->layers, f))
        return false;
    size = transport_size(&s->layers, f);
    if (size == 0)
        return false;
    s->end = s->layers.end;
    s->payload = s->next = s->header_size = s->layers.l4 + size;
    take_checksum(s, f);
    if (gso_type(f) == VIRTIO_NET_HDR_GSO_UDP && !begin_datagram(s))
        return false;
    return segment_largest(s) - s->layers.layer[0].at <= UINT16_MAX &&
           (s->end - s->payload) / s->chunk < SEGMENT_COUNT_MAX;
}

static void finish_tcp(const struct segmenter *s, uint8_t *tcp, bool is_last)
{
    uint32_t sequence = wire_get32(tcp + TCP_SEQUENCE_AT);

    wire_put32(tcp + TCP_SEQUENCE_AT, sequence + s->index * s->chunk);
    if (!is_last)
        tcp[TCP_FLAGS_AT] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
    if (s->index > 0)
        tcp[TCP_FLAGS_AT] &= (uint8_t)~TCP_CWR;
}

static void finish_checksum(const struct segmenter *s, uint8_t *frame,
                            uint32_t size)
{
    const struct layers *l = &s->layers;
    uint32_t l4_size = size - l->l4;
    uint8_t *field = frame + s->checksum_at;
    uint16_t sum;

    memset(field, 0, sizeof(sum));
    sum = finished(
        checksum_add(s->pseudo + htonl(l4_size), frame + l->l4, l4_size),
        l->proto);
    memcpy(field, &sum, sizeof(sum));
}

static void finish_transport(const struct segmenter *s, uint8_t *frame,
                             uint32_t size, bool is_last)
{
    const struct layers *l = &s->layers;

    if (l->proto == IPPROTO_TCP)
        finish_tcp(s, frame + l->l4, is_last);
    else
        wire_put16(frame + l->l4 + UDP_LENGTH_AT, (uint16_t)(size - l->l4));
    if (s->has_checksum)
        finish_checksum(s, frame, size);
}

/* RFC 791 3.2, RFC 8200 4.5. */
static void finish_fragment(const struct segmenter *s, uint8_t *frame,
                            bool is_last)
{
    const struct layers *l = &s->layers;
    uint32_t offset = s->index * s->chunk;

    if (s->index == 0 && s->has_checksum)
        memcpy(frame + s->header_size + UDP_CHECKSUM_AT, &s->udp_sum,
               sizeof(s->udp_sum));
    if (is_ipv6(l)) {
        uint8_t *header = frame + l->l4;

        frame[l->proto_at] = IPPROTO_FRAGMENT;
        header[0] = l->proto;
        header[1] = 0;
        wire_put16(header + 2, (uint16_t)(offset | (is_last ? 0 : IPV6_MORE)));
        wire_put32(header + 4, s->id);
        return;
    }
    wire_put16(frame + last_ip(l) + 6,
               (uint16_t)(offset / FRAGMENT_UNIT | (is_last ? 0 : IPV4_MORE)));
}

static void finish_ipv4(const struct segmenter *s, uint8_t *frame, uint32_t at,
                        uint32_t size)
{
    uint8_t *ip = frame + at;
    bool is_fragment = s->is_datagram && at == last_ip(&s->layers);
    uint16_t sum;

    wire_put16(ip + 2, (uint16_t)(size - at));
    if (!is_fragment)
        wire_put16(ip + 4, (uint16_t)(wire_get16(ip + 4) + s->index));
    memset(ip + 10, 0, sizeof(sum));
    sum = checksum_finish(checksum_add(0, ip, (ip[0] & 0xfu) * 4));
    memcpy(ip + 10, &sum, sizeof(sum));
}

/* The UDP header of a tunnel, in the IP header at 'ip'. */
static void finish_udp(uint8_t *frame, uint32_t ip, uint32_t at, uint32_t size)
{
    uint8_t *field = frame + at + UDP_CHECKSUM_AT;
    uint16_t sum = wire_raw16(field);

    wire_put16(frame + at + UDP_LENGTH_AT, (uint16_t)(size - at));
    if (sum == 0)
        return;
    memset(field, 0, sizeof(sum));
    sum = finished(
        checksum_add(checksum_pseudo(frame + ip, IPPROTO_UDP, size - at),
                     frame + at, size - at),
        IPPROTO_UDP);
    memcpy(field, &sum, sizeof(sum));
}

static void finish_gre(uint8_t *frame, uint32_t at, uint32_t size)
{
    uint8_t *field = frame + at + GRE_CHECKSUM_AT;
    uint16_t sum;

    memset(field, 0, sizeof(sum));
    sum = checksum_finish(checksum_add(0, frame + at, size - at));
    memcpy(field, &sum, sizeof(sum));
}

/* From the inside out, for the outer ones sum up the inner ones. */
static void finish_layers(const struct segmenter *s, uint8_t *frame,
                          uint32_t size)
{
    const struct layers *l = &s->layers;

    for (unsigned int i = l->count; i-- > 0;) {
        uint32_t at = l->layer[i].at;

        switch (l->layer[i].kind) {
        case LAYER_IPV4:
            finish_ipv4(s, frame, at, size);
            break;
        case LAYER_IPV6:
            wire_put16(frame + at + 4, (uint16_t)(size - at - IPV6_SIZE));
            break;
        case LAYER_UDP:
            finish_udp(frame, l->layer[i - 1].at, at, size);
            break;
        case LAYER_GRE:
            finish_gre(frame, at, size);
            break;
        }
    }
}

uint32_t segment_next(struct segmenter *s, uint8_t *buffer)
{
    uint32_t left = s->end - s->next;
    uint32_t chunk = left < s->chunk ? left : s->chunk;
    uint32_t size = s->header_size + chunk;

    /* A frame without payload is one segment all the same. */
    if (left == 0 && s->index > 0)
        return 0;
    memcpy(buffer, s->data, s->payload);
    memcpy(buffer + s->header_size, s->data + s->next, chunk);
    s->next += chunk;
    if (s->is_datagram)
        finish_fragment(s, buffer, s->next == s->end);
    else
        finish_transport(s, buffer, size, s->next == s->end);
    finish_layers(s, buffer, size);
    s->index++;
    return size;
}

/*
 * The checksum that the frame asks for is the transport's, and in its place is
 * the sum of the pseudo-header of the whole: so the kernel takes it.  Where it
 * has made a list of frames one (rx-gro-list), it is the first frame's.
 */
static bool is_checksum_begun(const struct segmenter *s, const struct frame *f)
{
    const struct layers *l = &s->layers;
    uint32_t field = (uint32_t)f->vnet.csum_start + f->vnet.csum_offset;

    return f->vnet.csum_start == l->l4 && field == s->checksum_at &&
           checksum_fold(s->pseudo + htonl(l->end - l->l4)) ==
               wire_raw16(f->data + field);
}

bool segment_is_for_kernel(const struct frame *f)
{
    struct segmenter s;
    bool is_partial = frame_has_partial_checksum(f);

    if (gso_type(f) == VIRTIO_NET_HDR_GSO_UDP ||
        f->vnet.gso_size == SIZE_BY_FRAGS || !segment_begin(&s, f) ||
        !s.layers.is_plain || (is_partial && !is_checksum_begun(&s, f)))
        return false;
    if (s.layers.proto == IPPROTO_TCP)
        return true;
    return is_partial && f->vnet.gso_type == VIRTIO_NET_HDR_GSO_UDP_L4 &&
           s.end - s.payload <= s.chunk * UDP_SEGMENTS_MAX;
}
