/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In-band control: hidden entries above all others, so that this host can reach
 * its controllers through its own bridge whatever the flow tables say.
 *
 * They let pass by NORMAL: DHCP of LOCAL; ARP and neighbour discovery of LOCAL,
 * of each controller and of the next hop to it; TCP from and to the controller.
 * Open vSwitch, "In-Band Control" of its design document.
 */
#ifndef BRIDGE_IN_BAND_H
#define BRIDGE_IN_BAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/flow_table.h"

enum { IN_BAND_REMOTES_MAX = 16 };

/* A controller, and the next hop to it through LOCAL. */
struct in_band_remote {
    int family; /* AF_INET, AF_INET6 */
    uint8_t address[16];
    uint16_t port;   /* host order */
    int next_family; /* 0: not known, or not through LOCAL */
    uint8_t next[16];
};

struct in_band;

/* 'tables' are borrowed.  NULL if out of memory. */
struct in_band *in_band_create(struct flow_tables *tables);
/* Takes the entries away. */
void in_band_free(struct in_band *i, int64_t now_ms);

/*
 * Goes over to these remotes, at most IN_BAND_REMOTES_MAX, and LOCAL's MAC
 * address; none: no entries.  Entries that stay are not touched.  Returns how
 * many entries there are now.
 */
size_t in_band_update(struct in_band *i, const uint8_t local_mac[6],
                      const struct in_band_remote *remotes, size_t count,
                      int64_t now_ms);

#endif
