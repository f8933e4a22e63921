/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/normal.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/array.h"
#include "flow/ethertype.h"

_Static_assert(DROP_REASON_COUNT <= 64, "a bit each in flood()");

/* Addresses that a bridge keeps to itself: IEEE 802.1Q table 8-1, and those of
 * Extreme's and Cisco's protocols. */
static const struct {
    uint64_t first, last;
} reserved[] = {
    {0x0180c2000000, 0x0180c200000f}, {0x00e02b000000, 0x00e02b000000},
    {0x00e02b000004, 0x00e02b000004}, {0x00e02b000006, 0x00e02b000006},
    {0x01000c000000, 0x01000c000000}, {0x01000ccccccc, 0x01000ccccccd},
    {0x01000ccdcdcd, 0x01000ccdcdcd}, {0x01000cccccc0, 0x01000cccccc7},
};

static bool is_reserved(uint64_t mac)
{
    uint64_t vendor = mac >> 24;

    /* Nearly every frame ends here. */
    if (vendor != 0x0180c2 && vendor != 0x00e02b && vendor != 0x01000c)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
        if (mac >= reserved[i].first && mac <= reserved[i].last)
            return true;
    return false;
}

static bool wants_tag(const struct datapath_port *port, const struct normal *n)
{
    const struct vlan_membership *m = &port->vlan;

    if (n->vlan == 0)
        return n->has_tag; /* A tag of VLAN 0 carries a priority: as it came. */
    switch (m->mode) {
    case VLAN_ALL:
        return true;
    case VLAN_ACCESS:
        return false;
    case VLAN_TRUNK:
        return n->vlan != m->native;
    }
    return false;
}

/* Where the frame belongs; DROP_NONE, or why it must not go in. */
static enum drop_reason classify(struct normal *n,
                                 const struct datapath_port *from,
                                 const struct frame *f, bool forwards_bpdu)
{
    const uint8_t *data = f->data;
    const struct vlan_membership *m = &from->vlan;
    uint16_t type = (uint16_t)(data[12] << 8 | data[13]);
    uint16_t tag = 0;
    uint64_t destination, source;

    /* A frame has as many bytes behind its addresses. */
    memcpy(&destination, data, sizeof(destination));
    memcpy(&source, data + 6, sizeof(source));
    n->destination = be64toh(destination) >> 16;
    n->source = be64toh(source) >> 16;
    n->has_tag = ethertype_is_vlan(type) && f->size >= FRAME_HEADER_SIZE + 4;
    if (n->has_tag)
        tag = (uint16_t)(data[14] << 8 | data[15]);
    n->vlan = tag & 0xfff;
    n->pcp = (uint8_t)(tag >> 13);
    if (m->mode == VLAN_ACCESS) {
        if (n->vlan)
            return DROP_VLAN;
        n->vlan = m->access;
    } else if (m->mode == VLAN_TRUNK) {
        if (!n->vlan)
            n->vlan = m->native;
        if (!normal_is_member(from, n->vlan))
            return DROP_VLAN;
    }
    n->has_vlan_tag = n->has_tag && n->vlan == (tag & 0xfff);
    if (!forwards_bpdu && is_reserved(n->destination))
        return DROP_RESERVED;
    return DROP_NONE;
}

const struct datapath_port *normal_owner(const struct ports *ports,
                                         uint64_t mac, uint16_t vlan)
{
    assert(vlan < 4096);
    for (unsigned int i = 0; i < PORTS_MAX / 64; i++) {
        uint64_t left =
            atomic_load_explicit(&ports->own[i], memory_order_relaxed);

        for (; left; left &= left - 1) {
            const struct datapath_port *port =
                ports_at(ports, i * 64 + (unsigned int)__builtin_ctzll(left));

            if (port && port->own_address == mac &&
                normal_is_member(port, vlan))
                return port;
        }
    }
    return NULL;
}

/* Where the destination is; NULL if that is not known. */
static const struct datapath_port *find(const struct normal_tables *t,
                                        const struct normal *n)
{
    int port = mac_table_find(t->macs, n->destination, n->vlan);

    return port >= 0 ? ports_at(t->ports, (unsigned int)port)
                     : normal_owner(t->ports, n->destination, n->vlan);
}

