/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/normal.h"

#include <endian.h>
#include <string.h>

#include "base/array.h"
#include "flow/ethertype.h"

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

static bool is_in_trunk(const struct vlan_membership *m, uint16_t vlan)
{
    return m->trunks[vlan / 64] >> (vlan % 64) & 1;
}

bool normal_is_member(const struct datapath_port *port, uint16_t vlan)
{
    const struct vlan_membership *m = &port->vlan;

    switch (m->mode) {
    case VLAN_ALL:
        return true;
    case VLAN_ACCESS:
        return vlan == m->access;
    case VLAN_TRUNK:
        return is_in_trunk(m, vlan) || (m->native && vlan == m->native);
    }
    return false;
}

bool normal_wants_tag(const struct datapath_port *port, const struct normal *n)
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

enum drop_reason normal_classify(struct normal *n,
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

const struct datapath_port *normal_find(const struct ports *ports,
                                        const struct mac_table *macs,
                                        const struct normal *n)
{
    int port = mac_table_find(macs, n->destination, n->vlan);

    return port >= 0 ? ports_at(ports, (unsigned int)port)
                     : normal_owner(ports, n->destination, n->vlan);
}

enum drop_reason normal_why_nowhere(const struct ports *ports,
                                    const struct datapath_port *from, int vlan)
{
    unsigned int end = atomic_load_explicit(&ports->end, memory_order_acquire);
    bool has_member = false, has_stranger = false;

    for (unsigned int i = 0; i < end; i++) {
        const struct datapath_port *to = ports_at(ports, i);
        bool is_member;

        if (!to || to->index == from->index)
            continue;
        is_member = vlan < 0 || normal_is_member(to, (uint16_t)vlan);
        if (is_member && to->is_up)
            return DROP_NO_FLOOD;
        if (is_member)
            has_member = true;
        else
            has_stranger = true;
    }
    return has_stranger && !has_member ? DROP_NO_MEMBER : DROP_NO_OUTPUT;
}
