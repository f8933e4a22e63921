/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether an interface is taken as a port when it is to be opened: the rules of
 * bridge/port_fitness.h on the kernel's view at that moment, and the log lines
 * about the result.
 */
#ifndef BRIDGE_ADMISSION_H
#define BRIDGE_ADMISSION_H

#include "bridge/port_fitness.h"
#include "config/config.h"

struct admission {
    char bridge[CONFIG_NAME_SIZE];
    uint32_t owner; /* bridge/identity.h */
};

/* The last verdict in the log on a port's interface; all zero: none. */
struct admission_said {
    int ifindex;
    struct port_verdict verdict;
};

/* Judges it as a port of ours as it is in 'view'; one that is not there is fit.
 * Returns 0 or -errno. */
int admission_judge(const struct admission *a, const struct host_view *view,
                    const struct config_port *config, int ifindex,
                    struct port_verdict *verdict);

/* Returns 0, or -EBUSY: it is not taken, which is said once, with the reason.
 * On any thread that may log. */
int admission_ask(const struct admission *a, const struct config_port *config,
                  const struct link *link, struct admission_said *said);

#endif
