/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NORMAL, FLOOD and ALL: to which ports a frame goes, with which tag, and why
 * not to the others.
 *
 * Decides only: execute.h sends what is decided here, bridge/trace_output.h
 * prints it.  Looks at the frame's own bytes, because flow entries may have
 * edited it before.  IEEE 802.1Q-2018 8.6; Open vSwitch's "vlan_mode".
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

/* How the frame leaves, beside the tag that it came with. */
enum output_tag {
    OUTPUT_TAG_KEEP, /* as it came, with a tag or without */
    OUTPUT_TAG_SET,  /* with a tag of the VLAN in the place of its own */
    OUTPUT_TAG_STRIP,
    OUTPUT_TAG_COUNT,
};

/* A port, and what becomes of the frame there. */
struct output_port {
    const struct datapath_port *to;
    uint8_t reason; /* enum drop_reason: why not there; DROP_NONE: it leaves */
    uint8_t tag;    /* enum output_tag, of a frame that leaves */
};

/* What was decided for one frame. */
struct output_list {
    struct normal frame; /* NORMAL's view of it */
    /* NORMAL does not let it in, so its source is not learned; or DROP_NONE. */
    enum drop_reason refused;
    /* Why it leaves by no port; DROP_NONE if it does by one of the list. */
    enum drop_reason reason;
    /* Where its destination is; NULL: it is flooded, or refused. */
    const struct datapath_port *found;
    unsigned int count;
    struct output_port ports[PORTS_MAX]; /* 'count' of them are set */
};

/* Where a destination was found last; frames in a row often have the same. */
struct normal_lookup {
    uint64_t mac; /* UINT64_MAX: none yet */
    uint16_t vlan;
    const struct datapath_port *to; /* NULL: unknown */
};

/* What NORMAL is decided from. */
struct normal_tables {
    const struct ports *ports;
    struct mac_table *macs;
    bool forwards_bpdu;
};

/*
 * Where NORMAL sends a frame that came from 'from'.  '*last' holds for as long
 * as the tables are not read again, a worker's turn, and may be NULL.  The
 * list has one port, or all others, with what each of them does.
 */
void normal_ports(struct output_list *l, const struct normal_tables *t,
                  struct normal_lookup *last, const struct datapath_port *from,
                  const struct frame *f);

/* Where FLOOD sends it, or ALL, which goes to ports without flooding too; both
 * know no VLANs. */
void normal_flood_ports(struct output_list *l, const struct ports *ports,
                        const struct datapath_port *from, bool is_all);

/* True if a frame of this VLAN may leave by the port. */
static inline bool normal_is_member(const struct datapath_port *port,
                                    uint16_t vlan)
{
    const struct vlan_membership *m = &port->vlan;

    switch (m->mode) {
    case VLAN_ALL:
        return true;
    case VLAN_ACCESS:
        return vlan == m->access;
    case VLAN_TRUNK:
        return m->trunks[vlan / 64] >> (vlan % 64) & 1 ||
               (m->native && vlan == m->native);
    }
    return false;
}

/*
 * The port where the host itself has this address in this VLAN: LOCAL or an
 * internal one.  NULL: the address is not the host's.  Such an address is
 * learned at no other port, and frames to it go there alone, as in the kernel's
 * bridge.  Looks at each port of the host's, so ask the table first.
 */
const struct datapath_port *normal_owner(const struct ports *ports,
                                         uint64_t mac, uint16_t vlan);

static inline bool mac_is_multicast(uint64_t mac)
{
    return mac >> 40 & 1;
}

#endif
