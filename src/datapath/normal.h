/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NORMAL: switching as any bridge does it, with learning and VLANs.
 *
 * Deciding only: which ports, and how the frame must be tagged there.  Looks at
 * the frame's own bytes, because flow entries may have edited it before.
 * IEEE 802.1Q-2018 8.6; Open vSwitch's "vlan_mode".
 */
#ifndef DATAPATH_NORMAL_H
#define DATAPATH_NORMAL_H

#include "datapath/ports.h"
#include "packet/frame.h"
#include "table/mac_table.h"

struct normal {
    uint64_t source, destination; /* mac_number */
    uint16_t vlan;                /* the bridge's VLAN, 0 to 4095 */
    bool has_tag;      /* of any VID; VID 0 just carries a priority */
    bool has_vlan_tag; /* of this VLAN */
    uint8_t pcp;
};

/* Where the frame belongs; DROP_NONE, or why it must not go in (DROP_VLAN,
 * DROP_RESERVED unless 'forwards_bpdu'). */
enum drop_reason normal_classify(struct normal *n,
                                 const struct datapath_port *from,
                                 const struct frame *f, bool forwards_bpdu);

/* True if a frame of this VLAN may leave by the port, ... */
bool normal_is_member(const struct datapath_port *port, uint16_t vlan);
/* ... and then whether it does so with a tag. */
bool normal_wants_tag(const struct datapath_port *port, const struct normal *n);

/*
 * The port where the host itself has this address in this VLAN: LOCAL or an
 * internal one.  NULL: the address is not the host's.  Such an address is
 * learned at no other port, and frames to it go there alone, as in the kernel's
 * bridge.  Looks at each port of the host's, so ask the table first.
 */
const struct datapath_port *normal_owner(const struct ports *ports,
                                         uint64_t mac, uint16_t vlan);

/* The port where the frame's destination is, learned or the host's own; NULL if
 * that is not known. */
const struct datapath_port *normal_find(const struct ports *ports,
                                        const struct mac_table *macs,
                                        const struct normal *n);

/* Why a flood from this port reaches nobody; 'vlan' -1: it is one of all VLANs.
 * A port that is up counts as set not to be flooded. */
enum drop_reason normal_why_nowhere(const struct ports *ports,
                                    const struct datapath_port *from, int vlan);

static inline bool mac_is_multicast(uint64_t mac)
{
    return mac >> 40 & 1;
}

#endif
