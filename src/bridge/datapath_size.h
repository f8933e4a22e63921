/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of "auto" for the sizes in [datapath].
 */
#ifndef BRIDGE_DATAPATH_SIZE_H
#define BRIDGE_DATAPATH_SIZE_H

#include <sched.h>
#include <stddef.h>

#include "config/config.h"

enum {
    DATAPATH_SIZE_RINGS_MIB = 256, /* for all rings together */
    DATAPATH_SIZE_RING_MAX = 2048, /* slots */
    DATAPATH_SIZE_RING_MIN = 128,
};

/* How many workers: one for each of 'cpus'; if that is empty one a CPU of this
 * process but one.  At least one, at most WORKERS_MAX. */
unsigned int datapath_size_workers(const cpu_set_t *cpus);

/* How many slots a ring of one of its ports has, of which each has one for each
 * worker: as the configuration says, or a power of two, so that all take
 * DATAPATH_SIZE_RINGS_MIB at most, but no fewer than DATAPATH_SIZE_RING_MIN. */
unsigned int datapath_size_rings(const struct config *c, unsigned int workers);

#endif
