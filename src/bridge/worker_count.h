/*
 * How many workers "auto" is.
 */
#ifndef BRIDGE_WORKER_COUNT_H
#define BRIDGE_WORKER_COUNT_H

#include <sched.h>

/* One for each of 'cpus'; if that is empty one a CPU of this process but one.
 * At least one, at most WORKERS_MAX. */
unsigned int worker_count_auto(const cpu_set_t *cpus);

#endif
