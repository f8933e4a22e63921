/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which asynchronous messages a controller wants.  OpenFlow 1.3.5 6.1.2 and
 * 7.3.10, 1.4.1 7.3.10.
 */
#ifndef FLOW_ASYNC_MASKS_H
#define FLOW_ASYNC_MASKS_H

#include <stdint.h>

/* Which reasons are wanted, a bit a reason (numbers of OpenFlow 1.4; for
 * packet_in enum packet_in_reason), first for master and equal, then for
 * slave. */
struct async_masks {
    uint32_t packet_in[2], port_status[2], flow_removed[2], role_status[2],
        table_status[2], requestforward[2], flow_stats[2], controller_status[2];
};

#endif
