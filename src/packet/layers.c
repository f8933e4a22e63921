/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/layers.h"

#include <netinet/in.h>

#include "base/array.h"
#include "packet/checksum.h"
#include "packet/ipv6.h"
#include "packet/wire.h"

enum {
    TYPE_AT = 2 * ETH_ALEN,
    STEPS_MAX = 16,
    LABELS_MAX = 16, /* MPLS */
    MPLS_BOTTOM = 1 << 8,
    IPV4_FRAGMENT = 0x3fff,
    PROTO_MPLS = 137, /* RFC 4023 */
    GRE_SIZE = 4,
    GRE_OPTION_SIZE = 4,
    GRE_CHECKSUM = 0x8000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_UNKNOWN = 0x4fff,    /* what RFC 2890 leaves zero */
    TUNNEL_HEADER_MAX = 320, /* between UDP and the inner IP header */
};

/* What a frame of each gso_type carries; version 0: either. */
static const struct kind {
    uint8_t gso_type, version, proto;
} kinds[] = {
    /* clang-format off */
    {VIRTIO_NET_HDR_GSO_TCPV4,  4, IPPROTO_TCP},
    {VIRTIO_NET_HDR_GSO_TCPV6,  6, IPPROTO_TCP},
    {VIRTIO_NET_HDR_GSO_UDP_L4, 0, IPPROTO_UDP},
    {VIRTIO_NET_HDR_GSO_UDP,    0, IPPROTO_UDP},
    /* clang-format on */
};

enum step {
    STEP_BAD,
    STEP_TYPE,   /* an Ethertype */
    STEP_LABELS, /* MPLS */
    STEP_IP,
    STEP_GRE,
    STEP_UDP,
    STEP_END, /* the transport header */
};

struct walk {
    const struct frame *f;
    const struct kind *kind;
    struct layers *l;
    uint32_t at, end; /* of the next header, and of what holds it */
};

