/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MTU of what the switch makes: LOCAL, internal ports and TAPs follow the
 * least MTU of the other ports, so that what the host and its guests send fits
 * everywhere; a key mtu in the port's section says otherwise.
 */
#ifndef BRIDGE_MTU_FOLLOW_H
#define BRIDGE_MTU_FOLLOW_H

#include "bridge/port_set.h"

enum { MTU_OF_NOBODY = 1500 }; /* where no port has one of its own */

/* A port as far as its MTU goes. */
struct mtu_port {
    uint32_t key; /* 0: none */
    uint32_t now; /* 0: its device is away */
    bool follows; /* it was made by us */
};

/* What those that follow are to have, of 'count' ports. */
uint32_t mtu_follow_least(const struct mtu_port *ports, size_t count);

/*
 * Whether to set the MTU of a port, 0: no, with 'least' for those that follow.
 * 'asked' is what it was set to last.  What somebody sets by hand stays if it
 * is smaller, until the other ports change.
 */
uint32_t mtu_follow_wanted(const struct mtu_port *p, uint32_t least,
                           uint32_t asked);

/* Sets what is to be set; call it whenever ports or their MTUs may have
 * changed. */
void mtu_follow(const struct port_environment *s, const struct port_set *ports);

/* Says of each port, once for each MTU that it has, that frames larger than
 * that are lost there; call it once in a while. */
void mtu_follow_report(const struct port_environment *s,
                       const struct port_set *ports);

#endif
