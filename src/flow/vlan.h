/* SPDX-License-Identifier: BSD-2-Clause */
/* Which VLANs a port is in, as Open vSwitch's "tag" and "trunks". */
#ifndef FLOW_VLAN_H
#define FLOW_VLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct vlan_membership {
    enum vlan_mode {
        VLAN_ALL,    /* a trunk of every VLAN, untagged frames are VLAN 0 */
        VLAN_ACCESS, /* 'access', untagged */
        VLAN_TRUNK,  /* 'trunks' tagged, 'native' untagged */
    } mode;
    uint16_t access;
    uint16_t native;     /* 0: untagged frames are VLAN 0 */
    uint64_t trunks[64]; /* bit n % 64 of word n / 64 is VLAN n */
};

static inline bool vlan_membership_is_equal(const struct vlan_membership *a,
                                            const struct vlan_membership *b)
{
    if (a->mode != b->mode)
        return false;
    if (a->mode == VLAN_ACCESS)
        return a->access == b->access;
    return a->mode == VLAN_ALL ||
           (a->native == b->native &&
            !memcmp(a->trunks, b->trunks, sizeof(a->trunks)));
}

#endif