static const struct kind *find_kind(const struct frame *f)
{
    uint8_t type = f->vnet.gso_type & (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (kinds[i].gso_type == type)
            return &kinds[i];
    return NULL;
}

static bool push(struct walk *w, enum layer_kind kind)
{
    if (w->l->count == LAYERS_MAX)
        return false;
    w->l->layer[w->l->count++] = (struct layer){kind, w->at};
    return true;
}

/* What an Ethertype says of the bytes at 'at'. */
static enum step go_by_type(struct walk *w, uint16_t type, uint32_t at)
{
    w->at = at;
    if (ethertype_is_ip(type))
        return STEP_IP;
    if (ethertype_is_vlan(type)) {
        w->at += VLAN_TAG_SIZE - 2;
        return STEP_TYPE;
    }
    w->l->is_plain = false;
    if (ethertype_is_mpls(type))
        return STEP_LABELS;
    if (type == ETH_P_8021AH) {
        w->at += PBB_TAG_SIZE + TYPE_AT;
        return STEP_TYPE;
    }
    return STEP_BAD;
}

static enum step take_type(struct walk *w)
{
    if (w->at + 2 > w->end)
        return STEP_BAD;
    return go_by_type(w, wire_get16(w->f->data + w->at), w->at + 2);
}

static enum step take_labels(struct walk *w)
{
    for (int i = 0; i < LABELS_MAX && w->at + MPLS_LABEL_SIZE <= w->end; i++) {
        uint32_t label = wire_get32(w->f->data + w->at);

        w->at += MPLS_LABEL_SIZE;
        if (label & MPLS_BOTTOM)
            return STEP_IP;
    }
    return STEP_BAD;
}

static bool take_ipv4(struct walk *w, const uint8_t *ip, uint32_t left)
{
    uint32_t header_size = (ip[0] & 0xfu) * 4, size = wire_get16(ip + 2);

    /* The kernel leaves out a size that has no room there. */
    if (size == 0)
        size = left;
    if (header_size < IPV4_SIZE || size < header_size || size > left ||
        wire_get16(ip + 6) & IPV4_FRAGMENT || !push(w, LAYER_IPV4))
        return false;
    w->l->proto_at = w->at + 9;
    w->l->has_route = false;
    w->end = w->at + size;
    w->at += header_size;
    return true;
}

static bool take_ipv6(struct walk *w, const uint8_t *ip, uint32_t left)
{
    uint32_t size = IPV6_SIZE + (uint32_t)wire_get16(ip + 4);
    struct ipv6_end end;

    if (size > left)
        return false;
    end = ipv6_walk(ip, size);
    if (end.is_bad || end.frag || !push(w, LAYER_IPV6))
        return false;
    w->l->proto_at = w->at + end.proto_at;
    w->l->has_route = end.has_route;
    w->end = w->at + size;
    w->at += end.offset;
    return true;
}

/* The vnet header says of a UDP header that it carries a tunnel by speaking of
 * another one. */
static bool is_transport(const struct walk *w, unsigned int version)
{
    if (w->l->proto != w->kind->proto ||
        (w->kind->version != 0 && w->kind->version != version))
        return false;
    return w->l->proto == IPPROTO_TCP || !frame_has_partial_checksum(w->f) ||
           w->f->vnet.csum_start == w->at;
}

static enum step take_ip(struct walk *w)
{
    const uint8_t *ip = w->f->data + w->at;
    uint32_t left = w->end - w->at;
    unsigned int version = left >= IPV4_SIZE ? ip[0] >> 4 : 0;

    if (version == 4
            ? !take_ipv4(w, ip, left)
            : version != 6 || left < IPV6_SIZE || !take_ipv6(w, ip, left))
        return STEP_BAD;
    w->l->proto = w->f->data[w->l->proto_at];
    if (is_transport(w, version))
        return STEP_END;
    w->l->is_plain = false;
    switch (w->l->proto) {
    case IPPROTO_IPIP:
    case IPPROTO_IPV6:
        return STEP_IP;
    case IPPROTO_GRE:
        return STEP_GRE;
    case IPPROTO_UDP:
        return STEP_UDP;
    case PROTO_MPLS:
        return STEP_LABELS;
    default:
        return STEP_BAD;
    }
}

/* RFC 2784, RFC 2890. */
static enum step take_gre(struct walk *w)
{
    const uint8_t *gre = w->f->data + w->at;
    uint32_t next = w->at + GRE_SIZE;
    uint16_t flags, type;

    if (next > w->end)
        return STEP_BAD;
    flags = wire_get16(gre);
    type = wire_get16(gre + 2);
    for (unsigned int bit = GRE_SEQUENCE; bit <= GRE_CHECKSUM; bit <<= 1)
        if (flags & bit)
            next += GRE_OPTION_SIZE;
    if (flags & GRE_UNKNOWN || next > w->end ||
        (flags & GRE_CHECKSUM && !push(w, LAYER_GRE)))
        return STEP_BAD;
    if (type != ETH_P_TEB)
        return go_by_type(w, type, next);
    w->at = next + TYPE_AT;
    return STEP_TYPE;
}

/* An IP header that holds all the rest, as only the right one does. */
static bool holds_the_rest(const uint8_t *ip, uint32_t left)
{
    uint32_t header_size = (ip[0] & 0xfu) * 4;

    if (ip[0] >> 4 == 4)
        return header_size >= IPV4_SIZE && header_size <= left &&
               wire_get16(ip + 2) == left &&
               checksum_finish(checksum_add(0, ip, header_size)) == 0;
    return ip[0] >> 4 == 6 && left >= IPV6_SIZE &&
           IPV6_SIZE + (uint32_t)wire_get16(ip + 4) == left;
}

/* The header of a tunnel over UDP depends on ports that
 * nobody has to keep to, so that packet is looked for. */
static enum step take_udp(struct walk *w)
{
    uint32_t last = w->at + UDP_SIZE + TUNNEL_HEADER_MAX;

    /* RFC 8200 8.1: the address that the checksum needs is elsewhere. */
    if (w->l->has_route || !push(w, LAYER_UDP))
        return STEP_BAD;
    for (w->at += UDP_SIZE; w->at <= last && w->at + IPV4_SIZE <= w->end;
         w->at++)
        if (holds_the_rest(w->f->data + w->at, w->end - w->at))
            return STEP_IP;
    return STEP_BAD;
}

bool layers_find(struct layers *l, const struct frame *f)
{
    static enum step (*const takers[])(struct walk *) = {
        [STEP_TYPE] = take_type, [STEP_LABELS] = take_labels,
        [STEP_IP] = take_ip,     [STEP_GRE] = take_gre,
        [STEP_UDP] = take_udp,
    };
    struct walk w = {.f = f, .l = l, .at = TYPE_AT, .end = f->size};
    enum step step = STEP_TYPE;

    *l = (struct layers){.is_plain = true};
    w.kind = find_kind(f);
    if (!w.kind)
        return false;
    for (int i = 0; i < STEPS_MAX && step != STEP_BAD; i++) {
        step = takers[step](&w);
        if (step == STEP_END) {
            l->l4 = w.at;
            l->end = w.end;
            return true;
        }
    }
    return false;
}