static const struct datapath_port *find_by(struct normal_lookup *last,
                                           const struct normal_tables *t,
                                           const struct normal *n)
{
    if (!last)
        return find(t, n);
    if (n->destination == last->mac && n->vlan == last->vlan)
        return last->to;
    last->mac = n->destination;
    last->vlan = n->vlan;
    last->to = find(t, n);
    return last->to;
}

static enum output_tag tag_for(const struct datapath_port *to,
                               const struct normal *n)
{
    if (wants_tag(to, n))
        return n->has_vlan_tag ? OUTPUT_TAG_KEEP : OUTPUT_TAG_SET;
    return n->has_tag ? OUTPUT_TAG_STRIP : OUTPUT_TAG_KEEP;
}

/* Why a frame that is flooded does not go there; 'n' NULL: it is one of all
 * VLANs. */
static enum drop_reason flood_obstacle(const struct datapath_port *to,
                                       const struct datapath_port *from,
                                       const struct normal *n, bool is_all)
{
    if (to->index == from->index)
        return DROP_SAME_PORT;
    if (n && !normal_is_member(to, n->vlan))
        return DROP_VLAN;
    if (!to->link.is_up)
        return DROP_PORT_DOWN;
    return to->has_no_flood && !is_all ? DROP_NO_FLOOD : DROP_NONE;
}

/* Why a flood reaches nobody, where these are the reasons of single ports. */
static enum drop_reason why_nowhere(uint64_t reasons)
{
    if (reasons >> DROP_NONE & 1)
        return DROP_NONE;
    if (reasons >> DROP_NO_FLOOD & 1)
        return DROP_NO_FLOOD;
    return reasons >> DROP_VLAN & 1 && !(reasons >> DROP_PORT_DOWN & 1)
               ? DROP_NO_MEMBER
               : DROP_NO_OUTPUT;
}

static void flood(struct output_list *l, const struct ports *ports,
                  const struct datapath_port *from, const struct normal *n,
                  bool is_all)
{
    unsigned int end = atomic_load_explicit(&ports->end, memory_order_acquire);
    uint64_t reasons = 0; /* a bit each */

    l->count = 0;
    for (unsigned int i = 0; i < end; i++) {
        const struct datapath_port *to = ports_at(ports, i);
        enum drop_reason reason;

        if (!to)
            continue;
        reason = flood_obstacle(to, from, n, is_all);
        reasons |= UINT64_C(1) << reason;
        l->ports[l->count++] = (struct output_port){
            .to = to,
            .reason = (uint8_t)reason,
            .tag = n && reason == DROP_NONE ? (uint8_t)tag_for(to, n)
                                            : OUTPUT_TAG_KEEP,
        };
    }
    l->reason = why_nowhere(reasons);
}

static void send_to_one(struct output_list *l, const struct datapath_port *to,
                        const struct datapath_port *from)
{
    enum drop_reason reason = DROP_NONE;

    if (to->index == from->index)
        reason = DROP_SAME_PORT;
    else if (!normal_is_member(to, l->frame.vlan))
        reason = DROP_VLAN;
    l->count = 1;
    l->ports[0] = (struct output_port){
        .to = to,
        .reason = (uint8_t)reason,
        .tag = (uint8_t)tag_for(to, &l->frame),
    };
    l->reason = reason;
}

/* IEEE 802.1Q-2018 8.6: the in-port and the VLAN, then reserved addresses, then
 * where the destination is. */
void normal_ports(struct output_list *l, const struct normal_tables *t,
                  struct normal_lookup *last, const struct datapath_port *from,
                  const struct frame *f)
{
    l->found = NULL;
    l->refused = classify(&l->frame, from, f, t->forwards_bpdu);
    if (l->refused != DROP_NONE) {
        l->reason = l->refused;
        l->count = 0;
        return;
    }
    if (!mac_is_multicast(l->frame.destination))
        l->found = find_by(last, t, &l->frame);
    if (l->found)
        send_to_one(l, l->found, from);
    else
        flood(l, t->ports, from, &l->frame, false);
}

void normal_flood_ports(struct output_list *l, const struct ports *ports,
                        const struct datapath_port *from, bool is_all)
{
    l->refused = DROP_NONE;
    l->found = NULL;
    flood(l, ports, from, NULL, is_all);
}
