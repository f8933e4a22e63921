#include "packet/segment.h"

#include <netinet/in.h>

#include "packet/checksum.h"
#include "packet/ipv6.h"
#include "packet/wire.h"

enum {
    TYPE_AT = 2 * ETH_ALEN,
    TAGS_MAX = 8,    /* VLAN and PBB tags in front of IP */
    LABELS_MAX = 16, /* MPLS */
    MPLS_BOTTOM = 1 << 8,
    IPV4_FRAGMENT = 0x3fff,
    TCP_SEQUENCE_AT = 4,
    TCP_FLAGS_AT = 13,
    TCP_FIN = 0x01,
    TCP_PSH = 0x08,
    TCP_CWR = 0x80,
    TCP_CHECKSUM_AT = 16,
    UDP_LENGTH_AT = 4,
    UDP_CHECKSUM_AT = 6,
};

/* What each gso_type says of the frame; version 0: either. */
static const struct {
    uint8_t gso_type, version, proto;
} kinds[] = {
    {VIRTIO_NET_HDR_GSO_TCPV4,  4, IPPROTO_TCP},
    {VIRTIO_NET_HDR_GSO_TCPV6,  6, IPPROTO_TCP},
    {VIRTIO_NET_HDR_GSO_UDP_L4, 0, IPPROTO_UDP},
};

/* The offset of the IP header behind labels that begin at 'at'; 0: none. */
static uint32_t behind_labels(const struct frame *f, uint32_t at)
{
    for (int i = 0; i < LABELS_MAX; i++, at += MPLS_LABEL_SIZE) {
        if (at + MPLS_LABEL_SIZE > f->size)
            return 0;
        if (wire_get32(f->data + at) & MPLS_BOTTOM)
            return at + MPLS_LABEL_SIZE;
    }
    return 0;
}

/* The offset of the IP header; 0 if there is none. */
static uint32_t find_ip(const struct frame *f)
{
    uint32_t at = TYPE_AT;

    for (int i = 0; i < TAGS_MAX && at + 2 <= f->size; i++) {
        uint16_t type = wire_get16(f->data + at);

        if (type == ETH_P_IP || type == ETH_P_IPV6)
            return at + 2;
        if (wire_is_mpls(type))
            return behind_labels(f, at + 2);
        if (wire_is_vlan(type))
            at += VLAN_TAG_SIZE;
        else if (type == ETHERTYPE_PBB)
            at += 2 + PBB_TAG_SIZE + 2 * ETH_ALEN;
        else
            return 0;
    }
    return 0;
}

/* Takes the IP header at s->l3; returns its version, or 0 if it is bad. */
static unsigned int take_ip(struct segmenter *s, const struct frame *f)
{
    const uint8_t *ip = f->data + s->l3;
    uint32_t left = f->size - s->l3, size;
    struct ipv6_end end;

    if (left >= IPV4_SIZE && ip[0] >> 4 == 4) {
        uint32_t header_size = (ip[0] & 0xfu) * 4;

        size = wire_get16(ip + 2);
        if (header_size < IPV4_SIZE || size < header_size || size > left ||
            wire_get16(ip + 6) & IPV4_FRAGMENT)
            return 0;
        s->l4 = s->l3 + header_size;
        s->end = s->l3 + size;
        s->proto = ip[9];
        return 4;
    }
    if (left < IPV6_SIZE || ip[0] >> 4 != 6)
        return 0;
    size = IPV6_SIZE + wire_get16(ip + 4);
    if (size > left)
        return 0;
    end = ipv6_walk(ip, size);
    if (end.is_bad || end.frag)
        return 0;
    s->has_route = end.has_route;
    s->l4 = s->l3 + end.offset;
    s->end = s->l3 + size;
    s->proto = end.proto;
    return 6;
}

static bool take_transport(struct segmenter *s, const struct frame *f)
{
    const uint8_t *header = f->data + s->l4;
    uint32_t left = s->end - s->l4;
    uint32_t size = UDP_SIZE;

    if (s->proto == IPPROTO_TCP) {
        if (left < TCP_SIZE)
            return false;
        size = (header[12] >> 4) * 4u;
        if (size < TCP_SIZE)
            return false;
    }
    if (size > left)
        return false;
    s->payload = s->next = s->l4 + size;
    return true;
}

/*
 * Begins the sum of every segment with that of the pseudo-header but its size.
 * The last address of a route is nowhere else than in the sum that the sender
 * has left in the checksum's place, which has the size of the whole in it.
 */
