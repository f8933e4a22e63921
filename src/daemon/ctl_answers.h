/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers of the control socket: a row for each command. */
#ifndef DAEMON_CTL_ANSWERS_H
#define DAEMON_CTL_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#include "bridge/gauge.h"
#include "daemon/ctl.h"
#include "daemon/reload_wait.h"

/* The commands' context; the objects it points to are the caller's and may come
 * later than the socket. */
struct ctl_answers {
    struct bridge **bridge;
    struct ctl **ctl;
    int64_t started_ms;
    const char *config_path;   /* absolute */
    struct reload_waits waits; /* for the answers to "reload"; all zero */
};

/* The numbers of the switch as they are now. */
struct gauge_source ctl_answers_gauges(const struct ctl_answers *a);

extern const struct ctl_command ctl_answers_commands[];
extern const size_t ctl_answers_count;

#endif
