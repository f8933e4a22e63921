/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MTU of devices that the switch makes: LOCAL, internal ports and TAPs
 * follow the least MTU of the other ports, so that frames of the host and its
 * guests fit everywhere; a key mtu in the port's section says otherwise.
 */
#ifndef BRIDGE_MTU_FOLLOW_H
#define BRIDGE_MTU_FOLLOW_H

#include "bridge/port_set.h"

/* Sets each MTU that must change; call it whenever ports or their MTUs may have
 * changed. */
void mtu_follow(const struct port_environment *s, const struct port_set *ports);

/* Says of each port, once for each MTU that it has, that frames larger than
 * that are lost there; call it once in a while. */
void mtu_follow_report(const struct port_environment *s,
                       const struct port_set *ports);

#endif
