/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/datapath_size.h"

#include "datapath/ports.h"
#include "port/packet_ring.h"

_Static_assert((int)CONFIG_PORTS_MAX + 1 <= (int)PORTS_MAX,
               "an index for each port of a file, and for LOCAL");
_Static_assert((int)CONFIG_WORKERS_MAX == (int)WORKERS_MAX, "keys say so");

unsigned int datapath_size_workers(const cpu_set_t *cpus)
{
    cpu_set_t allowed;
    int count = CPU_COUNT(cpus);

    if (!count && sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
        count = CPU_COUNT(&allowed) - 1;
    if (count < 1)
        return 1;
    return count < WORKERS_MAX ? (unsigned int)count : WORKERS_MAX;
}

static unsigned int ring_for(size_t ports, unsigned int workers)
{
    size_t room = ((size_t)DATAPATH_SIZE_RINGS_MIB << 20) / PACKET_RING_SLOT;
    unsigned int slots = DATAPATH_SIZE_RING_MAX;

    while (slots > DATAPATH_SIZE_RING_MIN && ports * workers * slots > room)
        slots /= 2;
    return slots;
}

unsigned int datapath_size_rings(const struct config *c, unsigned int workers)
{
    return c->datapath.rx_ring ? c->datapath.rx_ring
                               : ring_for(c->port_count, workers);
}