static void take_checksum(struct segmenter *s, const struct frame *f)
{
    bool is_partial = frame_has_partial_checksum(f);
    uint32_t size = s->end - s->l4;
    uint16_t field;

    s->checksum_at =
        s->l4 + (s->proto == IPPROTO_TCP ? TCP_CHECKSUM_AT : UDP_CHECKSUM_AT);
    field = wire_raw16(f->data + s->checksum_at);
    if (s->has_route && is_partial)
        s->pseudo = (uint64_t)field + checksum_finish(htonl(size));
    else
        s->pseudo = checksum_pseudo(f->data + s->l3, s->proto, 0);
    s->has_checksum = s->proto != IPPROTO_UDP || is_partial || field != 0;
}

static bool is_kind(const struct frame *f, unsigned int version, uint8_t proto)
{
    uint8_t type = f->vnet.gso_type & (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].gso_type == type)
            return kinds[i].proto == proto &&
                   (kinds[i].version == 0 || kinds[i].version == version);
    }
    return false;
}

bool segment_begin(struct segmenter *s, const struct frame *f)
{
    unsigned int version;

    *s = (struct segmenter){.data = f->data, .l3 = find_ip(f)};
    s->segment_size = f->vnet.gso_size;
    if (s->l3 == 0 || s->segment_size == 0)
        return false;
    version = take_ip(s, f);
    if (version == 0 || !is_kind(f, version, s->proto) || !take_transport(s, f))
        return false;
    take_checksum(s, f);
    return (s->end - s->payload) / s->segment_size < SEGMENT_COUNT_MAX;
}

uint32_t segment_largest(const struct segmenter *s)
{
    uint32_t left = s->end - s->payload;

    return s->payload + (left < s->segment_size ? left : s->segment_size);
}

static void finish_tcp(const struct segmenter *s, uint8_t *tcp, bool is_last)
{
    uint32_t sequence = wire_get32(tcp + TCP_SEQUENCE_AT);

    wire_put32(tcp + TCP_SEQUENCE_AT,
               sequence + s->index * (uint32_t)s->segment_size);
    if (!is_last)
        tcp[TCP_FLAGS_AT] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
    if (s->index > 0)
        tcp[TCP_FLAGS_AT] &= (uint8_t)~TCP_CWR;
}

static void finish_ip(const struct segmenter *s, uint8_t *ip, uint32_t size)
{
    uint16_t sum;

    if (ip[0] >> 4 == 6) {
        wire_put16(ip + 4, (uint16_t)(size - IPV6_SIZE));
        return;
    }
    wire_put16(ip + 2, (uint16_t)size);
    wire_put16(ip + 4, (uint16_t)(wire_get16(ip + 4) + s->index));
    memset(ip + 10, 0, sizeof(sum));
    sum = checksum_finish(checksum_add(0, ip, s->l4 - s->l3));
    memcpy(ip + 10, &sum, sizeof(sum));
}

static void finish_checksum(const struct segmenter *s, uint8_t *frame,
                            uint32_t size)
{
    uint8_t *field = frame + s->checksum_at;
    uint32_t l4_size = size - s->l4;
    uint16_t sum;

    memset(field, 0, sizeof(sum));
    sum = checksum_finish(
        checksum_add(s->pseudo + htonl(l4_size), frame + s->l4, l4_size));
    if (sum == 0 && s->proto == IPPROTO_UDP)
        sum = UINT16_MAX;
    memcpy(field, &sum, sizeof(sum));
}

uint32_t segment_next(struct segmenter *s, uint8_t *buffer)
{
    uint32_t left = s->end - s->next;
    uint32_t chunk = left < s->segment_size ? left : s->segment_size;
    uint32_t size = s->payload + chunk;

    /* A frame without payload is one segment all the same. */
    if (left == 0 && s->index > 0)
        return 0;
    memcpy(buffer, s->data, s->payload);
    memcpy(buffer + s->payload, s->data + s->next, chunk);
    s->next += chunk;
    if (s->proto == IPPROTO_TCP)
        finish_tcp(s, buffer + s->l4, s->next == s->end);
    else
        wire_put16(buffer + s->l4 + UDP_LENGTH_AT, (uint16_t)(size - s->l4));
    finish_ip(s, buffer + s->l3, size - s->l3);
    if (s->has_checksum)
        finish_checksum(s, buffer, size);
    s->index++;
    return size;
}

bool segment_is_for_kernel(const struct frame *f)
{
    struct segmenter s;
    uint32_t at = TYPE_AT;

    if (!segment_begin(&s, f))
        return false;
    while (wire_is_vlan(wire_get16(f->data + at)))
        at += VLAN_TAG_SIZE;
    return at + 2 == s.l3;
}
